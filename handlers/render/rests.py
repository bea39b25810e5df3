"""Rests: who is left alone, since when, by whom."""

from collections.abc import Sequence
from datetime import datetime

from aiogram.types import InlineKeyboardButton

from bot.actions.rest_results import PutToRest, RestRow, Woken
from bot.domain.company import Company
from bot.domain.observation import CompanyStatus
from bot.domain.trouble import Offer
from bot.texts import Markup, Texts
from handlers import keyboards
from handlers.callbacks import Do
from handlers.render.screen import Screen, cut

MARK = "💤"
_ROWS = 10


def put_to_rest(t: Texts, company: Company, done: PutToRest, now: datetime) -> Screen:
    """The answer to `/rest`: what that means, and how it ends."""
    who, rest = t.name(company), done.rest
    if done.already:
        since = t.moment(rest.since_at, now=now)
        text = t.say("rest.already", who=who, since=since, by=t.foreign(rest.by))
    else:
        text = t.say("rest.done", who=who, id=company.id)
    return Screen(text, keyboards.keyboard([[_wake(t, company)]]))


def woken(t: Texts, company: Company, done: Woken) -> Screen:
    """The answer to `/wake`: what is on is told now; else how to see how it is."""
    who = t.name(company)
    status = keyboards.keyboard([[keyboards.offer(t, Offer.STATUS, company.id)]])
    if done.rest is None:
        return Screen(t.say("wake.was_not", who=who), status)
    if not done.on:
        return Screen(t.say("wake.done", who=who), status)
    return Screen(t.plural("wake.done_and_on", done.on, who=who), status)


def woken_by_act(t: Texts, company: Company) -> Screen:
    """Said before an act of a person on what is at rest: whoever mends it wants it watched."""
    text = t.say("wake.by_act", who=t.name(company), id=company.id)
    rest = keyboards.button(t.say("button.rest"), Do(what=Offer.REST, company=company.id))
    return Screen(text, keyboards.keyboard([[rest]]))


def rests(t: Texts, rows: Sequence[RestRow], now: datetime) -> Screen:
    """Everybody who is at rest, with a button to wake them."""
    if not rows:
        return Screen(t.say("rest.none"))
    text = cut(t, [t.say("rest.list"), "", *(line(t, row, now) for row in rows)])
    return Screen(text, keyboards.keyboard([_wake(t, row.company)] for row in rows[:_ROWS]))


def line(t: Texts, row: RestRow, now: datetime) -> Markup:
    """One rest, wherever it is shown."""
    since = t.moment(row.rest.since_at, now=now)
    return t.say("rest.line", who=t.name(row.company), since=since, by=t.foreign(row.rest.by))


def briefly(t: Texts, known: CompanyStatus) -> Markup:
    """That it is at rest, and how it is, in a few words."""
    state = "never_seen" if known.state is None else known.state
    return t.say("rest.briefly", what=t.say(f"state_briefly.{state}"))


def _wake(t: Texts, company: Company) -> InlineKeyboardButton:
    words = t.say("button.wake", who=t.name(company))
    return keyboards.button(words, Do(what=Offer.WAKE, company=company.id))
