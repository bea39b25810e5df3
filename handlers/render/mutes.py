"""Mutes: of which company, until when, by whom."""

from collections.abc import Sequence
from datetime import datetime

from aiogram.types import InlineKeyboardButton

from bot.actions.results import MuteRow
from bot.domain.company import Company
from bot.domain.mute import OFFERED, Mute
from bot.texts import Markup, Texts
from handlers import keyboards
from handlers.callbacks import ALL, MuteButton, Unmute
from handlers.render.screen import Screen, cut

_ROWS = 10


def how_long(t: Texts, company: Company | None) -> Screen:
    """The lengths to choose from."""
    buttons = [
        keyboards.button(
            t.duration(length),
            MuteButton(company=_key(company), minutes=int(length.total_seconds()) // 60),
        )
        for length in OFFERED
    ]
    text = t.say("mute.how_long", who=_who(t, company))
    return Screen(text, keyboards.keyboard(keyboards.in_rows(buttons, 3)))


def muted(t: Texts, company: Company | None, mute: Mute, now: datetime) -> Screen:
    """The answer to `/mute`: whose alerts are silent, and until when."""
    until = t.hour(mute.until_at, now)
    text = t.say("mute.done", who=_who(t, company), until=until)
    return Screen(text, keyboards.keyboard([[_unmute(t, company)]]))


def unmuted(t: Texts, company: Company | None, count: int | None) -> Screen:
    """The answer to `/unmute`: alerts come again, at once for what is still wrong."""
    if count is None:
        return Screen(t.say("unmute.was_not", who=_who(t, company)))
    if count == 0:
        return Screen(t.say("unmute.done", who=_who(t, company)))
    return Screen(t.plural("unmute.done_and_on", count, who=_who(t, company)))


def mutes(t: Texts, rows: Sequence[MuteRow], now: datetime) -> Screen:
    """Every mute, with a button to end it."""
    if not rows:
        return Screen(t.say("mute.none"))
    text = cut(t, [t.say("mute.list"), "", *(line(t, row, now) for row in rows)])
    buttons = ([_unmute(t, row.company)] for row in rows[:_ROWS])
    return Screen(text, keyboards.keyboard(buttons))


def line(t: Texts, row: MuteRow, now: datetime) -> Markup:
    """One mute, wherever it is shown."""
    until = t.hour(row.mute.until_at, now)
    return t.say("mute.line", who=_who(t, row.company), until=until, by=t.foreign(row.mute.by))


def _unmute(t: Texts, company: Company | None) -> InlineKeyboardButton:
    words = t.say("button.unmute", who=_who(t, company))
    return keyboards.button(words, Unmute(company=_key(company)))


def _who(t: Texts, company: Company | None) -> Markup:
    return t.say("all_companies") if company is None else t.name(company)


def _key(company: Company | None) -> str:
    return ALL if company is None else company.id
