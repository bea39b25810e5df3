"""Says in the log what has changed: by name while it is little, by number in a storm."""

from collections import Counter
from collections.abc import Sequence

import structlog

from bot.domain.company import Company, GatewayName
from bot.monitor.incidents import IncidentStep

NAMED = 20  # ten thousand lines at once tell nobody anything

log = structlog.get_logger()


def log_found(gateway: GatewayName, found: Sequence[Company]) -> None:
    """One line for each company that nobody had told us of."""
    if len(found) > NAMED:
        log.info("companies found", count=len(found), gateway=gateway)
        return
    for company in found:
        log.info("company_found", company=company.id, gateway=gateway)


def log_steps(steps: Sequence[IncidentStep]) -> None:
    """One line for each change, never one for a state that stands."""
    if len(steps) > NAMED:
        kinds = Counter(f"{step.kind} {step.incident.symptom}" for step in steps)
        log.info("incidents", gateway=steps[0].incident.gateway, steps=dict(kinds))
        return
    for step in steps:
        log.info(
            "incident",
            step=step.kind,
            company=step.incident.company_id,
            gateway=step.incident.gateway,
            trouble=step.incident.trouble,
            symptom=step.incident.symptom,
            reason=step.reason,
        )
