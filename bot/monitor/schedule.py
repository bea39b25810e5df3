"""The timer: when to look at what, by a clock that nobody can set."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Mapping

import structlog

from bot.domain.company import GatewayName
from bot.domain.looked import AGAIN, TICK, Looked
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


class Schedule:
    """Runs the checks at their intervals, each gateway's apart from the others'."""

    def __init__(  # noqa: PLR0913 - a timer is told all that is to be timed
        self,
        checker: Checker,
        files: Mapping[GatewayName, FilesChecker],
        *,
        check_interval_s: float,
        files_interval_s: float,
        timing: Timing,
        prober: Prober | None = None,
        on_looked: Callable[[Looked], None] = lambda _look: None,
        on_late: Callable[[GatewayName, str], None] = lambda _gateway, _what: None,
        reminder: Reminder | None = None,
        digests: Look | None = None,
        is_mine: Callable[[GatewayName], bool] = lambda _gateway: True,
    ) -> None:
        self._checker = checker
        self._files = files
        self._check_interval_s = check_interval_s
        self._files_interval_s = files_interval_s
        self._timing = timing
        self._prober = prober
        self._on_looked = on_looked
        self._on_late = on_late
        self._reminder = reminder
        self._digests = digests
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
        await self._checker.stop()

    def _wanted(self) -> dict[Job, tuple[float, Look]]:
        """What is to be done for which gateway, every how many seconds."""
        again_s = min(self._timing.unstable_interval_s, self._check_interval_s)
        wanted: dict[Job, tuple[float, Look]] = {}
        for gateway in self._checker.gateways:
            wanted[gateway, TICK] = (self._check_interval_s, _for(self._checker.tick, gateway))
            wanted[gateway, AGAIN] = (again_s, _for(self._checker.look_again, gateway))
            if gateway in self._files:
                wanted[gateway, "files"] = (self._files_interval_s, self._files_look(gateway))
            if self._prober is not None:
                turn = _for(self._prober.turn, gateway)
                wanted[gateway, "probe"] = (self._timing.probe_turn_s, turn)
        if self._reminder is not None:
            wanted[ALL_GATEWAYS, "remind"] = (self._timing.remind_turn_s, self._reminder.turn)
        if self._digests is not None:
            wanted[ALL_GATEWAYS, "digests"] = (self._timing.digest_turn_s, self._digests)
        return {job: each for job, each in wanted.items() if self._is_mine(job[0])}

    def _files_look(self, gateway: GatewayName) -> Look:
        async def look() -> None:
            files = self._files.get(gateway)  # asked for each time: its directories may have moved
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
