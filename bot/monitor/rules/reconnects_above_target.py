"""Whether a session reconnects too often. PURE."""

from bot.domain.trouble import Trouble
from bot.monitor.rules import Health, SessionLook, Verdict, judge_limit


def judge_reconnects(look: SessionLook) -> Verdict:
    """More reconnects in a day than the target allows; why so many is told where it is known."""
    if look.known.incident(Trouble.SHARED) is not None:
        reason = "somebody else throws it out: that is told already"
        return Verdict(trouble=Trouble.RECONNECTS_ABOVE_TARGET, health=Health.WAIT, reason=reason)
    own, count = look.known.company.max_reconnects_per_day, look.known.reconnects_today
    limit = look.limits.max_reconnects_per_day if own is None else own
    return judge_limit(
        Trouble.RECONNECTS_ABOVE_TARGET, count, limit, {"count": count, "limit": limit}
    )
