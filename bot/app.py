"""Starts the parts of the program in order, stops them in reverse."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from aiogram import Bot

from bot.actions import Actions
from bot.fleet import Fleet
from bot.listening.server import Server
from bot.monitor.absence import note_absence
from bot.monitor.pushes import PushedLooks
from bot.monitor.schedule import Schedule
from bot.recovery.healer import Healer
from bot.reload import Reload
from bot.rota import Alone, Rota
from bot.settings import Settings
from bot.vitals.heartbeat import Heartbeat
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
    database: Database
    fleet: Fleet
    reload: Reload
    actions: Actions
    schedule: Schedule
    healer: Healer
    rota: Alone | Rota
    bot: Bot
    heartbeat: Heartbeat | None
    pushed: PushedLooks
    server: Server | None
    clock: Clock

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run for as long as the block does. DatabaseError when the database cannot be used."""
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(self.database.close)
            await self.database.open()
            stack.push_async_callback(self.bot.session.close)
            stack.push_async_callback(self.fleet.aclose)
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
            stack.push_async_callback(self.rota.stop)
            await self.rota.start()
            log.info("running", gateways=list(self.fleet.adapters))
            yield
            log.info("stopping")

    async def _prepare(self) -> None:
        """What the settings name is put into the database."""
        await note_absence(self.database, self.clock(), self.settings.check_interval)
        await self.reload.call_roll()
        if self.settings.telegram_chat_id is not None:
            await self.actions.chats.subscribe_first(self.settings.telegram_chat_id)


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def stopped(on_hangup: Callable[[], Awaitable[object]] | None = None) -> None:
    """Return at the first SIGINT or SIGTERM; `on_hangup` is what each SIGHUP asks for."""
    stop, hung_up = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if on_hangup is None:
        await stop.wait()
        return
    loop.add_signal_handler(signal.SIGHUP, hung_up.set)
    answering = asyncio.create_task(_answer(hung_up, on_hangup))
    await stop.wait()
    await _cancelled(answering)


async def _answer(hung_up: asyncio.Event, on_hangup: Callable[[], Awaitable[object]]) -> None:
    while True:
        await hung_up.wait()
        hung_up.clear()
        try:
            await on_hangup()
        except Exception:  # a loop's edge: the next signal is another try
            log.exception("the configuration was not read anew")
