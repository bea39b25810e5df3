"""Incidents to take on (`/ack`), and the answer when one is taken on."""

from collections.abc import Sequence

from aiogram.types import InlineKeyboardButton

from bot.actions.results import OpenIncident
from bot.alerts.courier import IncidentEntry
from bot.texts import Texts, plain
from handlers import keyboards
from handlers.callbacks import Take
from handlers.render import incidents
from handlers.render.screen import Screen, and_more, joined

_ROWS = 10


def choose(t: Texts, choices: Sequence[OpenIncident]) -> Screen:
    """The incidents that nobody has taken on, the worst ones as buttons."""
    if not choices:
        return Screen(t.say("ack.none"))
    rest = and_more(t, len(choices) - _ROWS)
    return Screen(
        joined(t.say("ack.which"), *rest),
        keyboards.keyboard([_button(t, choice)] for choice in choices[:_ROWS]),
    )


def _button(t: Texts, row: OpenIncident) -> InlineKeyboardButton:
    entry = IncidentEntry(incident=row.incident, company=row.company)
    words = t.say(
        "ack.button",
        mark=incidents.mark(row.incident),
        n=str(row.incident.id),
        who=plain(incidents.who(t, entry, 20)),
        what=plain(incidents.what_briefly(t, row.incident)),
    )
    return keyboards.button(words, Take(n=row.incident.id))


def taken(t: Texts, count: int) -> Screen:
    """The answer to `/ack`: these incidents are taken on and will not be repeated."""
    return Screen(t.plural("ack.done", count))
