"""How a company fared over a stretch of time: figures, targets, verdicts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from statistics import median

from bot.domain.company import Company
from bot.domain.freshness import Unsure
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
    RESTING = "resting"  # somebody had put it to rest: neither up nor down
    UNWATCHED = "unwatched"  # nobody looked, or nobody answered: nothing is known


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A stretch that counts as one kind."""

    kind: Kind
    begin: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True)
class TimeShare:
    """How much time counts as what."""

    up: timedelta = timedelta()
    down: timedelta = timedelta()
    muted: timedelta = timedelta()
    resting: timedelta = timedelta()
    unwatched: timedelta = timedelta()

    @property
    def uptime(self) -> float | None:
        """The part of the judged time that it was up; None where nothing could be judged."""
        judged = self.up + self.down
        return self.up / judged if judged else None

    def __add__(self, other: "TimeShare") -> "TimeShare":
        return TimeShare(
            up=self.up + other.up,
            down=self.down + other.down,
            muted=self.muted + other.muted,
            resting=self.resting + other.resting,
            unwatched=self.unwatched + other.unwatched,
        )


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day by the clock of a time zone: 23 or 25 hours long when that clock is changed.

    `down` counts the companies that were down on it; the rest is of the one with the most.
    """

    on: date
    share: TimeShare
    down: int
    reconnects: int
    files: int | None

    def with_other(self, other: "Day") -> "Day":
        """The same day of two."""
        counts = [count for count in (self.files, other.files) if count is not None]
        return Day(
            on=self.on,
            share=self.share + other.share,
            down=self.down + other.down,
            reconnects=max(self.reconnects, other.reconnects),
            files=max(counts, default=None),
        )


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


class TargetVerdict(StrEnum):
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
    verdict: TargetVerdict
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
    """How a company fared over a window; of all of them together where `company` is None.

    `detections` and `recoveries` are of the outages that are over, `lasting` how long those last
    so far that are not. `reconnects_worst_day` is the most on any day, of any one company.
    """

    company: Company | None
    share: TimeShare
    reconnects: int
    reconnects_worst_day: int
    reconnects_limit: int | None
    incidents: int
    detections: tuple[timedelta, ...]
    recoveries: tuple[timedelta, ...]
    lasting: tuple[timedelta, ...]
    files: FilesFigures
    judgements: tuple[Judgement, ...]

    @property
    def detect(self) -> Lengths:
        """From the first sign to the alarm."""
        return lengths(self.detections)

    @property
    def outages(self) -> timedelta:
        """All of them together, those that last as well, each as its own card tells it."""
        return sum((*self.recoveries, *self.lasting), timedelta())

    @property
    def recover(self) -> Lengths:
        """From the first sign until all was well. What still lasts counts for the worst alone."""
        ended, all_lengths = lengths(self.recoveries), lengths((*self.recoveries, *self.lasting))
        return Lengths(median=ended.median, worst=all_lengths.worst)

    def judgement(self, target: Target) -> Judgement:
        """The judgement on one target."""
        return next(judgement for judgement in self.judgements if judgement.target is target)


@dataclass(frozen=True, kw_only=True)
class Report:
    """A window of `days` days until `end`, as `zone` counts them.

    `total` is of the one company it is about, or of all in `each` together. `pieces` is how the
    window went for the one company, empty for several. `unsure` while one of them is not looked
    at in time: that time counts as unwatched.
    """

    company: Company | None
    days: int
    begin: datetime
    end: datetime
    zone: str
    total: Figures
    each: tuple[Figures, ...]
    daily: tuple[Day, ...]
    pieces: tuple[Piece, ...]
    unsure: Unsure | None = None

    def missed(self, target: Target) -> list[Company]:
        """Those who missed a target."""
        return [
            figures.company
            for figures in self.each
            if figures.company is not None
            and figures.judgement(target).verdict is TargetVerdict.MISSED
        ]


@dataclass(frozen=True, kw_only=True)
class PictureWords:
    """Every word in a picture, in the reader's language and fit for the font that draws it."""

    title: str
    strip: str
    kinds: Mapping[Kind, str]
    reconnects: str
    files: str
    target: str


def lengths(durations: Sequence[timedelta]) -> Lengths:
    """The median and the worst."""
    if not durations:
        return Lengths()
    middle = median(length.total_seconds() for length in durations)
    return Lengths(median=timedelta(seconds=middle), worst=max(durations))
