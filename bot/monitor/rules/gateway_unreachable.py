"""Whether a gateway answers. PURE."""

from datetime import datetime

from bot.domain.incident import Symptom, Trouble
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
