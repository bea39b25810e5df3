"""Whether a gateway answers. PURE."""

from datetime import datetime

from bot.domain.trouble import Severity, Symptom, Trouble
from bot.monitor.rules import Health, Verdict


def judge_gateway(failures: int, symptom: Symptom, began_at: datetime) -> Verdict:
    """Unreachable after two failed looks; one answer makes it well."""
    trouble = Trouble.GATEWAY_UNREACHABLE
    if failures == 0:
        return Verdict(trouble=trouble, health=Health.WELL, reason="it answers")
    if failures == 1:
        return Verdict(trouble=trouble, health=Health.WAIT, reason="one failed look")
    return Verdict(
        trouble=trouble,
        health=Health.BAD,
        reason=f"{failures} failed looks",
        symptom=symptom,
        began_at=began_at,
    )


def judge_list(failures: int, fault: str) -> Verdict:
    """What it means that sessions answer one by one; a list that fails twice in a row is told."""
    trouble = Trouble.GATEWAY_UNREACHABLE
    if failures == 0:
        return Verdict(trouble=trouble, health=Health.WELL, reason="its list answers")
    if failures == 1:
        return Verdict(trouble=trouble, health=Health.WAIT, reason="its list failed once")
    return Verdict(
        trouble=trouble,
        health=Health.BAD,
        reason=f"its list failed {failures} times: {fault}",
        symptom=Symptom.LIST_FAILED,
        own_severity=Severity.WARNING,
        facts={"fault": fault},
    )
