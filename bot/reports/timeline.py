"""Joins what is stored about an incident into one timeline. PURE."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.access import BOT_ITSELF, UserId
from bot.domain.audit import AuditRow
from bot.domain.incident import Incident
from bot.domain.incident_timeline import TimelineEntry, Times, What
from bot.domain.observation import DetectedBy
from bot.domain.report import StateSpan
from storage.alerts.incidents import IncidentEvent
from storage.recovery.pairings import PairingEnd
from storage.recovery.procedures import Procedure

_BY_EVENT = {
    "opened": What.OPENED,
    "changed": What.CHANGED,
    "closed": What.CLOSED,
    "told": What.TOLD,
    "backup": What.BACKUP,
    "repeated": What.REPEATED,
    "acked": What.ACKED,
    "note": What.NOTE,
}
_ITSELF = "auto "  # how the bot's own acts begin in the timeline
_TOLD_BY_EVENTS = ("ack", "note")
_TOLD_BY_PAIRINGS = ("qr", "code")
_SOON = timedelta(seconds=5)
_ORDER = list(What)


@dataclass(frozen=True, kw_only=True)
class Sources:
    """What is stored about one incident and its company, each oldest first.

    They may reach further than the incident does: `until` is where it ends.
    """

    incident: Incident
    until: datetime
    events: Sequence[IncidentEvent] = ()
    acts: Sequence[AuditRow] = ()
    runs: Sequence[Procedure] = ()
    pairings: Sequence[PairingEnd] = ()
    states: Sequence[StateSpan] = ()


def sign_of(sources: Sources) -> DetectedBy:
    """By what it was detected. Incidents from before that was noted count as seen by a look."""
    first = next(
        (event.facts.get("sign") for event in sources.events if event.event == "opened"), None
    )
    return DetectedBy.POLL if first is None else DetectedBy(first)


def times_of(sources: Sources) -> Times:
    """How long each part of it took."""
    incident, well_at = sources.incident, _well_at(sources)
    at_most = well_at is not None and sign_of(sources) is DetectedBy.POLL
    lost_at = well_at if well_at is not None and at_most else incident.began_at
    ended = None if incident.split else incident.closed_at
    ack = incident.ack
    return Times(
        lost_at=lost_at,
        at_most=at_most,
        detect=incident.opened_at - lost_at,
        acknowledge=None if ack is None else ack.at - incident.opened_at,
        recover=None if ended is None else ended - lost_at,
    )


def timeline(sources: Sources) -> tuple[TimelineEntry, ...]:
    """Everything that happened, in its order."""
    begin = times_of(sources).lost_at
    found = [
        *_beginning(sources),
        *_from_events(sources.events),
        *_from_acts(sources),
        *_from_runs(sources.runs),
        *_from_pairings(sources.pairings),
        *_from_states(sources.states),
    ]
    # What people write afterwards belongs to it, however late.
    within = (
        entry for entry in found if begin <= entry.at <= sources.until or entry.what is What.NOTE
    )
    return tuple(
        sorted(_told_together(within), key=lambda entry: (entry.at, _ORDER.index(entry.what)))
    )


def _well_at(sources: Sources) -> datetime | None:
    first = next(
        (event.facts.get("well_at") for event in sources.events if event.event == "opened"), None
    )
    return None if first is None else datetime.fromisoformat(first)


def _beginning(sources: Sources) -> Iterator[TimelineEntry]:
    well_at = _well_at(sources)
    if well_at is not None:
        yield TimelineEntry(at=well_at, what=What.WELL)
    yield TimelineEntry(at=sources.incident.began_at, what=What.BEGAN)


def _from_events(events: Iterable[IncidentEvent]) -> Iterator[TimelineEntry]:
    for event in events:
        what = What.ITSELF if event.event.startswith(_ITSELF) else _BY_EVENT.get(event.event)
        if what is not None:
            who = event.facts.get("user_id")
            who_id = None if who is None else UserId(who)
            yield TimelineEntry(at=event.at, what=what, who=who_id, facts=event.facts)


def _told_together(moments: Iterable[TimelineEntry]) -> list[TimelineEntry]:
    """Each chat is told by itself: what several heard at one moment is one line."""
    kept: list[TimelineEntry] = []
    at_once: dict[datetime, list[TimelineEntry]] = {}
    for moment in moments:
        if moment.what is not What.TOLD:
            kept.append(moment)
            continue
        at_once.setdefault(moment.at.replace(microsecond=0), []).append(moment)
    for entries in at_once.values():
        ids = tuple(dict.fromkeys(entry.facts["chat_id"] for entry in entries))
        topics = {chat_id: _topics(entries, chat_id) for chat_id in ids}
        forums = {chat_id: found for chat_id, found in topics.items() if found != (None,)}
        facts = {"chats": ids} | ({"topics": forums} if forums else {})
        kept.append(TimelineEntry(at=entries[0].at, what=What.TOLD, facts=facts))
    return kept


def _topics(entries: Iterable[TimelineEntry], chat_id: int) -> tuple[int | None, ...]:
    """The topics of a chat in which it was told; None for the chat itself."""
    here = (entry.facts for entry in entries if entry.facts["chat_id"] == chat_id)
    return tuple(dict.fromkeys(facts.get("thread_id") for facts in here))


def _from_acts(sources: Sources) -> Iterator[TimelineEntry]:
    """What people ordered. What another source tells better is left to that."""
    runs = [(run.kind, run.asked_by, run.started_at) for run in sources.runs]
    pairings = [
        (pairing.means.value, pairing.asked_by, pairing.started_at) for pairing in sources.pairings
    ]
    for act in sources.acts:
        if act.user_id == BOT_ITSELF or act.action in _TOLD_BY_EVENTS or not _meant(act, sources):
            continue
        if act.action in _TOLD_BY_PAIRINGS and _followed(act, pairings):
            continue
        outcome = None if _followed(act, runs) else act.outcome
        facts = {"action": act.action, "outcome": outcome}
        yield TimelineEntry(at=act.at, what=What.ACT, who=act.user_id, facts=facts)


def _meant(act: AuditRow, sources: Sources) -> bool:
    """Whether it concerns this incident's company, or its gateway."""
    incident = sources.incident
    if act.company_id is not None:
        return act.company_id == incident.company_id
    return bool(act.details.get("gateway") == incident.gateway)


