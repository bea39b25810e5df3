"""The restart of a gateway's process, as people are told of it. PURE.

Better, since it was asked about, means: the restart may be needed no more, or would cut off what
goes well. A gateway that has gone silent since is no better: that is what a restart is for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.domain.access import UserId


class RestartStep(StrEnum):
    """In the order in which they come."""

    COMMAND = "command"  # the command is running
    ANSWER = "answer"  # waiting until the gateway answers again


class RestartOutcome(StrEnum):
    """What became of the command. Whether the gateway answers is another matter."""

    DONE = "done"
    FAILED = "failed"  # it ended with an error
    TOO_LONG = "too_long"  # it was ended by us, with all it had started
    NOT_STARTED = "not_started"  # there is no such program, or we may not run it
    BUSY = "busy"  # another restart of this gateway is running
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, kw_only=True)
class Restarted:
    """The end. `answers` is what the gateway itself showed after the command.

    `exit_code` is None where the command did not end by itself. `output` is what it printed,
    without secrets and cut: for the audit row, never for a chat.
    """

    outcome: RestartOutcome
    answers: bool = False
    exit_code: int | None = None
    took: timedelta = timedelta()
    output: str = field(default="", repr=False)


class Calmer(StrEnum):
    """What has become better at a gateway, or speaks against cutting its sessions off."""

    RESTARTED = "restarted"  # somebody has restarted it
    ANSWERS = "answers"  # it was silent
    BACK = "back"  # sessions that were away work again
    IN_HAND = "in_hand"  # somebody pairs or repairs sessions of it


@dataclass(frozen=True, kw_only=True)
class RestartNews:
    """One such thing; `by` and `at` are of a restart, `count` of sessions, `names` of companies."""

    what: Calmer
    by: UserId | None = None
    name: str = ""
    at: datetime | None = None
    count: int = 0
    names: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GatewayStanding:
    """How a gateway stands. `restarted` is the number of the last restart that ended well, or 0.

    While it is `silent`, or before each of its companies was `looked` at, nobody knows how many of
    them are connected. `in_hand` are those that a person is pairing or repairing.
    """

    silent: bool
    companies: int
    connected: int
    looked: bool = True
    restarted: int = 0
    in_hand: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether `connected` is more than what happened to be seen."""
        return self.looked and not self.silent

    def written(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self) | {"in_hand": list(self.in_hand)}

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "GatewayStanding":
        """From what was stored."""
        return cls(**(dict(stored) | {"in_hand": tuple(stored["in_hand"])}))


def calmer(
    then: GatewayStanding, now: GatewayStanding, last: RestartNews | None
) -> tuple[RestartNews, ...]:
    """What speaks against a restart since it was asked about. `last` tells of the last restart."""
    return tuple(_calmer(then, now, last))


def _calmer(
    then: GatewayStanding, now: GatewayStanding, last: RestartNews | None
) -> Iterable[RestartNews]:
    if last is not None and now.restarted != then.restarted:
        yield last
    if then.silent and not now.silent:
        yield RestartNews(what=Calmer.ANSWERS)
    seen = then.is_known and now.is_known
    away_then, away_now = then.companies - then.connected, now.companies - now.connected
    if seen and now.connected > then.connected and away_now < away_then:
        yield RestartNews(what=Calmer.BACK, count=away_then - away_now)
    new = tuple(name for name in now.in_hand if name not in then.in_hand)
    if new:
        yield RestartNews(what=Calmer.IN_HAND, names=new)
