"""The timer: when to look at what. The only owner of APScheduler."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

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
        # A late look is better than none, two at once are worse than one, and five that were
        # missed are made up for by a single one.
        self._scheduler = AsyncIOScheduler(
            timezone="UTC",
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._running: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin, with the first looks at once."""
        self.refresh()
        self._scheduler.start()

    def refresh(self) -> None:
        """Go by the gateways that are ours now: the new ones join, the others are left alone."""
        wanted = self._wanted()
        planned = {job.id for job in self._scheduler.get_jobs()}
        for job in planned - {_id(watch) for watch in wanted}:
            self._scheduler.remove_job(job)
        for job_key, (seconds, look) in wanted.items():
            if _id(job_key) not in planned:
                self._every(seconds, look, job_key)

    async def stop(self) -> None:
        """Begin nothing more and wait for the looks under way."""
        self._scheduler.pause()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._timed.checker.stop()
        self._scheduler.shutdown(wait=False)

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
        return {key: rhythm for key, rhythm in wanted.items() if self._is_mine(key[0])}

    def _files_look(self, gateway: GatewayName) -> Look:
        async def look() -> None:
            files = self._timed.files.get(
                gateway
            )  # asked for each time: its directories may have moved
            if files is not None:
                await files.look()

        return look

    def _every(self, seconds: float, look: Look, key: Job) -> None:
        under_way: asyncio.Task[None] | None = None

        async def job() -> None:
            # The look is not awaited here: the scheduler would cancel it at shutdown, and would
            # complain each time a slow gateway makes a look last longer than its interval.
            nonlocal under_way
            if under_way is None or under_way.done():
                under_way = asyncio.create_task(self._guarded(look, key))
                self._running.add(under_way)
                under_way.add_done_callback(self._running.discard)
            else:
                self._on_late(*key)

        now = datetime.now(UTC)
        self._scheduler.add_job(job, "interval", seconds=seconds, next_run_time=now, id=_id(key))

    async def _guarded(self, look: Look, key: Job) -> None:
        began, failed, why = time.monotonic(), False, None
        try:
            await look()
        except Exception as error:  # a loop's edge: the next look comes at its time
            failed, why = True, trouble_of(error)
            log.exception("a look failed", look=_id(key))
        gateway, what = key
        took_s = time.monotonic() - began
        self._on_looked(Looked(gateway=gateway, what=what, took_s=took_s, failed=failed, why=why))


def _for(look: Callable[[GatewayName], Awaitable[None]], gateway: GatewayName) -> Look:
    return lambda: look(gateway)


def _id(job: Job) -> str:
    gateway, what = job
    return f"{gateway} {what}"
