"""What WhatsApp keeps an account from that is linked and connected all the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

QUOTA = 1000


@dataclass(frozen=True, kw_only=True)
class Limit:
    """It may write to nobody first, or has begun as many chats as it may, until a moment.

    With `refuses_all` linked devices send nothing at all, not even to their own number.
    """

    until: datetime | None = None
    used_up: bool = False
    refuses_all: bool = False

    def holds(self) -> bool:
        """Whether its time is not over."""
        return self.until is None or self.until > datetime.now(UTC)


def timelock(limit: Limit | None) -> dict[str, object]:
    """WhatsApp's answer about the reach-out timelock."""
    active = limit is not None and limit.holds() and not limit.used_up
    kind = "RESTRICT_ALL_COMPANIONS" if limit is not None and limit.refuses_all else "DEFAULT"
    return {
        "isActive": active,
        "enforcementType": kind if active else None,
        "timeEnforcementEnds": _seconds(limit) if active else None,
    }


def capping(limit: Limit | None) -> dict[str, object]:
    """WhatsApp's answer about the cap of new chats."""
    capped = limit is not None and limit.holds() and limit.used_up
    return {
        "cappingStatus": "CAPPED" if capped else "NONE",
        "totalQuota": QUOTA if capped else -1,
        "usedQuota": QUOTA if capped else 0,
        "cycleStart": None,
        "cycleEnd": _seconds(limit) if capped else None,
    }


def told_of(limit: Limit | None) -> Mapping[str, object]:
    """Both, as they stand beside a number: None for what keeps from nothing."""
    if limit is None or not limit.holds():
        return {"reachoutTimelock": None, "messageCapping": None}
    used_up = limit.used_up
    return {
        "reachoutTimelock": None if used_up else timelock(limit),
        "messageCapping": capping(limit) if used_up else None,
    }


def _seconds(limit: Limit | None) -> int | None:
    return None if limit is None or limit.until is None else int(limit.until.timestamp())
