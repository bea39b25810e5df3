"""Checks how the program is doing, at most every two seconds however often it is asked."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

import structlog

from bot.domain.company import GatewayName
from bot.domain.database_trouble import DatabaseTrouble
from bot.domain.telegram_trouble import TelegramTrouble
from bot.health.liveness import Activity, Liveness
from bot.health.metrics import Metrics
from storage.database import Database
from storage.sessions import gateways, stats
from storage.trouble import trouble_of

_FRESH = timedelta(seconds=2)
_DATABASE_WITHIN_S = 5.0

log = structlog.get_logger()
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class ProgramHealth:
    """The facts that together mean: it watches, it remembers, it can tell."""

    tick: Activity
    database: Activity
    telegram: Activity
    looked: bool  # there was a first look at every gateway

    @property
    def well(self) -> bool:
        """Whether all of them are as they should be."""
        return self.tick.well and self.database.well and self.telegram.well

    @property
    def ready(self) -> bool:
        """Whether it knows its companies by now, and can write down what it learns."""
        return self.looked and self.database.well


class HealthChecks:
    """Checks liveness and the database.

    `names` are the gateways that this replica watches now; `holds_chat_role` says whether it is
    the one that talks to Telegram. `steady` is the clock that liveness goes by.
    """

    def __init__(
        self,
        database: Database,
        liveness: Liveness,
        metrics: Metrics,
        names: Collection[GatewayName],
        *,
        check_interval: timedelta,
        clock: Callable[[], datetime],
        steady: Callable[[], datetime] | None = None,
        holds_chat_role: Callable[[], bool] = lambda: True,
    ) -> None:
        self._holds_chat_role = holds_chat_role
        self._db = database
        self._liveness = liveness
        self._metrics = metrics
        self._names = names
        self._check_interval = check_interval
        self._clock = clock
        self._steady = steady or clock
        self._health = _Lately(self._examine, clock)
        self._page = _Lately(self._count, clock)

    async def health(self) -> ProgramHealth:
        """How it is."""
        return await self._health.get()

    def silent_s(self) -> float | None:
        """Seconds without updates; None where another replica talks to Telegram."""
        return self._liveness.telegram_age_s(self._steady()) if self._holds_chat_role() else None

    def why_silent(self) -> TelegramTrouble | None:
        """Why no updates arrive, where Telegram says so."""
        return self._liveness.telegram_trouble

    async def page(self) -> bytes:
        """The page of metrics. Raises what the database raises."""
        return await self._page.get()

    async def _examine(self) -> ProgramHealth:
        database = await self._database()
        now = self._steady()
        return ProgramHealth(
            tick=self._liveness.tick(self._names, self._check_interval, now),
            database=database,
            telegram=self._liveness.telegram(now)
            if self._holds_chat_role()
            else Activity(well=True),
            looked=self._liveness.has_looked_at(self._names),
        )

    async def _database(self) -> Activity:
        moved = await self._db.moved()
        if moved is not None:
            return Activity(well=False, why=moved)
        try:
            async with asyncio.timeout(_DATABASE_WITHIN_S), self._db.writing() as tx:
                await gateways.touch(tx)
        except Exception as error:  # noqa: BLE001 - whatever it is, the answer is no
            late = DatabaseTrouble.LOCKED if isinstance(error, TimeoutError) else None
            why = trouble_of(error) or late
            log.warning("database_not_writable", error=type(error).__name__, why=why)
            return Activity(well=False, why=why)
        return Activity(well=True)

    async def _count(self) -> bytes:
        async with asyncio.timeout(_DATABASE_WITHIN_S), self._db.reading() as tx:
            counted = await stats.take(tx)
        steady = self._steady()
        ages = {gateway: self._liveness.tick_age_s(gateway, steady) for gateway in self._names}
        telegram_age_s = self._liveness.telegram_age_s(steady)
        return self._metrics.page(counted, ages, telegram_age_s, self._clock())


class _Lately(Generic[T]):
    """Asks once for all who ask at the same moment: nobody can wear the program out."""

    def __init__(self, ask: Callable[[], Awaitable[T]], clock: Callable[[], datetime]) -> None:
        self._ask = ask
        self._clock = clock
        self._lock = asyncio.Lock()
        self._last: tuple[T, datetime] | None = None

    async def get(self) -> T:
        async with self._lock:
            if self._last is not None:
                answer, at = self._last
                if timedelta(0) <= self._clock() - at < _FRESH:
                    return answer
            answer = await self._ask()
            self._last = (answer, self._clock())
            return answer
