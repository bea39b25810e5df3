"""The time by which people's words are judged: Telegram's own."""

import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_SAMPLES = 16  # answers remembered: one that lies, or a clock that drifts, is soon forgotten


def steady_s() -> float:
    """Seconds that nobody can set, and that go on while the machine sleeps where that is known."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class TelegramClock:
    """Tells the time of the `Date` in Telegram's answers, carried on by a clock nobody can set.

    `wall`, this machine's clock, is believed only until Telegram has answered for the first time:
    it may be hours off, and may jump.
    """

    def __init__(
        self, wall: Callable[[], datetime], steady_s: Callable[[], float] = steady_s
    ) -> None:
        self._wall = wall
        self._steady_s = steady_s
        self._offsets_s: deque[float] = deque(maxlen=_SAMPLES)

    def heard(self, date: str | None) -> None:
        """An answer has come, with this `Date`; one that is none is passed over."""
        try:
            at = parsedate_to_datetime(date or "")
        except (ValueError, TypeError, OverflowError):
            return
        aware = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
        self._offsets_s.append(aware.timestamp() - self._steady_s())

    def __call__(self) -> datetime:
        """Now, at most a second or two late."""
        if not self._offsets_s:
            return self._wall()
        # An answer that was long on its way, or read late, tells too early a time: never a later.
        return datetime.fromtimestamp(self._steady_s() + max(self._offsets_s), UTC)
