"""Whether a session that works would be lost at its next restart. PURE."""

from bot.domain.files import CredsState
from bot.domain.session import State
from bot.domain.trouble import Symptom, Trouble
from bot.monitor.rules import DirectoryLook, Health, Verdict


def judge_creds(look: DirectoryLook) -> Verdict:
    """Whether a session that works would be lost at its next restart: two looks that agree."""
    trouble, known, now_creds = Trouble.CREDS_AT_RISK, look.known, look.creds
    if now_creds is CredsState.LINKED:
        return Verdict(trouble=trouble, health=Health.WELL, reason="creds.json is whole")
    lost = now_creds is CredsState.MISSING and known.copied_at is not None
    broken = now_creds is CredsState.DAMAGED or lost
    if known.state is not State.CONNECTED or known.pairing or not broken:
        return Verdict(trouble=trouble, health=Health.WAIT, reason="nothing is at risk")
    if known.creds is not now_creds:
        return Verdict(trouble=trouble, health=Health.WAIT, reason="seen once; it may be a write")
    return Verdict(
        trouble=trouble,
        health=Health.BAD,
        reason=f"creds.json is {now_creds} while connected",
        symptom=Symptom.CREDS_AT_RISK,
        facts={"copy": known.copied_at is not None},
    )
