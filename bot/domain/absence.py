"""An absence: a time in which nobody watched, because the bot itself did not run."""

from dataclasses import dataclass
from datetime import datetime, timedelta

_INTERVALS = 3
_AT_LEAST = timedelta(minutes=2)  # a restart or an upgrade is no absence


@dataclass(frozen=True, kw_only=True)
class Absence:
    """From the last look before it to the start that ended it."""

    from_at: datetime
    to_at: datetime

    @property
    def length(self) -> timedelta:
        """How long nobody watched."""
        return self.to_at - self.from_at


def absence_until(
    now: datetime, last_look_at: datetime | None, interval: timedelta
) -> Absence | None:
    """The absence that a start at `now` ends; None when there was no look before, or just now.

    `every` is the interval between two looks.
    """
    if last_look_at is None or now - last_look_at < max(interval * _INTERVALS, _AT_LEAST):
        return None
    return Absence(from_at=last_look_at, to_at=now)
