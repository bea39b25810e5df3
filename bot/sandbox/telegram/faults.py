"""Things that go wrong on purpose."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum


class FaultKind(StrEnum):
    """What goes wrong with a call."""

    TOO_MANY = "429"
    ERROR_500 = "500"
    ERROR_502 = "502"  # with an HTML body, as a proxy in front of Telegram answers
    HANG = "hang"  # no answer until the caller gives up
    RESET = "reset"  # the connection is cut, nothing happened
    ANSWER_LOST = "answer_lost"  # it happened, then the connection is cut
    OUTAGE = "outage"  # every connection is cut, those that wait as well
    SLOW = "slow"  # it works, `seconds` later
    REFUSED = "refused"  # in the words of `said`: "Bad Request: MESSAGE_ID_INVALID"


@dataclass(kw_only=True)
class Fault:
    """One fault, for some calls or all.

    `seconds` is the delay of SLOW, and for TOO_MANY how long nothing is let through. `methods`,
    `chat_id` and `count` restrict it where they are set; after `count` calls it is over. `said` is
    what REFUSED answers.
    """

    kind: FaultKind
    seconds: float = 5.0
    methods: frozenset[str] | None = None
    chat_id: int | None = None
    count: int | None = None
    said: str = "Bad Request: what Telegram will think of next year"
    began: float = 0.0
    hits: int = 0

    def is_over(self, now: float) -> bool:
        """Whether it has ended: after `count` calls, or TOO_MANY after `seconds`."""
        if self.count is not None:
            return self.hits >= self.count
        return self.kind is FaultKind.TOO_MANY and now >= self.began + self.seconds

    def concerns(self, method: str, chat_id: str | None) -> bool:
        """Whether a call is among those it hits."""
        if self.methods is not None and method.lower() not in self.methods:
            return False
        return self.chat_id is None or str(self.chat_id) == chat_id

    def retry_after_s(self, now: float) -> int:
        """How long a 429 tells the caller to stay away."""
        left = self.seconds if self.count is not None else self.began + self.seconds - now
        return max(1, math.ceil(left))


@dataclass(kw_only=True)
class Faults:
    """The faults at work, oldest first."""

    clock: Callable[[], float]
    at_work: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> Fault:
        """Set a fault to work from now on."""
        fault.began = self.clock()
        if fault.methods is not None:
            fault.methods = frozenset(name.lower() for name in fault.methods)
        self.at_work.append(fault)
        return fault

    def clear(self) -> None:
        """Remove every fault."""
        self.at_work.clear()

    def active(self) -> list[Fault]:
        """The faults that are not over."""
        now = self.clock()
        self.at_work[:] = [fault for fault in self.at_work if not fault.is_over(now)]
        return self.at_work

    def hit(self, method: str, chat_id: str | None) -> Fault | None:
        """The fault that hits this call, counted; None when it may pass."""
        for fault in self.active():
            if fault.concerns(method, chat_id):
                fault.hits += 1
                return fault
        return None
