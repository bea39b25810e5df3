"""Who did not come back when its gateway did, or when many came back together. PURE."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.trouble import OF_GATEWAY, Symptom, Trouble
from bot.monitor.incidents import IncidentStep, StepKind

# What needs a person comes before what may still mend itself.
_WORST_FIRST = (
    Symptom.REVOKED,
    Symptom.FAILED,
    Symptom.CREDS_DAMAGED,
    Symptom.AWAITING_PASSKEY,
    Symptom.AWAITING_SCAN,
    Symptom.GONE,
)


def left_behind(steps: Sequence[IncidentStep]) -> list[IncidentStep]:
    """The steps of one look: lost sessions say with whose return they did not come back.

    They open together, so a chat gets them in one message; it shows them in the order in which they
    are stored, and that is the worst first.
    """
    ended = next((step for step in steps if _ends(step)), None)
    if ended is None:
        return list(steps)
    lost = [_marked(step, ended.incident.trouble) for step in steps if _is_lost(step)]
    others = [step for step in steps if not _is_lost(step)]
    return [*others, *sorted(lost, key=_rank)]


def _ends(step: IncidentStep) -> bool:
    return step.kind is StepKind.CLOSED and step.incident.trouble in OF_GATEWAY


def _is_lost(step: IncidentStep) -> bool:
    return step.kind is StepKind.OPENED and step.incident.trouble is Trouble.SESSION_DOWN


def _marked(step: IncidentStep, after: Trouble) -> IncidentStep:
    facts = step.incident.facts | {"after": after.value}
    return replace(step, incident=replace(step.incident, facts=facts))


def _rank(step: IncidentStep) -> tuple[int, int, str]:
    incident = step.incident
    known = incident.symptom in _WORST_FIRST
    place = _WORST_FIRST.index(incident.symptom) if known else len(_WORST_FIRST)
    return (-incident.severity.rank, place, incident.company_id or "")
