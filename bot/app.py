"""Starts the parts of the program in order, stops them in reverse."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from aiogram import Bot

from bot.actions import Actions
from bot.alerts.delivery import Delivery
from bot.domain.company import GatewayName
from bot.gateways.base import GatewayAdapter
from bot.monitor.absence import note_absence
from bot.monitor.logs.follower import LogFollower
from bot.monitor.roll import call_roll
from bot.monitor.schedule import Schedule
from bot.recovery.healer import Healer
from bot.settings import Settings, Setup
from handlers.live import Live
from handlers.polling import Polling
from handlers.resuming import Resuming
from storage.database import Database

log = structlog.get_logger()

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The clock of the running program."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class App:
    """The parts that have a life of their own, and the actions for whoever embeds the bot."""

    settings: Settings
    setup: Setup
    database: Database
    gateways: Mapping[GatewayName, GatewayAdapter]
    actions: Actions
    schedule: Schedule
    followers: Mapping[GatewayName, LogFollower]
    healer: Healer
    delivery: Delivery
    polling: Polling
    resuming: Resuming
    live: Live
    bots: tuple[Bot, ...]
    clock: Clock

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run for as long as the block does. DatabaseError when the database cannot be used."""
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(self.database.close)
            await self.database.open()
            for bot in self.bots:
                stack.push_async_callback(bot.session.close)
            for gateway in self.gateways.values():
                stack.push_async_callback(gateway.aclose)
            await self._prepare()
            delivering = asyncio.create_task(self.delivery.run())
            stack.push_async_callback(_cancelled, delivering)
            self.schedule.start()
            stack.push_async_callback(self.schedule.stop)
            for follower in self.followers.values():
                follower.start()
                stack.push_async_callback(follower.stop)
            healing = asyncio.create_task(self.healer.run())
            stack.push_async_callback(_cancelled, healing)
            stack.push_async_callback(self.live.stop)
            self.polling.start()
            stack.push_async_callback(self.polling.stop)
            log.info("running", gateways=list(self.gateways))
            yield
            log.info("stopping")

    async def _prepare(self) -> None:
        """What the settings name is put into the database; what a crash cut off is found."""
        await note_absence(self.database, self.clock(), self.settings.check_interval)
        async with self.database.writing() as tx:
            await call_roll(tx, self.setup.rosters, self.clock())
        if self.settings.telegram_chat_id is not None:
            await self.actions.chats.subscribe_first(self.settings.telegram_chat_id)
        await self.resuming.collect()


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def stopped() -> None:
    """Return at the first SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
