"""How long a write waits while another program holds the database. PURE but for the given clock.

Writes queue up, and each would wait its own full time behind all others: whoever pressed a button
then hears nothing for as long as everybody before them together. So time spent in the queue counts
once the database refuses, and once that has lasted, nobody waits for it for long.
"""

from collections.abc import Callable

SOON_S = 1.0  # once it has refused for the full time: what just came is answered all the same


class LockWait:
    """How long a write may still wait; `full_s` when none was refused lately."""

    def __init__(self, full_s: float, steady_s: Callable[[], float]) -> None:
        self._full_s = full_s
        self._steady_s = steady_s
        self._refusing_since_s: float | None = None

    @property
    def full_s(self) -> float:
        """How long a write waits at most."""
        return self._full_s

    def left_s(self, asked_s: float) -> float:
        """How long a write may still wait that asked then and starts only now.

        A queue that moves on is no refusal: as long as nobody was refused, all of it is left.
        """
        since_s = self._refusing_since_s
        if since_s is None:
            return self._full_s
        now_s = self._steady_s()
        limit_s = SOON_S if now_s - since_s >= self._full_s else self._full_s
        return max(0.0, limit_s - (now_s - max(asked_s, since_s)))

    def refused(self, tried_s: float) -> None:
        """A try that began then failed."""
        if self._refusing_since_s is None:
            self._refusing_since_s = tried_s

    def granted(self) -> None:
        """The database takes writes."""
        self._refusing_since_s = None
