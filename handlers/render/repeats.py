"""Reminders of incidents that nobody has taken on: short, for the card says the rest."""

from collections.abc import Sequence
from datetime import datetime

from aiogram.types import InlineKeyboardButton

from bot.alerts.courier import IncidentEntry
from bot.domain.notice import offers_of
from bot.domain.trouble import Offer
from bot.texts import Markup, Texts
from handlers import keyboards
from handlers.callbacks import Take
from handlers.render import incidents
from handlers.render.screen import Screen, cut, fits, joined

_BUTTONS = 5
_NAME_LIMITS = (20, 12, 6, 0)


def repeat(t: Texts, entries: Sequence[IncidentEntry], now: datetime) -> Screen:
    """A reminder: which companies are still in trouble, the worst first, and since when."""
    worst = sorted(entries, key=lambda entry: -entry.incident.severity.rank)
    if len(worst) == 1:
        (entry,) = worst
        rows = _buttons_of_one(t, entry)
        return Screen(
            cut(t, [_line(t, entry, now), t.say("repeat.todo")]), keyboards.keyboard(rows)
        )
    head = t.plural("repeat.head", len(worst), mark=incidents.mark(worst[0].incident))
    lines = [head, "", *(_line(t, entry, now) for entry in worst), "", t.say("repeat.todo")]
    taking = [[_take(t, entry)] for entry in worst[:_BUTTONS]]
    status = [keyboards.offer(t, Offer.STATUS, None)]
    text = joined(*lines)
    if not fits(text):
        text = _by_name_alone(t, worst, head)
    return Screen(text, keyboards.keyboard([*taking, status]))


def _by_name_alone(t: Texts, entries: Sequence[IncidentEntry], head: Markup) -> Markup:
    """Everybody is named, as fully as fits."""
    for limit in _NAME_LIMITS:
        names = Markup(", ".join(incidents.who(t, entry, limit) for entry in entries))
        text = joined(head, "", names, "", t.say("repeat.todo"))
        if fits(text):
            return text
    return cut(t, [head, "", *(incidents.who(t, entry, 0) for entry in entries)])


def _buttons_of_one(t: Texts, entry: IncidentEntry) -> list[Sequence[InlineKeyboardButton]]:
    incident = entry.incident
    mending = offers_of(incident)[:1]
    return [
        *keyboards.offers(t, mending, incident.company_id, incident.linked),
        [keyboards.button(t.say("button.ack"), Take(n=incident.id))],
    ]


def _take(t: Texts, entry: IncidentEntry) -> InlineKeyboardButton:
    words = t.say("button.ack_named", who=incidents.who(t, entry, 20))
    return keyboards.button(words, Take(n=entry.incident.id))


def _line(t: Texts, entry: IncidentEntry, now: datetime) -> Markup:
    incident = entry.incident
    return t.say(
        "repeat.line",
        mark=incidents.mark(incident),
        who=incidents.who(t, entry),
        what=incidents.what_briefly(t, incident),
        took=t.duration(incident.lasted(now)),
    )