def _followed(act: AuditRow, begun: Iterable[tuple[str, UserId, datetime]]) -> bool:
    """Whether what was ordered began at once, and so tells of itself."""
    return any(
        kind == act.action and who == act.user_id and act.at <= at <= act.at + _SOON
        for kind, who, at in begun
    )


def _from_runs(runs: Iterable[Procedure]) -> Iterator[TimelineEntry]:
    for run in runs:
        # The bot's own are told by the incident's events.
        if run.asked_by != BOT_ITSELF and run.finished_at is not None:
            facts = {"action": run.kind, "outcome": run.outcome}
            yield TimelineEntry(at=run.finished_at, what=What.RUN, who=run.asked_by, facts=facts)


def _from_pairings(pairings: Iterable[PairingEnd]) -> Iterator[TimelineEntry]:
    for pairing in pairings:
        facts = {"means": pairing.means, "outcome": pairing.outcome}
        yield TimelineEntry(
            at=pairing.started_at, what=What.SHOWN, who=pairing.asked_by, facts=facts
        )
        if pairing.used_at is not None:
            yield TimelineEntry(at=pairing.used_at, what=What.TAKEN, facts=facts)
        if pairing.ended_at is not None:
            yield TimelineEntry(
                at=pairing.ended_at, what=What.PAIRING, who=pairing.asked_by, facts=facts
            )


def _from_states(states: Iterable[StateSpan]) -> Iterator[TimelineEntry]:
    for state in states:
        yield TimelineEntry(at=state.begin, what=What.STATE, facts={"state": state.state})
