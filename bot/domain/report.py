"""How a company fared over a stretch of time: figures, targets, verdicts."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.company import Company
from bot.domain.incident import Incident
from bot.domain.session import State

UPTIME_TARGET = 0.999
RECOVERY_TARGET = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Span:
    """From `begin` up to `end`, which is no part of it. None: it goes on."""

    begin: datetime
    end: datetime | None


@dataclass(frozen=True, kw_only=True)
class StateSpan(Span):
    """A session was in this state."""

    state: State


class Kind(StrEnum):
    """What a moment counts as."""

    UP = "up"
    DOWN = "down"
    MUTED = "muted"  # somebody asked not to hear of it: neither up nor down
    UNWATCHED = "unwatched"  # nobody looked, or nobody answered: nothing is known


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A stretch that counts as one kind."""

    kind: Kind
    begin: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True)
class Share:
    """How much time counts as what."""

    up: timedelta = timedelta()
    down: timedelta = timedelta()
    muted: timedelta = timedelta()
    unwatched: timedelta = timedelta()

    @property
    def uptime(self) -> float | None:
        """The part of the judged time that it was up; None where nothing could be judged."""
        judged = self.up + self.down
        return self.up / judged if judged else None

    def __add__(self, other: "Share") -> "Share":
        return Share(
            up=self.up + other.up,
            down=self.down + other.down,
            muted=self.muted + other.muted,
            unwatched=self.unwatched + other.unwatched,
        )


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day by the clock of a time zone: 23 or 25 hours long when that clock is changed.

    `down` counts the companies that were down on it; the rest is of the one with the most.
    """

    on: date
    share: Share
    down: int
    reconnects: int
    files: int | None


@dataclass(frozen=True, kw_only=True)
class Lengths:
    """How long something took: None where it never happened."""

    median: timedelta | None = None
    worst: timedelta | None = None


class Target(StrEnum):
    """What the post-mortem of the first incident asks for."""

    UPTIME = "uptime"
    RECONNECTS = "reconnects"
    RECOVERY = "recovery"
    FILES = "files"


class Verdict(StrEnum):
    """Whether a target was met."""

    MET = "met"
    MISSED = "missed"
    OPEN = "open"  # too little is known to say


class Reason(StrEnum):
    """Why a verdict is as it is."""

    WITHIN = "within"
    BEYOND = "beyond"
    NO_OUTAGE = "no_outage"
    NEVER_JUDGED = "never_judged"  # never connected, or never watched, in all that time
    HARDLY_WATCHED = "hardly_watched"  # within, but less than half of the time was watched
    LEARNING = "learning"  # the limit follows from a baseline that is not learnt yet
    NOT_COUNTED = "not_counted"


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """A verdict on one target."""

    target: Target
    verdict: Verdict
    reason: Reason


@dataclass(frozen=True, kw_only=True)
class FilesFigures:
    """Key files: now, the most there were, what is normal, what is too many."""

    now: int | None = None
    most: int | None = None
    baseline: int | None = None
    limit: int | None = None


@dataclass(frozen=True, kw_only=True)
class Figures:
    """One company over one window. `ongoing` says that an outage has not ended."""

    company: Company
    share: Share
    reconnects: int
    reconnects_worst_day: int
    reconnects_limit: int
    incidents: tuple[Incident, ...]
    detect: Lengths
    recover: Lengths
    ongoing: bool
    files: FilesFigures
    days: tuple[Day, ...]
    pieces: tuple[Piece, ...]
    judgements: tuple[Judgement, ...]

    def verdict(self, target: Target) -> Judgement:
        """The judgement on one target."""
        return next(one for one in self.judgements if one.target is target)
