"""Advances incidents. PURE: the open incident and a verdict go in, a step comes out."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.company import CompanyId, GatewayName
from bot.domain.incident import BACK, Incident, IncidentId, Symptom, Trouble
from bot.domain.observation import BY_POLL, Noticed
from bot.domain.session import CAUSES, Cause, outweighs
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
class Step:
    """An incident as it is after the step, with the reason; `noticed` says how it was found."""

    kind: StepKind
    incident: Incident
    reason: str
    noticed: Noticed = BY_POLL


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Whom a verdict is about; `company_id` is None when it is the gateway itself."""

    gateway: GatewayName
    company_id: CompanyId | None = None


def advance(
    present: Incident | None, verdict: Verdict, subject: Subject, now: datetime
) -> Step | None:
    """The step that follows; None when nothing is new."""
    if present is None:
        return _open(verdict, subject, now) if verdict.health is Health.BAD else None
    flapped = calm_or_again(present, verdict, now)
    if flapped is not None:
        return Step(kind=StepKind.CHANGED, incident=flapped, reason=verdict.reason)
    if verdict.health is Health.WELL and still_restless(present, now):
        return None
    if verdict.health is Health.WELL:
        facts = present.facts | verdict.facts
        closed = replace(present, closed_at=now, facts=facts, version=present.version + 1)
        return Step(kind=StepKind.CLOSED, incident=closed, reason=verdict.reason)
    if verdict.health is Health.WAIT:
        return None
    return _change(present, verdict)


def _open(verdict: Verdict, subject: Subject, now: datetime) -> Step:
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
    return Step(kind=StepKind.OPENED, incident=incident, reason=verdict.reason)


def _change(present: Incident, verdict: Verdict) -> Step | None:
    symptom = _symptom_now(present, verdict)
    changed = replace(
        present,
        symptom=symptom,
        cause=_cause_now(present, verdict),
        facts=present.facts | verdict.facts | _was(present, symptom),
    )
    if changed == present:
        return None
    shown = (changed.symptom, changed.cause) != (present.symptom, present.cause)
    return Step(
        kind=StepKind.CHANGED if shown else StepKind.COUNTED,
        incident=replace(changed, version=present.version + 1) if shown else changed,
        reason=verdict.reason,
    )


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
        revoked or present.symptom is Symptom.REVOKED
    )
    blurred = verdict.symptom in (Symptom.GONE, Symptom.AWAY, Symptom.STUCK, Symptom.FAILED)
    return Symptom.REVOKED if proven and blurred else verdict.symptom
