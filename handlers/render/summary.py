"""What happened while the chat could not be reached: what is still on, and what is over."""

from collections.abc import Sequence
from datetime import datetime

from aiogram.types import InlineKeyboardMarkup

from bot.alerts.courier import IncidentEntry
from bot.domain.trouble import Offer
from bot.texts import Markup, Texts
from handlers import keyboards
from handlers.render import incidents, mend_buttons
from handlers.render.over import over
from handlers.render.screen import Screen, cut

_NAME_LIMIT = 20


def summary(t: Texts, entries: Sequence[IncidentEntry], now: datetime) -> Screen:
    """Those that are still on first, the worst of them on top."""
    still = sorted(
        (entry for entry in entries if entry.incident.open),
        key=lambda entry: -entry.incident.severity.rank,
    )
    past = [entry for entry in entries if not entry.incident.open]
    since = min(entry.incident.began_at for entry in entries)
    lines: list[str] = [t.say("summary.title", moment=t.hour(since, now))]
    if still:
        lines += [
            "",
            t.plural("summary.still", len(still)),
            *(_on(t, entry, now) for entry in still),
        ]
    if past:
        lines += [
            "",
            t.plural("summary.past", len(past)),
            *(over_line(t, entry, now) for entry in past),
        ]
    return Screen(cut(t, lines), _buttons(t, still))


def over_line(t: Texts, entry: IncidentEntry, now: datetime) -> Markup:
    """Who is fine again, how long it took, and when it began."""
    return t.say(
        "summary.over_line",
        mark=incidents.mark(entry.incident),
        over=over(t, entry, _NAME_LIMIT),
        moment=t.moment(entry.incident.began_at, now=now),
    )


def _on(t: Texts, entry: IncidentEntry, now: datetime) -> Markup:
    incident = entry.incident
    return t.say(
        "alert.line",
        mark=incidents.mark(incident),
        who=incidents.who(t, entry, _NAME_LIMIT),
        what=incidents.what_briefly(t, incident),
        moment=t.moment(incident.began_at, now=now),
    )


def _buttons(t: Texts, still: Sequence[IncidentEntry]) -> InlineKeyboardMarkup | None:
    """What mends each, for as many as there is room, and the status of all."""
    status = [keyboards.offer(t, Offer.STATUS, None)] if still else []
    return keyboards.keyboard([*mend_buttons.rows(t, still), status])
