"""Alerts in chats: one incident in full, a few in short, many in lines, a storm in groups.

Every company is named as long as that fits into one message: one that is not named is not told.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.alerts.courier import IncidentEntry, MessageKind, OutgoingMessage
from bot.domain.notice import offers_of
from bot.domain.trouble import Offer
from bot.texts import NAME_LIMIT, Markup, Texts
from handlers import keyboards
from handlers.callbacks import Take, TakeCard
from handlers.render import incidents, mend_buttons, repeats, spans
from handlers.render.bulk_list import bulk_list
from handlers.render.over import over
from handlers.render.screen import Screen, cut, fits, joined
from handlers.render.summary import summary
from handlers.render.system_notices import system_notices

_IN_SHORT = 5
_IN_LINES = 40
# How much of each name is shown where many share a message; with 0 the ids alone are left.
_NAME_LIMITS = (20, 12, 6, 0)


def outgoing_message(t: Texts, message: OutgoingMessage, now: datetime) -> Screen:
    """The text and buttons of a message the bot sends unasked; it fits into one message."""
    if message.in_file:
        return bulk_list(t, message, now)
    match message.kind:
        case MessageKind.SYSTEM_NOTICE:
            return system_notices(t, message, now)
        case MessageKind.SUMMARY:
            return summary(t, message.entries, now)
        case _:
            return _card(t, message, now)


def _card(t: Texts, message: OutgoingMessage, now: datetime) -> Screen:
    entries = message.entries
    if message.kind is MessageKind.BACK:
        return Screen(_back(t, entries))
    if message.kind is MessageKind.REPEAT:
        return repeats.repeat(t, entries, now)
    if len(entries) == 1:
        return Screen(_in_full(t, entries[0], now), _buttons_of_one(t, entries[0]))
    if len(entries) <= _IN_SHORT:
        return Screen(_in_short(t, entries, now), _buttons_of_several(t, entries))
    return Screen(_many(t, entries, now), _buttons_of_several(t, entries))


def _in_full(t: Texts, entry: IncidentEntry, now: datetime) -> Markup:
    incident = entry.incident
    if not incident.open:
        return cut(t, [*_over_in_full(t, entry, now)])
    lines = (
        t.say("alert.head", mark=incidents.mark(incident), who=incidents.who(t, entry)),
        incidents.what(t, incident),
        spans.span(t, incident, now),
        incidents.why(t, incident),
        incidents.meaning(t, incident),
        incidents.by_itself(t, incident),
        "",
        incidents.began(t, incident, now),
        incidents.flapping(t, incident, now),
        incidents.acked(t, incident, now),
        "",
        incidents.what_to_do(t, incident),
    )
    return cut(t, [line for line in lines if line is not None])


def _over_in_full(t: Texts, entry: IncidentEntry, now: datetime) -> Iterable[str]:
    incident = entry.incident
    yield _over_line(t, entry)
    yield ""
    yield t.say(
        "incident.was", what=incidents.what_briefly(t, incidents.before_it_settled(incident))
    )
    yield from filter(None, [incidents.why(t, incident), incidents.by_itself(t, incident)])
    yield incidents.began(t, incident, now)
    if incident.closed_at is not None and not incident.split:
        yield t.say("incident.ended", moment=t.moment(incident.closed_at, now=now))


def _in_short(t: Texts, entries: Sequence[IncidentEntry], now: datetime) -> Markup:
    shared = _shared_reason(t, entries)
    lines: list[str] = [joined(_title(t, entries), shared)]
    for entry in entries:
        incident = entry.incident
        lines.append("")
        by_itself = incidents.by_itself(t, incident)
        if not incident.open:
            lines.append(joined(_over_line(t, entry), by_itself))
            continue
        head = t.say("alert.head", mark=incidents.mark(incident), who=incidents.who(t, entry))
        what = incidents.what(t, incident)
        why = None if shared is not None else incidents.why(t, incident)
        began, acked = incidents.began(t, incident, now), incidents.acked(t, incident, now)
        often = incidents.flapping(t, incident, now)
        until = spans.span(t, incident, now)
        lines.append(joined(head, what, until, why, by_itself, began, often, acked))
    return cut(t, lines)


def _shared_reason(t: Texts, entries: Sequence[IncidentEntry]) -> Markup | None:
    """Why, where that is the same for all that is still on: it is said once, for it is long."""
    still = [entry.incident for entry in entries if entry.incident.open]
    reasons = {incidents.why(t, incident) for incident in still}
    return reasons.pop() if len(still) > 1 and len(reasons) == 1 else None


def _many(t: Texts, entries: Sequence[IncidentEntry], now: datetime) -> Markup:
    top = [_title(t, entries), *_takers(t, entries)]
    if len(entries) <= _IN_LINES:
        lines = [_line(t, entry, now) for entry in entries]
        text = joined(*top, "", *lines)
        if fits(text):
            return text
    return _fitted(t, lambda limit: [*top, "", *_groups(t, entries, limit)])


def _line(t: Texts, entry: IncidentEntry, now: datetime) -> Markup:
    incident = entry.incident
    if not incident.open:
        return _over_line(t, entry)
    return t.say(
        "alert.line",
        mark=incidents.mark(incident),
        who=incidents.who(t, entry),
        what=incidents.what_briefly(t, incident),
        moment=t.moment(incident.began_at, now=now),
    )


def _groups(t: Texts, entries: Sequence[IncidentEntry], limit: int) -> list[Markup]:
    """What looks alike is said once, with everybody it concerns."""
    alike: dict[tuple[str, str], list[IncidentEntry]] = {}
    for entry in entries:
        words = incidents.what_briefly(t, entry.incident)
        over = t.say("alert.over")
        key = (incidents.mark(entry.incident), words if entry.incident.open else over)
        alike.setdefault(key, []).append(entry)
    return [
        t.say(
            "alert.group",
            mark=mark,
            what=Markup(words),
            n=t.number(len(group)),
            names=_names(t, group, limit),
        )
        for (mark, words), group in alike.items()
    ]


def _names(t: Texts, entries: Iterable[IncidentEntry], limit: int) -> Markup:
    return Markup(", ".join(incidents.who(t, entry, limit) for entry in entries))


def _fitted(t: Texts, lines_with: Callable[[int], list[Markup | str]]) -> Markup:
    """The fullest names that still let everybody be named."""
    for limit in _NAME_LIMITS:
        text = joined(*lines_with(limit))
        if fits(text):
            return text
    return cut(t, lines_with(_NAME_LIMITS[-1]))


def _title(t: Texts, entries: Sequence[IncidentEntry]) -> Markup:
    still = [entry.incident for entry in entries if entry.incident.open]
    if not still:
        return t.say("alert.title.over", mark=incidents.WELL)
    worst = max(still, key=lambda incident: incident.severity.rank)
    down = all(incidents.is_down(incident) for incident in still)
    key = "alert.title.sessions" if down else "alert.title.mixed"
    if all(incident.facts.get("after") for incident in still):
        key = "alert.title.left_behind"
    return t.plural(key, len(still), mark=incidents.mark(worst))


def _back(t: Texts, entries: Sequence[IncidentEntry]) -> Markup:
    if len(entries) <= _IN_LINES:
        text = joined(*(_over_line(t, entry) for entry in entries))
        if fits(text):
            return text
    head = t.plural("alert.title.back", len(entries), mark=incidents.WELL)
    return _fitted(t, lambda limit: [head, "", _names(t, entries, limit)])


def _over_line(t: Texts, entry: IncidentEntry) -> Markup:
    mark, ended = incidents.mark(entry.incident), over(t, entry, NAME_LIMIT)
    return t.say("alert.over_line", mark=mark, over=ended)


def _buttons_of_one(t: Texts, entry: IncidentEntry) -> InlineKeyboardMarkup | None:
    incident = entry.incident
    rows = keyboards.offers(t, offers_of(incident), incident.company_id, incident.linked)
    if incidents.can_be_acked(incident):
        rows = [*rows, [keyboards.button(t.say("button.ack"), Take(n=incident.id))]]
    return keyboards.keyboard(rows)


def _buttons_of_several(t: Texts, entries: Sequence[IncidentEntry]) -> InlineKeyboardMarkup | None:
    """What mends each company, for as many as there is room; below them the status of all."""
    still = any(entry.incident.open for entry in entries)
    status = [keyboards.offer(t, Offer.STATUS, None)] if still else []
    return keyboards.keyboard([*mend_buttons.rows(t, entries), status, _ack_all(t, entries)])


def _ack_all(t: Texts, entries: Iterable[IncidentEntry]) -> list[InlineKeyboardButton]:
    free = any(incidents.can_be_acked(entry.incident) for entry in entries)
    return [keyboards.button(t.say("button.ack_all"), TakeCard())] if free else []


def _takers(t: Texts, entries: Iterable[IncidentEntry]) -> list[Markup]:
    """Who has taken on how many of those that are still on."""
    taken = Counter(e.incident.ack.by for e in entries if e.incident.open and e.incident.ack)
    return [t.plural("alert.acked", n, who=t.foreign(name)) for name, n in taken.items()]
