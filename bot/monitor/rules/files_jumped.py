"""Whether key files are minted faster than they are used. PURE."""

from bot.domain.trouble import Trouble
from bot.monitor.rules import DirectoryLook, Health, Verdict, judge_limit

JUMP_PER_HOUR = 100  # files; a refill of pre-keys brings 30 (Baileys 6.7), a spent pool 812 (7.0)


def judge_growth(look: DirectoryLook) -> Verdict:
    """A jump within an hour: keys are being minted faster than they are used."""
    trouble, total, hour_ago = Trouble.FILES_JUMPED, look.total, look.hour_ago
    if total is None or hour_ago is None or look.settling:
        return Verdict(trouble=trouble, health=Health.WAIT, reason="nothing to compare with")
    grown = total - hour_ago
    facts = {"count": total, "grown": grown}
    return judge_limit(trouble, grown, JUMP_PER_HOUR - 1, facts)
