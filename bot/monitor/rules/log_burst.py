"""Judges how often something stands in the log. PURE."""

from collections.abc import Mapping

from bot.domain.log_pattern import BURST_PER_HOUR, LogPattern
from bot.domain.trouble import Symptom, Trouble
from bot.monitor.rules import Health, Verdict

_OVER_BELOW = 0.5  # of the limit: a burst that ebbs and flows is one incident


def judge_bursts(in_an_hour: Mapping[LogPattern, int]) -> Verdict:
    """More lines of one kind within an hour than a working session writes."""
    share, pattern = max(
        (in_an_hour.get(pattern, 0) / limit, pattern) for pattern, limit in BURST_PER_HOUR.items()
    )
    count, limit = in_an_hour.get(pattern, 0), BURST_PER_HOUR[pattern]
    reason = f"{count} × {pattern} in an hour, {limit} are too many"
    if share < 1:
        health = Health.WELL if share < _OVER_BELOW else Health.WAIT
        return Verdict(trouble=Trouble.LOG_BURST, health=health, reason=reason)
    return Verdict(
        trouble=Trouble.LOG_BURST,
        health=Health.BAD,
        reason=reason,
        symptom=Symptom.ABOVE,
        facts={"count": count, "limit": limit, "pattern": pattern.value},
    )
