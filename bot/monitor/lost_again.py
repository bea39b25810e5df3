"""Paired and lost again within a minute, three times: another scan makes it worse. PURE."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.incident import Incident
from bot.domain.trouble import Symptom, Trouble
from bot.monitor.incidents import IncidentStep, StepKind

SOON = timedelta(minutes=1)
BOUNCES = 3


def lost_soon(step: IncidentStep, paired_at: datetime | None) -> bool:
    """Whether this opens an incident of a session that was paired less than a minute before."""
    if step.kind is not StepKind.OPENED or step.incident.trouble is not Trouble.SESSION_DOWN:
        return False
    return paired_at is not None and step.incident.began_at - paired_at <= SOON


def bounced(step: IncidentStep, before: Sequence[Incident]) -> IncidentStep:
    """The step with its mark; `before` are the company's incidents just before, newest first."""
    earlier = sum(
        1 for incident in before[: BOUNCES - 1] if incident.facts.get("soon_after_pairing")
    )
    facts = {**step.incident.facts, "soon_after_pairing": True}
    if earlier < BOUNCES - 1:
        return replace(step, incident=replace(step.incident, facts=facts))
    facts["bouncing"] = True
    incident = replace(step.incident, facts=facts, symptom=Symptom.BOUNCING)
    return replace(step, incident=incident, reason="paired three times, lost each time")
