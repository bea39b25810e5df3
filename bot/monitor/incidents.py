"""Advances incidents. PURE: the open incident and a verdict go in, a step comes out."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.domain.company import CompanyId, GatewayName
from bot.domain.incident import Incident, IncidentId, without_log_word
from bot.domain.observation import BY_POLL, Detection
from bot.domain.session import CAUSES, Cause, outweighs
from bot.domain.trouble import BACK, Symptom, Trouble
from bot.monitor.flapping import calm_or_again, still_restless
from bot.monitor.rules import Health, Verdict

NOT_STORED_YET = IncidentId(0)


class StepKind(StrEnum):
    """What happened to an incident."""

    OPENED = "opened"
    CHANGED = "changed"
    COUNTED = "counted"  # numbers moved; not worth an edit
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class IncidentStep:
    """An incident as it is after the step, with the reason; `noticed` says how it was found."""

    kind: StepKind
    incident: Incident
    reason: str
    noticed: Detection = BY_POLL


@dataclass(frozen=True, kw_only=True)
class IncidentSubject:
    """Whom a verdict is about; `company_id` is None when it is the gateway itself."""

    gateway: GatewayName
    company_id: CompanyId | None = None


def advance(
    present: Incident | None, verdict: Verdict, subject: IncidentSubject, now: datetime
) -> IncidentStep | None:
    """The step that follows; None when nothing is new."""
    if present is None:
        return _open(verdict, subject, now) if verdict.health is Health.BAD else None
    flapped = calm_or_again(present, verdict, now)
    if flapped is not None:
        return IncidentStep(kind=StepKind.CHANGED, incident=flapped, reason=verdict.reason)
    if verdict.health is Health.WELL and still_restless(present, now):
        return None
    if verdict.health is Health.WELL:
        facts = present.facts | verdict.facts
        closed = replace(present, closed_at=now, facts=facts, version=present.version + 1)
        return IncidentStep(kind=StepKind.CLOSED, incident=closed, reason=verdict.reason)
    if verdict.health is Health.WAIT:
        return None
    return _change(present, verdict)


def _open(verdict: Verdict, subject: IncidentSubject, now: datetime) -> IncidentStep:
    incident = Incident(
        id=NOT_STORED_YET,
        trouble=verdict.trouble,
        symptom=verdict.symptom,
        severity=verdict.severity,
        gateway=subject.gateway,
        company_id=subject.company_id,
        opened_at=now,
        began_at=verdict.began_at or now,
        cause=verdict.cause,
        facts=verdict.facts,
    )
    return IncidentStep(kind=StepKind.OPENED, incident=incident, reason=verdict.reason)


def _change(present: Incident, verdict: Verdict) -> IncidentStep | None:
    symptom = _symptom_now(present, verdict)
    changed = replace(
        present,
        symptom=symptom,
        cause=_cause_now(present, verdict),
        facts=_facts_now(present, verdict) | _was(present, symptom),
    )
    if changed == present:
        return None
    shown = _shown(changed) != _shown(present)
    return IncidentStep(
        kind=StepKind.CHANGED if shown else StepKind.COUNTED,
        incident=replace(changed, version=present.version + 1) if shown else changed,
        reason=verdict.reason,
    )


def _shown(incident: Incident) -> tuple[Any, ...]:
    """What of it is in a message."""
    told = (incident.symptom, incident.cause, incident.log_says, incident.linked)
    return (*told, incident.until, incident.facts.get("sign"))


def _facts_now(present: Incident, verdict: Verdict) -> dict[str, Any]:
    """The log's first word stays, unless a later one says more.

    A session that comes back without a code has disproved it. Where a code is shown it may be
    another link that is next refused: then the word is remembered, and counts no more.
    """
    log_says, fresh = verdict.facts.get("log_says"), present.log_said_at is not None
    if verdict.symptom is Symptom.SETTLING:
        before = without_log_word(present.facts) if fresh else present.facts
        return before | verdict.facts
    if verdict.symptom in (Symptom.AWAITING_SCAN, Symptom.AWAITING_PASSKEY):
        return without_log_word(present.facts | verdict.facts, remembered=True)
    if log_says is not None and fresh and not outweighs(Cause(log_says), present.log_says):
        return present.facts | without_log_word(verdict.facts)
    return present.facts | verdict.facts


def _cause_now(present: Incident, verdict: Verdict) -> Cause | None:
    new = verdict.cause
    return new if new is not None and outweighs(new, present.cause) else present.cause


def _was(present: Incident, symptom: Symptom) -> dict[str, str]:
    """What it was before it settled: what people want to read once it is over."""
    settles = symptom in BACK and present.symptom not in BACK
    return {"was": present.symptom} if settles else {}


def _symptom_now(present: Incident, verdict: Verdict) -> Symptom:
    """A revocation once proven stays so, however later logins blur it; bouncing stays as well."""
    if present.facts.get("bouncing") and verdict.symptom not in BACK:
        return Symptom.BOUNCING
    revoked = present.cause is not None and CAUSES[present.cause].revoked
    proven = present.trouble is Trouble.SESSION_DOWN and (
        revoked or present.symptom in (Symptom.REVOKED, Symptom.UNWITNESSED)
    )
    blurred = verdict.symptom in (Symptom.GONE, Symptom.AWAY, Symptom.STUCK, Symptom.FAILED)
    return Symptom.REVOKED if proven and blurred else verdict.symptom
