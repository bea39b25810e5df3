"""What keeps pushes from wearing us out or repeating themselves. PURE."""

from collections import OrderedDict
from datetime import datetime, timedelta


class Bucket:
    """Lets `burst` through at once, and `per_s` a second in the long run."""

    def __init__(self, per_s: float, burst: int, now: datetime) -> None:
        self._per_s = per_s
        self._burst = burst
        self._left = float(burst)
        self._at = now

    def lets_through(self, now: datetime) -> bool:
        """Whether one more may pass; then it has passed."""
        passed_s = max((now - self._at).total_seconds(), 0.0)
        self._left = min(self._left + passed_s * self._per_s, self._burst)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def give_back(self) -> None:
        """What passed just now is as if it had not."""
        self._left = min(self._left + 1, float(self._burst))


class SeenKeys:
    """Knows what was there a while ago. Never more than `most` of it, the oldest going first."""

    def __init__(self, life: timedelta, most: int) -> None:
        self._life = life
        self._most = most
        self._seen: OrderedDict[str, datetime] = OrderedDict()

    def before(self, mark: str, now: datetime) -> bool:
        """Whether this mark was there already; now it was."""
        while self._seen:
            oldest, at = next(iter(self._seen.items()))
            if now - at <= self._life and len(self._seen) < self._most:
                break
            del self._seen[oldest]
        known = mark in self._seen
        self._seen.setdefault(mark, now)
        return known
