"""How fast Telegram may be spoken to. PURE: `now` is an argument, in seconds of any clock.

Telegram counts a call when it arrives, which we learn only from its answer. So a call counts as
under way until then, and as made at the moment of its answer: never earlier than Telegram counts.
"""

import math
from collections import deque
from dataclasses import dataclass, field

from bot.domain.urgency import Urgency

# What Telegram documents: a burst of three, then one a second in a chat; 20 a minute in a group,
# edits counted; 30 a second overall. Counting calls under way is the margin.
_BURST = 3.0
_MINUTE_S = 60.0
_BACKOFF_CAP_S = 60.0


@dataclass(frozen=True)
class ClassShare:
    """What a class may use, so that a more urgent one finds room.

    `spare` messages of the chat's burst are left; `per_minute` in a group; `per_s` over all chats;
    `at_once` calls under way.
    """

    spare: int
    per_minute: int
    per_s: int
    at_once: int


SHARES = {
    Urgency.NOW: ClassShare(0, 20, 30, 14),
    Urgency.CODE: ClassShare(0, 20, 30, 12),
    Urgency.ALERT: ClassShare(0, 16, 29, 8),
    Urgency.ANSWER: ClassShare(0, 18, 30, 10),
    Urgency.CARD: ClassShare(2, 14, 27, 8),
    Urgency.PROGRESS: ClassShare(2, 12, 25, 8),
    Urgency.BOARD: ClassShare(2, 10, 20, 6),
}
# What a person waits for is tried while Telegram may be away; what can wait is not.
_PATIENT = frozenset({Urgency.ALERT, Urgency.CARD, Urgency.BOARD})


@dataclass
class _Chat:
    """What one chat was sent lately; `level` messages may follow at once, as of `at`."""

    at: float
    level: float = _BURST
    calls: deque[float] = field(default_factory=lambda: deque(maxlen=20))

    def level_at(self, now: float) -> float:
        return min(_BURST, self.level + max(0.0, now - self.at))


class Pace:
    """When the next call may be made, overall and to each chat. Topics share their chat's pace."""

    def __init__(self) -> None:
        self._chats: dict[int | str, _Chat] = {}
        self._calls: deque[float] = deque()
        self._under_way = 0
        self._unanswered = 0
        self._holds: dict[int | str, float] = {}
        self._hold_until = -math.inf
        self._backed_off_at = -math.inf
        self._backoff_until = -math.inf
        self._troubles = 0

    def earliest(self, chat_id: int | str, urgency: Urgency, now: float) -> float:
        """The moment from which this chat may be called; `now` when that is at once."""
        share = SHARES[urgency]
        moments = [now, self._holds.get(chat_id, now)]
        chat = self._chats.get(chat_id)
        if chat is not None:
            short = 1 + share.spare - chat.level_at(now)
            moments.append(now + short if short > 1e-9 else now)
            if is_group(chat_id) and len(chat.calls) >= share.per_minute:
                moments.append(chat.calls[-share.per_minute] + _MINUTE_S)
        return max(moments)

    def overall(self, urgency: Urgency, now: float) -> float:
        """The moment from which any chat may be called; infinite until a call under way ends."""
        share = SHARES[urgency]
        if self._under_way >= share.at_once:
            return math.inf
        held = max(now, self._hold_until)
        if urgency in _PATIENT:
            held = max(held, self._backoff_until)
        while self._calls and self._calls[0] <= now - 1:
            self._calls.popleft()
        room = share.per_s - self._unanswered
        return held if len(self._calls) < room else max(held, self._calls[-room] + 1)

    def begin(self) -> None:
        """A call is under way."""
        self._under_way += 1
        self._unanswered += 1

    def answered(self, chat_id: int | str, now: float) -> None:
        """Telegram has counted it; what its answer leads to may still be under way."""
        self._unanswered -= 1
        chat = self._chats.setdefault(chat_id, _Chat(now))
        chat.level, chat.at = chat.level_at(now) - 1, now
        chat.calls.append(now)
        self._calls.append(now)
        if len(self._chats) > 5_000:  # of those that are long silent nothing need be known
            self._chats = {key: it for key, it in self._chats.items() if now - it.at < _MINUTE_S}

    def end(self, chat_id: int | str, now: float, *, made: bool, answered: bool = False) -> None:
        """It is over; `made` unless it never left, `answered` where that was said before."""
        self._under_way -= 1
        if answered:
            return
        if made:
            self.answered(chat_id, now)
        else:
            self._unanswered -= 1

    def obey(self, chat_id: int | str, after_s: float, now: float, *, everywhere: bool) -> None:
        """We were told to wait. Two chats told so at once means everybody."""
        until = now + after_s
        self._holds = {key: at for key, at in self._holds.items() if at > now}
        self._holds[chat_id] = max(until, self._holds.get(chat_id, until))
        if everywhere or len(self._holds) > 1:
            self._hold_until = max(self._hold_until, until)

    def is_held(self, chat_id: int | str, now: float) -> bool:
        """Whether Telegram itself wants no call to this chat now."""
        return max(self._holds.get(chat_id, now), self._hold_until) > now

    def back_off(self, began: float, now: float) -> None:
        """The server or the network failed: wait longer each time, a minute at most.

        Calls that began before the last pause tell nothing new.
        """
        if began < self._backed_off_at:
            return
        delay_s = min(2.0**self._troubles, _BACKOFF_CAP_S)
        self._troubles = min(self._troubles + 1, 10)
        self._backed_off_at, self._backoff_until = now, now + delay_s

    def recover(self) -> None:
        """The server answers: the next trouble begins with a short pause again."""
        self._troubles = 0


def is_group(chat_id: int | str) -> bool:
    """Whether Telegram allows it 20 messages a minute only; channels are counted so as well."""
    return str(chat_id).startswith(("-", "@"))
