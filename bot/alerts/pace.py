"""How fast Telegram may be spoken to. PURE: `now` is an argument, time never passes inside."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

# Below what Telegram documents (30 a second, 1 a second and 20 a minute for a group): the answers
# to commands and the live codes are counted by Telegram too, but do not pass through here.
_OVERALL_PER_S = 25
_PER_MINUTE = 20
_EDITS_PER_MINUTE = 14  # the rest of the minute's budget is kept for alerts
_BOARDS_PER_MINUTE = 10  # a board that comes later is no harm
_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)
_BACKOFF_CAP_S = 60.0


@dataclass(frozen=True)
class _Hold:
    """No call until `until`; a clock that was set back before `since` ends it."""

    since: datetime
    until: datetime

    def active(self, now: datetime) -> bool:
        return self.since <= now < self.until


class Pace:
    """When the next call may be made, overall and to each chat. Topics share their chat's pace."""

    def __init__(self) -> None:
        self._calls: deque[datetime] = deque()
        self._chats: dict[int, deque[datetime]] = {}
        self._holds: dict[int, _Hold] = {}
        self._hold: _Hold | None = None
        self._troubles = 0

    def earliest(
        self, chat_id: int, now: datetime, *, edit: bool = False, board: bool = False
    ) -> datetime:
        """The moment from which this chat may be called; `now` when that is at once."""
        moments = [now, self._overall(now)]
        hold = self._holds.get(chat_id)
        if hold is not None and hold.active(now):
            moments.append(hold.until)
        calls = _recent(self._chats.get(chat_id), now, _MINUTE)
        if calls:
            moments.append(calls[-1] + _SECOND)
        limit = _EDITS_PER_MINUTE if edit else _PER_MINUTE
        limit = _BOARDS_PER_MINUTE if board else limit
        if len(calls) >= limit:
            moments.append(calls[-limit] + _MINUTE)
        return max(moments)

    def spend(self, chat_id: int, now: datetime) -> None:
        """A call is made now, whatever will become of it."""
        self._calls = _recent(self._calls, now, _SECOND)
        self._calls.append(now)
        calls = _recent(self._chats.get(chat_id), now, _MINUTE)
        calls.append(now)
        self._chats[chat_id] = calls

    def obey(self, chat_id: int, after_s: float, now: datetime, *, everywhere: bool) -> None:
        """We were told to wait. Two chats told so at once means everybody."""
        hold = _Hold(now, now + timedelta(seconds=after_s))
        self._holds = {key: one for key, one in self._holds.items() if one.active(now)}
        self._holds[chat_id] = hold
        if everywhere or len(self._holds) > 1:
            self._hold_all(hold)

    def wait(self, chat_id: int, after_s: float | None, now: datetime, *, everywhere: bool) -> None:
        """A call has failed: obey where we were told how long, otherwise back off."""
        if after_s is None:
            self.back_off(now)
        else:
            self.obey(chat_id, after_s, now, everywhere=everywhere)

    def back_off(self, now: datetime) -> None:
        """The server or the network failed: wait longer each time, a minute at most."""
        delay_s = min(2.0**self._troubles, _BACKOFF_CAP_S)
        self._troubles = min(self._troubles + 1, 10)
        self._hold_all(_Hold(now, now + timedelta(seconds=delay_s)))

    def recover(self) -> None:
        """The server answers: the next trouble begins with a short pause again."""
        self._troubles = 0

    def _overall(self, now: datetime) -> datetime:
        calls = _recent(self._calls, now, _SECOND)
        held = self._hold.until if self._hold is not None and self._hold.active(now) else now
        return max(held, calls[0] + _SECOND) if len(calls) >= _OVERALL_PER_S else held

    def _hold_all(self, hold: _Hold) -> None:
        longer = self._hold is not None and self._hold.active(hold.since)
        if not longer or self._hold is None or self._hold.until < hold.until:
            self._hold = hold


def _recent(calls: deque[datetime] | None, now: datetime, reach: timedelta) -> deque[datetime]:
    """Those within `reach`; a call from the future was made before the clock was set back."""
    return deque(at for at in calls or () if now - reach < at <= now)
