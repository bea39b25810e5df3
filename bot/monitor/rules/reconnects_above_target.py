"""Whether a session reconnects too often. PURE."""

from bot.domain.incident import Trouble
from bot.domain.observation import CompanyStatus
from bot.monitor.rules import Limits, Verdict, judge_limit


def judge_reconnects(known: CompanyStatus, limits: Limits) -> Verdict:
    """More reconnects in a day than the target allows."""
    own = known.company.max_reconnects_per_day
    count = known.reconnects_today
    limit = limits.max_reconnects_per_day if own is None else own
    return judge_limit(
        Trouble.RECONNECTS_ABOVE_TARGET, count, limit, {"count": count, "limit": limit}
    )
