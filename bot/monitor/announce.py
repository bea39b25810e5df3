"""Writes incident steps with their notices, in the caller's transaction."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.domain.company import CompanyId
from bot.domain.incident import Incident
from bot.domain.mute import Silence, hidden
from bot.domain.notice import NoticeKind
from bot.monitor.flapping import WINDOW, marked
from bot.monitor.incidents import IncidentStep, StepKind
from bot.monitor.notice_routing import NoticeRouting, tell
from storage.alerts import incidents, silences
from storage.alerts.incidents import IncidentEvent
from storage.chats import subscriptions
from storage.chats.subscriptions import Audience
from storage.database import Transaction

_NOTICES = {
    StepKind.OPENED: (NoticeKind.OPENED,),
    StepKind.CHANGED: (NoticeKind.CHANGED,),
    StepKind.CLOSED: (NoticeKind.CHANGED, NoticeKind.RECOVERED),
    StepKind.COUNTED: (),
}
_SPLIT = (NoticeKind.CHANGED,)  # nothing is well again: no sound says so


async def write_steps(
    tx: Transaction,
    steps: Sequence[IncidentStep],
    companies_of_gateway: Iterable[CompanyId],
    now: datetime,
) -> None:
    """Store every step, its timeline entry, and a notice for each subscribed chat."""
    if not steps:
        return
    stored = await _store(tx, steps, now)
    events = [
        IncidentEvent(
            incident_id=step.incident.id,
            at=now,
            event=step.kind,
            facts=_facts(step),
        )
        for step in stored
        if step.kind is not StepKind.COUNTED
    ]
    await incidents.add_events(tx, events)
    audience = Audience(await subscriptions.heard(tx))
    everybody = frozenset(companies_of_gateway)
    silent = await silences.active(tx, now)
    words = [
        NoticeRouting(address, step.incident, kind)
        for step in stored
        for kind in _notices_of(step, silent)
        for address in audience.of(concerned(step.incident, everybody), step.incident.severity)
    ]
    await tell(tx, words, now)


def _facts(step: IncidentStep) -> dict[str, Any]:
    """What the timeline keeps of a step; of an opening also how it was noticed."""
    facts: dict[str, Any] = {"reason": step.reason, "symptom": step.incident.symptom}
    if step.kind is not StepKind.OPENED:
        return facts
    well_at = step.noticed.well_at
    return facts | {
        "sign": step.noticed.sign,
        "well_at": None if well_at is None else well_at.isoformat(),
    }


def _notices_of(step: IncidentStep, silent: Sequence[Silence]) -> tuple[NoticeKind, ...]:
    """What a step makes chats hear. Of what is muted or at rest the cards alone are kept true."""
    if step.incident.split:
        return _SPLIT
    kinds = _NOTICES[step.kind]
    if hidden(silent, step.incident):
        return tuple(kind for kind in kinds if kind is NoticeKind.CHANGED)
    return kinds


async def _store(
    tx: Transaction, steps: Sequence[IncidentStep], now: datetime
) -> list[IncidentStep]:
    opened = await _marked(tx, [step for step in steps if step.kind is StepKind.OPENED], now)
    ids = await incidents.add(tx, [step.incident for step in opened])
    stored = [
        replace(step, incident=replace(step.incident, id=incident_id))
        for step, incident_id in zip(opened, ids, strict=True)
    ]
    for step in steps:
        if step.kind is StepKind.OPENED:
            continue
        was = step.incident.version - (0 if step.kind is StepKind.COUNTED else 1)
        if await incidents.put(tx, step.incident, was=was):
            stored.append(step)
    return stored


async def _marked(tx: Transaction, opened: list[IncidentStep], now: datetime) -> list[IncidentStep]:
    """Those that come and go say so."""
    if not opened:
        return []
    lately = await incidents.openings_since(tx, now - WINDOW)
    return [
        replace(
            step,
            incident=marked(
                step.incident, lately.get((step.incident.company_id, step.incident.trouble), ())
            ),
        )
        for step in opened
    ]


def concerned(incident: Incident, everybody: AbstractSet[CompanyId]) -> AbstractSet[CompanyId]:
    """A gateway's incident concerns everybody subscribed to any of its companies."""
    return everybody if incident.company_id is None else frozenset((incident.company_id,))
