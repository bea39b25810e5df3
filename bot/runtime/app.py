"""Starts the parts of the program in order, stops them in reverse."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from aiogram import Bot

from bot.actions import Actions
from bot.alerts.unwatched import UnwatchedAlarm
from bot.health.heartbeat import Heartbeat
from bot.http.server import Server
from bot.monitor.absence import note_absence
from bot.monitor.push_sorter import PushSorter
from bot.monitor.schedule import Schedule
from bot.recovery.healer import Healer
from bot.runtime.leases import Alone, Leases
from bot.runtime.registry import GatewayRegistry
from bot.runtime.reload import Reload
from bot.settings import Settings
from storage.database import Database

log = structlog.get_logger()

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The clock of the running program."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class App:
    """The parts that start and stop, and the actions for programs that embed the bot."""

    settings: Settings
    database: Database
    registry: GatewayRegistry
    reload: Reload
    actions: Actions
    schedule: Schedule
    healer: Healer
    leases: Alone | Leases
    alarm: UnwatchedAlarm
    bot: Bot
    heartbeat: Heartbeat | None
    pushed: PushSorter
    server: Server | None
    clock: Clock

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run for as long as the block does. DatabaseError when the database cannot be used.

        DatabaseInUse when another bot runs on it.
        """
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(self.database.close)
            await self.database.claim()
            await self.database.open()
            stack.push_async_callback(self.bot.session.close)
            stack.push_async_callback(self.registry.aclose)
            stack.push_async_callback(self.reload.aclose)
            await self._prepare()
            if self.heartbeat is not None:
                stack.push_async_callback(self.heartbeat.stop)
            self.schedule.start()
            stack.push_async_callback(self.schedule.stop)
            healing = asyncio.create_task(self.healer.run())
            stack.push_async_callback(_cancelled, healing)
            stack.push_async_callback(self.pushed.stop)
            if self.server is not None:
                await self.server.start()
                stack.push_async_callback(self.server.stop)
            stack.push_async_callback(self.leases.stop)
            await self.leases.start()
            # Outside of all roles: they end with the database, and this is for that moment.
            watching = asyncio.create_task(self.alarm.run())
            stack.push_async_callback(self.alarm.stop)
            stack.push_async_callback(_cancelled, watching)
            log.info("running", gateways=list(self.registry.adapters))
            yield
            log.info("stopping")

    async def _prepare(self) -> None:
        """Store what the settings name."""
        await self.actions.people.settle_owners()
        await note_absence(self.database, self.clock(), self.settings.check_interval)
        await self.reload.sync_companies()
        if self.settings.telegram_chat_id is not None:
            await self.actions.chats.subscribe_first(self.settings.telegram_chat_id)


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
