"""Telegram's sending limits as documented; the real ones are at times stricter, unannounced.

A chat takes a burst of three messages, then one a second; a group 20 a minute; all chats together
30 a second. Edits count. Who was told to stay away and comes too early is refused again.
"""

import math
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

BURST, PER_S = 3, 1.0
GROUP = (20, 60.0)  # messages, seconds
ALL = (30, 1.0)


@dataclass
class _Bucket:
    """What a chat may still be sent at once, as of a moment."""

    left: float
    at: float


def writes(method: str) -> bool:
    """Whether a call puts a message into a chat or changes one.

    Deleting, an answered button and "typing" are not counted by Telegram as messages.
    """
    name = method.lower()
    return name.startswith(("send", "edit", "forward", "copy")) and name != "sendchataction"


@dataclass(kw_only=True)
class Limits:
    """Counts what the bot sends and edits."""

    clock: Callable[[], float]
    _chats: dict[str, _Bucket] = field(default_factory=dict)
    _sent: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _away_until: dict[str, float] = field(default_factory=dict)

    def admit(self, chat_id: str) -> int | None:
        """Count one message to a chat: None when it may pass, else the `retry_after` in seconds."""
        now = self.clock()
        wait_s = max(
            self._away_until.get(chat_id, now) - now,
            self._bucket_wait_s(chat_id, now),
            self._window_wait_s("", ALL, now),
            self._window_wait_s(chat_id, GROUP, now) if chat_id.startswith("-") else 0.0,
        )
        if wait_s > 0:
            retry_after_s = max(1, math.ceil(wait_s))
            self._away_until.setdefault(chat_id, now + retry_after_s)
            return retry_after_s
        self._away_until.pop(chat_id, None)
        self._chats[chat_id].left -= 1
        self._sent[""].append(now)
        self._sent[chat_id].append(now)
        return None

    def _bucket_wait_s(self, chat_id: str, now: float) -> float:
        bucket = self._chats.setdefault(chat_id, _Bucket(BURST, now))
        bucket.left = min(BURST, bucket.left + max(0.0, now - bucket.at) * PER_S)
        bucket.at = now
        # A clock of floats: a second that lacks a billionth is a second.
        return 0.0 if bucket.left >= 1 - 1e-6 else (1 - bucket.left) / PER_S

    def _window_wait_s(self, key: str, limit: tuple[int, float], now: float) -> float:
        many, window_s = limit
        sent = self._sent[key]
        while sent and not now - window_s < sent[0] <= now:
            sent.popleft()
        return sent[0] + window_s - now if len(sent) >= many else 0.0
