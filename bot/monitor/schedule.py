"""The timer: when to look at what, by a clock that nobody can set."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import structlog

from bot.domain.company import GatewayName
from bot.domain.finished_look import AGAIN, TICK, Looked
from bot.domain.timing import Timing
from bot.monitor.checker import Checker
from bot.monitor.files import FilesChecker
from bot.monitor.probes import Prober
from bot.monitor.reminders import Reminder
from storage.trouble import trouble_of

log = structlog.get_logger()

Look = Callable[[], Awaitable[None]]
Job = tuple[GatewayName, str]

ALL_GATEWAYS = GatewayName("*")  # in whose name what concerns all of them is done


@dataclass(frozen=True, kw_only=True)
class Timed:
    """What is done by the timer. None: it is not done at all."""

    checker: Checker
    files: Mapping[GatewayName, FilesChecker] = field(default_factory=dict)
    prober: Prober | None = None
    reminder: Reminder | None = None
    digests: Look | None = None


@dataclass(frozen=True, kw_only=True)
class Intervals:
    """How often, in seconds: by the settings, and by the rhythms that are none."""

    check_s: float
    files_s: float
    timing: Timing


class Schedule:
    """Runs the checks at their intervals, each gateway's apart from the others'."""

    def __init__(
        self,
        timed: Timed,
        intervals: Intervals,
        *,
        on_looked: Callable[[Looked], None] = lambda _look: None,
        on_late: Callable[[GatewayName, str], None] = lambda _gateway, _what: None,
        is_mine: Callable[[GatewayName], bool] = lambda _gateway: True,
    ) -> None:
        self._timed = timed
        self._intervals = intervals
        self._on_looked = on_looked
        self._on_late = on_late
        self._is_mine = is_mine
        self._timers: dict[Job, asyncio.Task[None]] = {}
        self._under_way: dict[Job, asyncio.Task[None]] = {}

    def start(self) -> None:
        """Begin, with the first looks at once."""
        self.refresh()

    def refresh(self) -> None:
        """Go by the gateways that are ours now: the new ones join, the others are left alone."""
        wanted = self._wanted()
        for job in self._timers.keys() - wanted.keys():
            self._timers.pop(job).cancel()
        for job, (seconds, look) in wanted.items():
            if job not in self._timers:
                self._timers[job] = asyncio.create_task(self._keep_time(job, seconds, look))

    async def stop(self) -> None:
        """Begin nothing more and wait for the looks under way."""
        for timer in self._timers.values():
            timer.cancel()
        await asyncio.gather(*self._timers.values(), return_exceptions=True)
        self._timers.clear()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        await self._timed.checker.stop()

    def _wanted(self) -> dict[Job, tuple[float, Look]]:
        """What is to be done for which gateway, every how many seconds."""
        timed, timing = self._timed, self._intervals.timing
        check_s, files_s = self._intervals.check_s, self._intervals.files_s
        again_s = min(timing.unstable_interval_s, check_s)
        wanted: dict[Job, tuple[float, Look]] = {}
        for gateway in timed.checker.gateways:
            wanted[gateway, TICK] = (check_s, _for(timed.checker.tick, gateway))
            wanted[gateway, AGAIN] = (again_s, _for(timed.checker.look_again, gateway))
            if gateway in timed.files:
                wanted[gateway, "files"] = (files_s, self._files_look(gateway))
            if timed.prober is not None:
                wanted[gateway, "probe"] = (timing.probe_turn_s, _for(timed.prober.tick, gateway))
        if timed.reminder is not None:
            wanted[ALL_GATEWAYS, "remind"] = (timing.remind_turn_s, timed.reminder.tick)
        if timed.digests is not None:
            wanted[ALL_GATEWAYS, "digests"] = (timing.digest_turn_s, timed.digests)
        return {job: rhythm for job, rhythm in wanted.items() if self._is_mine(job[0])}

    def _files_look(self, gateway: GatewayName) -> Look:
        async def look() -> None:
            files = self._timed.files.get(
                gateway
            )  # asked for each time: its directories may have moved
            if files is not None:
                await files.look()

        return look

    async def _keep_time(self, job: Job, seconds: float, look: Look) -> None:
        """Begin a look each time it is due. Those missed meanwhile are made up for by one.

        By the loop's clock: a machine whose wall clock is set back looks on all the same.
        """
        loop = asyncio.get_running_loop()
        due_s = loop.time()
        while True:
            self._begin(job, look)
            due_s += seconds * max(1, math.ceil((loop.time() - due_s) / seconds))
            await asyncio.sleep(due_s - loop.time())

    def _begin(self, job: Job, look: Look) -> None:
        """Two looks at once are worse than one: while the last is under way none begins."""
        under_way = self._under_way.get(job)
        if under_way is None or under_way.done():
            self._under_way[job] = asyncio.create_task(self._guarded(look, job))
        else:
            self._on_late(*job)

    async def _guarded(self, look: Look, job: Job) -> None:
        gateway, what = job
        began, failed, why = time.monotonic(), False, None
        try:
            await look()
        except Exception as error:  # a loop's edge: the next look comes at its time
            failed, why = True, trouble_of(error)
            log.exception("a look failed", look=f"{gateway} {what}")
        took_s = time.monotonic() - began
        self._on_looked(Looked(gateway=gateway, what=what, took_s=took_s, failed=failed, why=why))


def _for(look: Callable[[GatewayName], Awaitable[None]], gateway: GatewayName) -> Look:
    return lambda: look(gateway)
