"""Telegram's sending limits, near enough: the real ones change unannounced."""

import math
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

# (messages, seconds): a chat takes one a second with a short burst, a group 20 a minute, all
# chats together 30 a second.
CHAT = (4, 4.0)
GROUP = (20, 60.0)
ALL = (30, 1.0)


@dataclass(kw_only=True)
class Limits:
    """Counts what the bot sends and edits."""

    clock: Callable[[], float]
    sent: dict[tuple[str, str], deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def admit(self, chat_id: str) -> int | None:
        """Count one message into a chat: None when it may pass, else the seconds to stay away."""
        now = self.clock()
        windows = [(("all", ""), ALL), (("chat", chat_id), CHAT)]
        if chat_id.startswith("-"):
            windows.append((("group", chat_id), GROUP))
        waits = [self._wait_s(key, limit, now) for key, limit in windows]
        if any(waits):
            return max(1, math.ceil(max(waits)))
        for key, _ in windows:
            self.sent[key].append(now)
        return None

    def _wait_s(self, key: tuple[str, str], limit: tuple[int, float], now: float) -> float:
        many, window_s = limit
        sent = self.sent[key]
        while sent and sent[0] <= now - window_s:
            sent.popleft()
        return sent[0] + window_s - now if len(sent) >= many else 0.0
