"""Looks at once at what gateways have pushed about: the push says where, the look says what.

Pushes of one gateway that come during a look are one more look together, however many they are.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from bot.domain.company import CompanyId, GatewayName
from bot.gateways.events import GatewayEvent
from bot.monitor.checker import Checker
from bot.monitor.hints import ConnectionEvent, merged, news_in
from storage.database import Database
from storage.sessions import companies, pushes

_STOPPED_WITHIN_S = 3.0

log = structlog.get_logger()


class PushedLooks:
    """One look at a time for each gateway."""

    def __init__(
        self, database: Database, checker: Checker, *, clock: Callable[[], datetime]
    ) -> None:
        self._db = database
        self._checker = checker
        self._clock = clock
        self._waiting: dict[GatewayName, list[GatewayEvent]] = {}
        self._tasks: dict[GatewayName, asyncio.Task[None]] = {}

    def take(self, gateway: GatewayName, events: Sequence[GatewayEvent]) -> asyncio.Task[None]:
        """These came just now; the looks that follow by themselves."""
        self._waiting.setdefault(gateway, []).extend(events)
        task = self._tasks.get(gateway)
        if task is None or task.done():
            self._tasks[gateway] = asyncio.create_task(self._work(gateway))
        return self._tasks[gateway]

    async def stop(self) -> None:
        """Finish the looks under way and begin no more: the next start looks at everyone.

        What a hanging gateway keeps from its end is cut off.
        """
        self._waiting.clear()
        under_way = [task for task in self._tasks.values() if not task.done()]
        if under_way:
            _, hanging = await asyncio.wait(under_way, timeout=_STOPPED_WITHIN_S)
            for task in hanging:
                task.cancel()
            await asyncio.gather(*hanging, return_exceptions=True)

    async def _work(self, gateway: GatewayName) -> None:
        while events := self._waiting.pop(gateway, None):
            try:
                await self._look(gateway, events)
            except Exception:  # a loop's edge: the next tick looks at everyone
                log.exception("look_after_push_failed", gateway=gateway)

    async def _look(self, gateway: GatewayName, events: Sequence[GatewayEvent]) -> None:
        now = self._clock()
        by_key: dict[str, ConnectionEvent] = {}
        for event in events:
            by_key[event.key] = merged(by_key.get(event.key), news_in(event, now))
        async with self._db.reading() as tx:
            known = await companies.by_keys(tx, gateway, list(by_key))
        news: dict[CompanyId | None, ConnectionEvent] = {
            company.id: by_key[company.session_key] for company in known
        }
        if news:
            await self._checker.hint(gateway, news)
        async with self._db.writing() as tx:
            await pushes.count(tx, gateway, len(events), now)
