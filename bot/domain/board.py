"""A board: the companies of a chat at a glance."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from bot.domain.company import CompanyId, GatewayName
from bot.domain.freshness import Unsure
from bot.domain.observation import CompanyStatus
from bot.domain.session import State

FEW = 30  # as many are read one by one; of more, only those that are not well


@dataclass(frozen=True, kw_only=True)
class BoardLine:
    """A company. While its gateway is `silent`, what is known of it is old.

    While it is `muted`, nobody is told of its troubles. `unsure`: its gateway is not looked at in
    time, or what is seen is not written down.
    """

    known: CompanyStatus
    silent: bool
    muted: bool = False
    unsure: bool = False

    @property
    def well(self) -> bool:
        """Whether it is certain that nothing is the matter."""
        known = self.known
        return known.state is State.CONNECTED and not known.incidents and self.current

    @property
    def resting(self) -> bool:
        """Whether it is left alone: then it is shown as it is, and troubles nobody."""
        return self.known.rest is not None

    @property
    def troubled(self) -> bool:
        """Whether it may need somebody."""
        return not self.well and not self.resting

    @property
    def current(self) -> bool:
        """Whether what is stored of it may be claimed to be so now."""
        return not self.silent and not self.unsure

    @property
    def fingerprint(self) -> tuple[object, ...]:
        """What a reader sees of it."""
        known, worst = self.known, self.known.worst
        cause = worst and (worst.cause or worst.log_says)
        trouble = worst and (worst.id, worst.symptom, cause, worst.severity, worst.began_at)
        seen = (known.company.name, known.state, known.since)
        return (known.company.id, *seen, trouble, self.silent, self.muted, self.unsure, known.rest)


@dataclass(frozen=True, kw_only=True)
class Board:
    """Companies, the worst first: every one, or of more than `FEW` those that are not well.

    Who is at rest comes last, and is among them however it is.

    `well_beside` counts the others, `not_known_beside` those of them of which that is not certain
    any more. `looked_at` is the last look that succeeded, at the gateway
    where that is longest ago; None when one of them has never answered. `unsure` is set while
    nothing may be claimed of one of them.
    """

    lines: tuple[BoardLine, ...]
    looked_at: datetime | None
    well_beside: int = 0
    unsure: Unsure | None = None
    not_known_beside: int = 0

    @property
    def total(self) -> int:
        """How many companies it is about."""
        return len(self.lines) + self.well_beside + self.not_known_beside

    @property
    def fingerprint(self) -> tuple[object, ...]:
        """What a reader sees of it, but for the time of the last look."""
        return (
            self.well_beside,
            self.not_known_beside,
            self.unsure and self.unsure.why,
            *(line.fingerprint for line in self.lines),
        )


def arrange(
    known_ones: Iterable[CompanyStatus],
    totals: Mapping[GatewayName, int],
    heard_at: Mapping[GatewayName, datetime | None],
    silent: Collection[GatewayName],
    muted: Collection[CompanyId | None] = (),
    unsure: Mapping[GatewayName, Unsure] = MappingProxyType({}),
) -> Board:
    """The board of as many companies of each gateway as `totals` says.

    Of more than `FEW` only those have to be among `known_ones` that are not well, or at rest.
    `heard_at` tells when each gateway answered last, `unsure` of which nothing may be claimed. In
    `muted` None stands for every company.
    """
    lines = [
        BoardLine(
            known=known,
            silent=known.company.gateway in silent,
            muted=None in muted or known.company.id in muted,
            unsure=known.company.gateway in unsure,
        )
        for known in sorted(known_ones, key=lambda known: (known.rest is not None, known.rank))
    ]
    total = sum(totals.values())
    if total > FEW:
        lines = [line for line in lines if line.resting or not line.well]
    looks = {heard_at.get(gateway) for gateway in totals}
    known_looks = [at for at in looks if at is not None]
    looked_at = None if None in looks or not known_looks else min(known_looks)
    lines.sort(key=lambda line: line.current)
    doubts = [unsure[gateway] for gateway in totals if gateway in unsure]
    beside = max(0, total - len(lines))
    return Board(
        lines=tuple(lines),
        looked_at=looked_at,
        well_beside=beside,
        unsure=min(doubts, key=lambda doubt: doubt.since, default=None),
    )


def taken_back(board: Board, unsure: Unsure) -> Board:
    """The same board while nothing can be read of which it could tell: it claims nothing more."""
    return replace(
        board,
        lines=tuple(replace(line, unsure=True) for line in board.lines),
        well_beside=0,
        not_known_beside=board.well_beside + board.not_known_beside,
        unsure=unsure,
    )
