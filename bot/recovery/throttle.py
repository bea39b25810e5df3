"""How often a pairing code may be asked for. PURE: past requests go in, the wait comes out.

WhatsApp refuses a number that asks too often, for hours and without saying for how long; so these
limits are far below its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SPACING = timedelta(minutes=1)
HOUR = timedelta(hours=1)
AN_HOUR = 3  # requests
STOP = timedelta(hours=1)  # after a refusal


class Limit(StrEnum):
    """What stands in the way."""

    SPACING = "spacing"
    HOUR = "hour"
    STOPPED = "stopped"  # the gateway, or WhatsApp behind it, wanted a pause


@dataclass(frozen=True, kw_only=True)
class Wait:
    """No code for this number before `until`, which is `left` away."""

    limit: Limit
    until: datetime
    left: timedelta


def wait_for(
    asked_at: Sequence[datetime], stopped_until: datetime | None, now: datetime
) -> Wait | None:
    """The longest wait that any limit asks for; None when a code may be asked for now.

    `asked_at` are the requests for one number, oldest first.
    """
    ends = []
    if stopped_until is not None:
        ends.append((stopped_until, Limit.STOPPED))
    if asked_at:
        ends.append((asked_at[-1] + SPACING, Limit.SPACING))
    if len(asked_at) >= AN_HOUR:
        ends.append((asked_at[-AN_HOUR] + HOUR, Limit.HOUR))
    until, limit = max(ends, default=(now, Limit.SPACING))
    return Wait(limit=limit, until=until, left=until - now) if until > now else None


def stop_until(retry_after_s: float | None, now: datetime) -> datetime:
    """How long a refusal stops the codes of a number: an hour, or longer where that was said."""
    return now + max(STOP, timedelta(seconds=retry_after_s or 0))
