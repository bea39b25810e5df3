"""The timer: when to look at what. The only owner of APScheduler."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.domain.tempo import Tempo
from bot.monitor.checker import Checker
from bot.monitor.files import FilesChecker
from bot.monitor.probing import Prober

log = structlog.get_logger()


class Schedule:
    """Runs the checks at their intervals, each gateway's apart from the others'."""

    def __init__(
        self,
        checker: Checker,
        files: FilesChecker | None,
        *,
        check_interval_s: float,
        files_interval_s: float,
        tempo: Tempo,
        prober: Prober | None = None,
    ) -> None:
        self._checker = checker
        self._files = files
        self._check_interval_s = check_interval_s
        self._files_interval_s = files_interval_s
        self._tempo = tempo
        self._prober = prober
        # A late look is better than none, two at once are worse than one, and five that were
        # missed are made up for by a single one.
        self._scheduler = AsyncIOScheduler(
            timezone="UTC",
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._running: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin, with the first looks at once."""
        again_s = min(self._tempo.unstable_interval_s, self._check_interval_s)
        for gateway in self._checker.gateways:
            self._every(self._check_interval_s, self._checker.tick, gateway)
            self._every(again_s, self._checker.look_again, gateway)
        if self._files is not None:
            self._every(self._files_interval_s, self._files.look)
        if self._prober is not None:
            self._every(self._tempo.probe_turn_s, self._prober.turn)
        self._scheduler.start()

    async def stop(self) -> None:
        """Begin nothing more and wait for the looks under way."""
        self._scheduler.pause()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._scheduler.shutdown(wait=False)

    def _every(self, seconds: float, look: Callable[..., Awaitable[None]], *args: object) -> None:
        under_way: asyncio.Task[None] | None = None

        async def job() -> None:
            # The look is not awaited here: the scheduler would cancel it at shutdown, and would
            # complain each time a slow gateway makes a look last longer than its interval.
            nonlocal under_way
            if under_way is None or under_way.done():
                under_way = asyncio.create_task(_guarded(look, *args))
                self._running.add(under_way)
                under_way.add_done_callback(self._running.discard)

        self._scheduler.add_job(job, "interval", seconds=seconds, next_run_time=datetime.now(UTC))


async def _guarded(look: Callable[..., Awaitable[None]], *args: object) -> None:
    try:
        await look(*args)
    except Exception:  # a loop's edge: the next look comes at its time
        log.exception("a look failed", look=look.__name__, args=args)
