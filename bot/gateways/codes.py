"""How old a pairing code can be, for gateways that hand out the code without its age.

In go looks (key, code or nothing, now), out comes a `CodeLook`. No code is kept, only its sha256.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# A gateway is asked every few seconds, so a code can be seen a little longer than it lived.
_MARGIN = timedelta(seconds=3)
_KEYS = 2000


class CodeSight(StrEnum):
    """What a look at the code of a session found."""

    NOTHING = "nothing"
    LIVE = "live"
    OVER = "over"  # shown longer than WhatsApp honours it: the window has ended
    LEFTOVER = "leftover"  # from a window that was left behind


@dataclass(frozen=True, kw_only=True)
class CodeLook:
    """What one look says.

    `not_older_than` is the last moment something else was seen. It is None when nobody had looked
    before, and so is `life_s` then.
    """

    sight: CodeSight
    not_older_than: datetime | None = None
    life_s: float | None = None


@dataclass(kw_only=True)
class _Seen:
    fingerprint: bytes | None
    first_at: datetime
    last_at: datetime
    not_older_than: datetime | None
    life: timedelta
    retired: bool = False

    def sight(self, now: datetime) -> CodeSight:
        if self.fingerprint is None:
            return CodeSight.NOTHING
        if self.retired:
            return CodeSight.LEFTOVER
        # From when it was first *seen*: that it is over must be certain, its age need not be.
        return CodeSight.OVER if now - self.first_at > self.life + _MARGIN else CodeSight.LIVE


class CodeMemory:
    """Remembers what code each session last showed.

    WhatsApp honours the first code of a window for `first_life_s`, each later one for
    `next_life_s`; then the window is over, and a gateway may go on handing out the last code.
    """

    def __init__(self, *, first_life_s: float, next_life_s: float, keys: int = _KEYS) -> None:
        self._first_life = timedelta(seconds=first_life_s)
        self._next_life = timedelta(seconds=next_life_s)
        self._keys = keys
        self._seen: OrderedDict[str, _Seen] = OrderedDict()

    def look(self, key: str, code: str | None, now: datetime) -> CodeLook:
        """Take note that `key` shows `code` (None: nothing) at `now`."""
        fingerprint = None if code is None else hashlib.sha256(code.encode()).digest()
        before = self._seen.get(key)
        if before is not None and before.fingerprint == fingerprint:
            seen = before
            seen.last_at = now
        else:
            seen = self._appeared(fingerprint, before, now)
            self._seen[key] = seen
        self._seen.move_to_end(key)
        if len(self._seen) > self._keys:
            self._seen.popitem(last=False)
        return CodeLook(
            sight=seen.sight(now),
            not_older_than=seen.not_older_than,
            life_s=seen.life.total_seconds() if seen.not_older_than else None,
        )

    def retire(self, key: str) -> None:
        """Say that the window of `key` has ended: what it still shows is dead."""
        if key in self._seen:
            self._seen[key].retired = True

    def forget(self, key: str) -> None:
        """Drop what is remembered of `key`."""
        self._seen.pop(key, None)

    def _appeared(self, fingerprint: bytes | None, before: _Seen | None, now: datetime) -> _Seen:
        rotated = before is not None and before.sight(now) is CodeSight.LIVE
        return _Seen(
            fingerprint=fingerprint,
            first_at=now,
            last_at=now,
            not_older_than=None if before is None else before.last_at,
            life=self._next_life if rotated else self._first_life,
        )
