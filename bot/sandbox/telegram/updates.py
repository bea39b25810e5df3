"""The queue of updates that wait for the bot."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

KEPT_FOR_S = 24 * 3600
# What Telegram leaves out unless it is asked for by name.
_ONLY_BY_NAME = {"chat_member", "message_reaction", "message_reaction_count"}


@dataclass(kw_only=True)
class Updates:
    """Updates nobody has confirmed yet, oldest first. `allowed` is None for Telegram's default.

    Each is kept with the time at which it came, and with its number.
    """

    clock: Callable[[], float]
    next_id: int = 100_000_001
    allowed: list[str] | None = None
    waiting: list[tuple[float, Any, int]] = field(default_factory=list)

    def push(self, kind: str, body: dict[str, Any]) -> bool:
        """Queue an update; False when the bot did not ask for this kind."""
        if kind in _ONLY_BY_NAME and kind not in (self.allowed or ()):
            return False
        if self.allowed and kind not in self.allowed:
            return False
        self._queue({"update_id": self.next_id, kind: body})
        return True

    def inject(self, update: Any) -> int:
        """Queue an update of any shape; returns its number in the queue.

        An object without `update_id` gets that number as its `update_id`.
        """
        number = self.next_id
        if isinstance(update, dict) and "update_id" not in update:
            update = {"update_id": number, **update}
        self._queue(update)
        return number

    def first(self) -> tuple[int, Any] | None:
        """The oldest waiting update with its number; None: there is none."""
        return (self.waiting[0][2], self.waiting[0][1]) if self.peek(1) else None

    def _queue(self, update: Any) -> None:
        self.waiting.append((self.clock(), update, self.next_id))
        self.next_id += 1

    def confirm(self, offset: int) -> None:
        """Forget what lies before `offset`; a negative one counts from the end."""
        if offset < 0:
            self.waiting = self.waiting[offset:]
        elif offset:
            self.waiting = [item for item in self.waiting if item[2] >= offset]

    def peek(self, limit: int = 100) -> list[Any]:
        """The oldest updates that are not too old to keep."""
        oldest = self.clock() - KEPT_FOR_S
        self.waiting = [item for item in self.waiting if item[0] >= oldest]
        return [update for _, update, _ in self.waiting[:limit]]

    def clear(self) -> None:
        """Drop what waits."""
        self.waiting = []
