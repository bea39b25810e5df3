"""The loop that follows a gateway's log: it counts, and has the checker look at what is named.

The first time a file is met at the program's start, reading begins at its end: what is written
there was told long ago, or never will be. Later starts go on where the last one stopped.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.domain.company import CompanyId, GatewayName
from bot.domain.log_pattern import LogPattern
from bot.domain.timing import Timing
from bot.monitor.checker import Checker
from bot.monitor.hints import ConnectionEvent, merged
from bot.monitor.logs.alarm import BurstAlarm
from bot.monitor.logs.files import LogFiles, Reading
from bot.monitor.logs.line_owner import Directory, directory_of, owner_of
from bot.monitor.logs.whatsmeow import LOOK
from storage.database import Database
from storage.logs import log_counts, log_positions
from storage.logs.log_positions import LogPosition
from storage.sessions import companies

log = structlog.get_logger()

_DIRECTORY_LIFE = timedelta(seconds=10)
_WRITE_EVERY = timedelta(seconds=1)  # a busy log must not cost a transaction a pass
_FORGET_EVERY = timedelta(hours=1)
_AFTER_FAILURE_S = 5.0
_LONGEST_REST_S = 30.0
_OLD = timedelta(hours=1)  # what was read late: whatever ended then, it may have begun anew since
_REST = 4  # times as long as a look took: a flood of lines costs a gateway a fifth of its time


class LogFollower:
    """Follows the files of one gateway from start() to stop()."""

    def __init__(
        self,
        database: Database,
        gateway: GatewayName,
        globs: Sequence[str],
        checker: Checker,
        alarm: BurstAlarm,
        *,
        timing: Timing,
        clock: Callable[[], datetime],
    ) -> None:
        self._db = database
        self._gateway = gateway
        self._globs = tuple(globs)
        self._checker = checker
        self._alarm = alarm
        self._timing = timing
        self._clock = clock
        self._files: LogFiles | None = None
        self._directory: tuple[Directory, datetime] | None = None
        self._counted: Counter[tuple[CompanyId | None, LogPattern]] = Counter()
        self._positions: dict[str, LogPosition] = {}
        self._written_at: datetime | None = None
        self._forgot_at: datetime | None = None
        self._judged_at: datetime | None = None
        self._news: dict[CompanyId | None, ConnectionEvent] = {}
        self._heard = asyncio.Event()
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._failure = ""

    def start(self) -> None:
        """Begin to follow."""
        self._stopping.clear()
        self._tasks = [asyncio.create_task(self._follow()), asyncio.create_task(self._look())]

    async def stop(self) -> None:
        """Write down how far it came, and let go of the files."""
        self._stopping.set()
        following, looking = self._tasks
        looking.cancel()
        await asyncio.gather(following, looking, return_exceptions=True)
        if self._files is not None:
            await asyncio.to_thread(self._files.close)
            self._files = None

    async def _follow(self) -> None:
        while not self._stopping.is_set():
            pause_s = self._timing.log_poll_s
            try:
                await self.read_on()
                self._failure = ""
            except Exception as error:  # noqa: BLE001 - the loop's edge: the next breath is planned
                pause_s = _AFTER_FAILURE_S
                self._say_failure(error)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._stopping.wait()
        try:
            await self._write(self._clock())
        except Exception as error:  # noqa: BLE001 - the loop's end: what is lost is read again
            self._say_failure(error)

    async def read_on(self) -> None:
        """One pass: read what is new, tell the checker, write the counts, judge them."""
        now = self._clock()
        if self._files is None:
            async with self._db.reading() as tx:
                stored = await log_positions.all_of(tx)
            self._files = LogFiles(self._globs, stored)
        # Before the files: what was read from them must not be lost to a database that fails.
        directory = await self._known(now)
        self._take(await asyncio.to_thread(self._files.read, now), directory, now)
        if self._heard.is_set() or _due(self._written_at, _WRITE_EVERY, now):
            await self._write(now)
        if _due(self._judged_at, timedelta(seconds=self._timing.unstable_interval_s), now):
            await self._alarm.judge()
            self._judged_at = now

    def _take(self, reading: Reading, directory: Directory, now: datetime) -> None:
        self._positions |= {
            position.path: replace(position, gateway=self._gateway)
            for position in reading.positions
        }
        for found in reading.found:
            owner = owner_of(found.line.names, found.path, directory)
            company_id = owner.company_id
            self._counted.update((company_id, pattern) for pattern in found.line.patterns)
            if found.line.news is not None:
                # Nobody's cause is not guessed upon whoever happens to be lost.
                vague = owner.disputed or _is_old(found.line.at, now)
                news = LOOK if vague else found.line.news
                self._news[company_id] = merged(self._news.get(company_id), news)
                self._heard.set()

    async def _known(self, now: datetime) -> Directory:
        if self._directory is None or _due(self._directory[1], _DIRECTORY_LIFE, now):
            async with self._db.reading() as tx:
                all_companies = await companies.all_of(tx, self._gateway)
            self._directory = (directory_of(all_companies), now)
        return self._directory[0]

    async def _write(self, now: datetime) -> None:
        """Counts and positions in one transaction: no line is counted twice, none is left out."""
        forgets = _due(self._forgot_at, _FORGET_EVERY, now)
        if not (self._counted or self._positions or forgets):
            return
        async with self._db.writing() as tx:
            await log_counts.add(tx, self._gateway, self._counted, now)
            await log_positions.put(tx, list(self._positions.values()))
            if forgets:
                await log_counts.forget(tx, now)
                await log_positions.forget(tx, now)
        self._counted.clear()
        self._positions.clear()
        self._written_at = now
        self._forgot_at = now if forgets else self._forgot_at

    async def _look(self) -> None:
        """Have the checker look; apart from reading, for a gateway may take its time."""
        loop = asyncio.get_running_loop()
        while True:
            await self._heard.wait()
            self._heard.clear()
            news, self._news = self._news, {}
            began_s = loop.time()
            try:
                await self._checker.hint(self._gateway, news)
            except Exception:  # the loop's edge: the tick looks in any case
                log.exception("look_after_log_line_failed", gateway=self._gateway)
            await asyncio.sleep(min(_REST * (loop.time() - began_s), _LONGEST_REST_S))

    def _say_failure(self, error: Exception) -> None:
        if self._failure != type(error).__name__:
            log.warning("log not followed", gateway=self._gateway, error=type(error).__name__)
        self._failure = type(error).__name__


def _is_old(at: datetime | None, now: datetime) -> bool:
    return at is not None and now - at > _OLD


def _due(last: datetime | None, interval: timedelta, now: datetime) -> bool:
    return last is None or now - last >= interval
