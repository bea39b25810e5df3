"""When a look is late, and since when nobody has looked. PURE: the clocks are given.

"Late" is defined here, once: what was seen longer than two intervals and some slack ago is not
claimed any more, nor is what was seen before a look that could not be written down.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.domain.company import CompanyId, GatewayName
from bot.domain.database_trouble import DatabaseTrouble
from bot.domain.finished_look import AGAIN, TICK, Looked
from bot.domain.observation import Observation

SLACK = timedelta(seconds=30)  # a gateway that does not answer takes its time
_INTERVALS = 2


def late_after(interval: timedelta) -> timedelta:
    """How old a look may become; `interval` is the interval between two."""
    return interval * _INTERVALS + SLACK


def is_late(age: timedelta, interval: timedelta) -> bool:
    """Whether nothing may be claimed of it. A look out of the future tells of a wrong clock."""
    return not -SLACK <= age <= late_after(interval)


@dataclass(frozen=True, kw_only=True)
class Unsure:
    """Nobody has looked since `since`, or what was seen was not kept; `why` where that is known."""

    since: datetime
    why: DatabaseTrouble | None = None


@dataclass(frozen=True)
class _Doubt:
    at_s: float
    why: DatabaseTrouble | None


class LastLooks:
    """The last good look at each gateway of this process, and what went wrong after it.

    `steady_s` is a clock that nobody sets: ages are measured by it, so that a jump of the wall
    clock makes no look late. What another process has looked at is judged by the stored moment.
    """

    def __init__(
        self, interval: timedelta, steady_s: Callable[[], float], clock: Callable[[], datetime]
    ) -> None:
        self._every = interval
        self._steady_s = steady_s
        self._clock = clock
        self._good_s: dict[GatewayName, float] = {}
        self._since_s: dict[GatewayName, float] = {}  # when it came to be watched here
        self._doubts: dict[GatewayName, _Doubt] = {}
        self._unwritten: dict[GatewayName, dict[CompanyId, Observation]] = {}
        self._trouble: _Doubt | None = None

    def good(self, gateway: GatewayName) -> None:
        """Every company of it was looked at, and what was seen is written."""
        self._good_s[gateway] = self._steady_s()
        self._doubts.pop(gateway, None)

    def failed(self, gateway: GatewayName, why: DatabaseTrouble | None) -> None:
        """A look broke off: what was known before it is not known to be so any more."""
        began = self._doubts.get(gateway)
        at_s = self._steady_s() if began is None else began.at_s
        self._doubts[gateway] = _Doubt(at_s, why)

    def looked(self, look: Looked) -> None:
        """A look has ended, well or not."""
        if look.failed and look.what in (TICK, AGAIN):
            self.failed(look.gateway, look.why)
        elif look.what == TICK:
            self.good(look.gateway)

    def watch(self, gateways: Iterable[GatewayName]) -> None:
        """Only these are watched here; the others are somebody else's, or nobody's."""
        watched = set(gateways)
        for name in watched:
            self._since_s.setdefault(name, self._steady_s())
        memories: tuple[dict[GatewayName, Any], ...] = (
            self._since_s,
            self._good_s,
            self._doubts,
            self._unwritten,
        )
        for memory in memories:
            for name in [name for name in memory if name not in watched]:
                del memory[name]

    def not_written(self, gateway: GatewayName, seen: Mapping[CompanyId, Observation]) -> None:
        """These were seen, and could not be written down."""
        self._unwritten.setdefault(gateway, {}).update(seen)

    def written(self, gateway: GatewayName) -> None:
        """The book is up to date again."""
        self._unwritten.pop(gateway, None)

    def unwritten(self, gateway: GatewayName) -> Mapping[CompanyId, Observation]:
        """What was seen there since, and stands nowhere else."""
        return self._unwritten.get(gateway, {})

    def database(self, trouble: DatabaseTrouble | None) -> None:
        """How the database is, as of now."""
        if trouble is None:
            self._trouble = None
        else:
            began = self._trouble
            self._trouble = _Doubt(self._steady_s() if began is None else began.at_s, trouble)

    @property
    def trouble(self) -> DatabaseTrouble | None:
        """What is the matter with the database, whichever part has noticed it."""
        if self._trouble is not None:
            return self._trouble.why
        return next((doubt.why for doubt in self._doubts.values() if doubt.why is not None), None)

    @property
    def last_good_at(self) -> datetime | None:
        """The last good look at the gateway where that is longest ago; None before the first.

        Where a file was taken away looks go on: then the moment at which that was seen.
        """
        moments_s = list(self._good_s.values())
        if self._trouble is not None:
            moments_s.append(self._trouble.at_s)
        return self._moment(min(moments_s)) if moments_s else None

    @property
    def every_unwritten(self) -> Mapping[CompanyId, Observation]:
        """What was seen anywhere, and stands nowhere else."""
        return {key: seen for some in self._unwritten.values() for key, seen in some.items()}

    def doubted_since_s(self) -> float | None:
        """How long, in seconds, something has been wrong; None while nothing is.

        A look that is late counts from the moment at which it was due.
        """
        began = [doubt.at_s for doubt in self._doubts.values()]
        if self._trouble is not None:
            began.append(self._trouble.at_s)
        now_s, every_s = self._steady_s(), self._every.total_seconds()
        last_s = (self._since_s | self._good_s).values()
        late_s = late_after(self._every).total_seconds()
        began += [at_s + every_s for at_s in last_s if now_s - at_s > late_s]
        return now_s - min(began) if began else None

    def doubt(self) -> Unsure | None:
        """What may be said where not even the stored looks can be read; None while all is well."""
        if self.doubted_since_s() is None:
            return None
        return Unsure(since=self.last_good_at or self._clock(), why=self.trouble)

    def unsure(self, gateway: GatewayName, stored_at: datetime | None) -> Unsure | None:
        """Since when nothing may be claimed of this gateway; None while all may.

        `stored_at` is the last good look that is written, None where there never was one: then
        there is nothing to be unsure of.
        """
        good_s = self._good_s.get(gateway)
        if good_s is None:
            return self._judge_stored(gateway, stored_at)
        age = timedelta(seconds=self._steady_s() - good_s)
        if self._trouble is not None:
            # A file that was taken away is still written to: looks go on, and lead nowhere.
            began_s = min(good_s, self._trouble.at_s)
            return Unsure(since=self._moment(began_s), why=self._trouble.why)
        if is_late(age, self._every) or gateway in self._doubts:
            return Unsure(since=self._moment(good_s), why=self._why(gateway))
        return None

    def _judge_stored(self, gateway: GatewayName, stored_at: datetime | None) -> Unsure | None:
        """Where no look of this process has succeeded yet, or another process looks."""
        if stored_at is None:
            return None
        late = is_late(self._clock() - stored_at, self._every)
        if late or gateway in self._doubts or self._trouble is not None:
            return Unsure(since=stored_at, why=self._why(gateway))
        return None

    def _why(self, gateway: GatewayName) -> DatabaseTrouble | None:
        if self._trouble is not None:
            return self._trouble.why
        doubt = self._doubts.get(gateway)
        return None if doubt is None else doubt.why

    def _moment(self, at_s: float) -> datetime:
        return self._clock() - timedelta(seconds=self._steady_s() - at_s)
