"""Subscriptions of a chat, and its language."""

from collections.abc import Sequence

from aiogram.types import InlineKeyboardButton

from bot.actions.results import SubscriptionRow
from bot.domain.company import Company
from bot.domain.trouble import Severity
from bot.texts import LANGUAGES, Markup, Texts
from handlers import keyboards
from handlers.callbacks import ALL, Lang, Sub, Unsub
from handlers.render.screen import Screen, and_more, cut

_NAMED = 5
_ROWS = 30  # two buttons each; what is left can be unsubscribed by name


def subscriptions(
    t: Texts, rows: Sequence[SubscriptionRow], of_nobody: Sequence[Company] = ()
) -> Screen:
    """The subscriptions of this chat, with buttons to change or end each.

    `of_nobody`: companies without a subscriber, named below.
    """
    lost = ["", unheard(t, of_nobody)] if of_nobody else []
    if not rows:
        return Screen(cut(t, [t.say("subscriptions.none"), *lost]))
    lines: list[str] = [t.say("subscriptions.head"), ""]
    lines += [_line(t, row) for row in rows]
    if any(row.parked for row in rows):
        lines += ["", t.say("subscriptions.parked")]
    text = cut(t, [*lines, "", t.say("subscriptions.how"), *lost])
    return Screen(text, keyboards.keyboard(_buttons(t, row) for row in rows[:_ROWS]))


def unheard(t: Texts, companies: Sequence[Company]) -> Markup:
    """Companies without a subscriber; the first few by name."""
    names = [t.name(company, 20) for company in companies[:_NAMED]]
    names += and_more(t, len(companies) - _NAMED)
    return t.plural("without_subscriber", len(companies), names=Markup(", ".join(names)))


def _line(t: Texts, row: SubscriptionRow) -> Markup:
    loudness = t.say(f"severity.{row.severity}")
    return t.say("subscriptions.line", who=_who(t, row.company), loudness=loudness)


def _who(t: Texts, company: Company | None) -> Markup:
    return t.say("all_companies") if company is None else t.name(company)


def _buttons(t: Texts, row: SubscriptionRow) -> Sequence[InlineKeyboardButton]:
    key = ALL if row.company is None else row.company.id
    who = t.say("all_companies") if row.company is None else str(row.company.id)
    severities = list(Severity)
    louder_or_softer = severities[(severities.index(row.severity) + 1) % len(severities)]
    loudness = t.say(f"severity_button.{louder_or_softer}")
    return [
        keyboards.button(t.say("button.unsubscribe", who=who), Unsub(company=key)),
        keyboards.button(loudness, Sub(company=key, severity=louder_or_softer)),
    ]


def subscribed(t: Texts, companies: Sequence[Company] | None, severity: Severity) -> Screen:
    """The answer to `/subscribe`; `companies` None: all. Buttons change the severity."""
    named = Markup(", ".join(t.name(company) for company in companies or ()))
    who = t.say("subscribed.to_all") if companies is None else named
    loudness = t.say(f"severity.{severity}")
    text = cut(t, [t.say("subscribed", who=who, loudness=loudness)])
    if companies is not None and len(companies) > 1:
        return Screen(text)
    key = ALL if companies is None else companies[0].id
    others = [
        keyboards.button(t.say(f"severity_button.{choice}"), Sub(company=key, severity=choice))
        for choice in Severity
        if choice is not severity
    ]
    return Screen(text, keyboards.keyboard([others]))


def unsubscribed(t: Texts, count: int) -> Screen:
    """The answer to `/unsubscribe`: how many subscriptions were ended."""
    return Screen(t.plural("unsubscribed", count) if count else t.say("unsubscribed.none"))


def language(t: Texts) -> Screen:
    """The languages to choose from, each under its own name."""
    buttons = [keyboards.button(name, Lang(code=code)) for code, name in LANGUAGES.items()]
    return Screen(t.say("language.which"), keyboards.keyboard([buttons]))


def language_set(t: Texts) -> Screen:
    """The answer to `/lang`, in the new language."""
    return Screen(t.say("language.set"))
