"""A board: how everything is that a chat hears of, at a glance."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.company import CompanyId, GatewayName
from bot.domain.observation import Known
from bot.domain.session import State

FEW = 30  # as many are read one by one; of more, only those that are not well


@dataclass(frozen=True, kw_only=True)
class BoardLine:
    """A company. While its gateway is `silent`, what is known of it is old.

    While it is `muted`, nobody is told of its troubles.
    """

    known: Known
    silent: bool
    muted: bool = False

    @property
    def well(self) -> bool:
        """Whether it is certain that nothing is the matter."""
        known = self.known
        return known.state is State.CONNECTED and not known.incidents and not self.silent

    @property
    def face(self) -> tuple[object, ...]:
        """What a reader sees of it."""
        known, worst = self.known, self.known.worst
        cause = worst and (worst.cause or worst.log_says)
        told = worst and (worst.id, worst.symptom, cause, worst.severity, worst.began_at)
        seen = (known.company.name, known.state, known.since)
        return (known.company.id, *seen, told, self.silent, self.muted)


@dataclass(frozen=True, kw_only=True)
class Board:
    """Companies, the worst first: every one, or of more than `FEW` those that are not well.

    `well_beside` counts the others. `looked_at` is the last look that succeeded, at the gateway
    where that is longest ago; None when one of them has never answered.
    """

    lines: tuple[BoardLine, ...]
    looked_at: datetime | None
    well_beside: int = 0

    @property
    def total(self) -> int:
        """How many companies it is about."""
        return len(self.lines) + self.well_beside

    @property
    def face(self) -> tuple[object, ...]:
        """What a reader sees of it, but for the time of the last look."""
        return (self.well_beside, *(line.face for line in self.lines))


def arrange(
    known_ones: Iterable[Known],
    totals: Mapping[GatewayName, int],
    heard_at: Mapping[GatewayName, datetime | None],
    silent: Collection[GatewayName],
    muted: Collection[CompanyId | None] = (),
) -> Board:
    """The board of as many companies of each gateway as `totals` says.

    Of more than `FEW` only those have to be among `known_ones` that are not well. `heard_at` tells
    when each gateway answered last. In `muted` None stands for every company.
    """
    lines = [
        BoardLine(
            known=known,
            silent=known.company.gateway in silent,
            muted=None in muted or known.company.id in muted,
        )
        for known in sorted(known_ones, key=lambda known: known.rank)
    ]
    total = sum(totals.values())
    if total > FEW:
        lines = [line for line in lines if not line.well]
    looks = {heard_at.get(gateway) for gateway in totals}
    known_looks = [at for at in looks if at is not None]
    looked_at = None if None in looks or not known_looks else min(known_looks)
    lines.sort(key=lambda line: not line.silent)
    beside = max(0, total - len(lines))
    return Board(lines=tuple(lines), looked_at=looked_at, well_beside=beside)
