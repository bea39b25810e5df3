"""The quiet hours of a chat, and others to choose from."""

from aiogram.types import InlineKeyboardButton

from bot.actions.results import QuietCard
from bot.domain.quiet_hours import OFFERED, QuietHours
from bot.texts import Markup, Texts
from handlers import keyboards
from handlers.callbacks import Quiet
from handlers.render.screen import Screen, joined


def which(t: Texts, card: QuietCard) -> Screen:
    """The present hours; others, or none, by buttons."""
    text = joined(_present(t, card), "", t.say("quiet.what"), t.say("quiet.how"))
    buttons = [_button(hours) for hours in OFFERED if hours != card.hours]
    off = [keyboards.button(t.say("button.quiet_off"), Quiet(start=0, end=0))]
    rows = [*keyboards.in_rows(buttons), off if card.hours is not None else []]
    return Screen(text, keyboards.keyboard(rows))


def chosen(t: Texts, card: QuietCard) -> Screen:
    """The answer to `/quiet`: the hours from now on."""
    if card.hours is None:
        return Screen(_present(t, card))
    return Screen(joined(_present(t, card), t.say("quiet.what")))


def _present(t: Texts, card: QuietCard) -> Markup:
    if card.hours is None:
        return t.say("quiet.none")
    return t.say("quiet.now", hours=_span(card.hours), zone=card.zone.key)


def _button(hours: QuietHours) -> InlineKeyboardButton:
    return keyboards.button(f"🌙 {_span(hours)}", Quiet(start=hours.start, end=hours.end))


def _span(hours: QuietHours) -> str:
    return f"{hours.start}:00–{hours.end}:00"
