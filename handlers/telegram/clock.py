"""The time by which people's words are judged, Telegram's own, and the program's own by it."""

import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_MAY_DIFFER = timedelta(seconds=30)  # more is no drift, and no answer that was long on its way
# Goes on while the machine sleeps: on Linux by this name, elsewhere by the other.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
_SAMPLES = 16  # answers remembered: one that lies, or a clock that drifts, is soon forgotten


def steady_s() -> float:
    """Seconds that nobody can set, and that go on while the machine sleeps where that is known."""
    return time.monotonic() if _CLOCK is None else time.clock_gettime(_CLOCK)


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
        return self.told() or self._wall()

    def told(self) -> datetime | None:
        """Now as far as Telegram has told it; None until it has answered for the first time."""
        if not self._offsets_s:
            return None
        # An answer that was long on its way, or read late, tells too early a time. One far later
        # than most of the others is a lie: of a proxy, or of a server whose own clock was set.
        middle_s = sorted(self._offsets_s)[(len(self._offsets_s) - 1) // 2]
        latest_s = middle_s + _MAY_DIFFER.total_seconds()
        offset_s = max(offset_s for offset_s in self._offsets_s if offset_s <= latest_s)
        return datetime.fromtimestamp(self._steady_s() + offset_s, UTC)


class ProgramClock:
    """The time by which the program writes, waits and repeats: this machine's while it is right.

    Where it differs from Telegram's by more than a drift, somebody has set it, or it was wrong from
    the start: then Telegram's is taken. So a jump moves no term, no repeat and no message.
    """

    def __init__(self, wall: Callable[[], datetime], telegram: TelegramClock) -> None:
        self._wall = wall
        self._telegram = telegram

    def __call__(self) -> datetime:
        """Now; this machine's own until Telegram has answered for the first time."""
        wall, by_telegram = self._wall(), self._telegram.told()
        return (
            wall if by_telegram is None or abs(wall - by_telegram) <= _MAY_DIFFER else by_telegram
        )
