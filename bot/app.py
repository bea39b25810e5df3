"""Builds every object, starts them in order, stops them in reverse.

The only place that knows all rooms. Its wiring function is long because it is a list: each line
makes one thing out of things made above it.
"""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from handlers.courier import TelegramCourier

from bot.actions import Actions
from bot.actions.asking import Asking
from bot.actions.chats import Chats
from bot.actions.journal import Journal
from bot.actions.looking import Looking
from bot.actions.numbers import Numbers
from bot.actions.people import People
from bot.actions.repairing import Repairing
from bot.actions.showing import Showing
from bot.alerts.delivery import Delivery
from bot.authdir import SessionsTemplate
from bot.domain.company import Company, GatewayName
from bot.domain.tempo import Tempo
from bot.gateways.base import GatewayAdapter
from bot.gateways.http import GatewayClient
from bot.gateways.kinds import KINDS
from bot.monitor.checker import Checker
from bot.monitor.files import FilesChecker
from bot.monitor.ledger import Ledger
from bot.monitor.look import Looker
from bot.monitor.rules import Limits
from bot.monitor.schedule import Schedule
from bot.recovery.mend import Mend
from bot.recovery.pairing import Pairing
from bot.recovery.procedure import Site
from bot.recovery.reconnect import Reconnect
from bot.recovery.reset import Reset
from bot.recovery.restore import Restore
from bot.settings import Settings
from bot.texts import Catalogs
from handlers.dispatcher import build_dispatcher
from handlers.live import Live
from handlers.menu import publish
from handlers.patience import Patience
from handlers.polling import Polling
from handlers.resuming import Resuming
from storage import companies
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
    gateways: Mapping[GatewayName, GatewayAdapter]
    actions: Actions
    schedule: Schedule
    delivery: Delivery
    polling: Polling
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
            stack.push_async_callback(self.live.stop)
            self.polling.start()
            stack.push_async_callback(self.polling.stop)
            log.info("running", gateways=list(self.gateways))
            yield
            log.info("stopping")

    async def _prepare(self) -> None:
        """What the settings name is put into the database."""
        named = self.settings.companies
        gateway = next(iter(self.gateways))
        if named != "auto":
            rows = [
                Company(id=one.id, gateway=gateway, session_key=one.id, name=one.name)
                for one in named
            ]
            async with self.database.writing() as tx:
                await companies.add_new(tx, rows, self.clock())
                for row in rows:
                    await companies.rename(tx, row.id, row.name)
        if self.settings.telegram_chat_id is not None:
            await self.actions.chats.subscribe_first(self.settings.telegram_chat_id)


def build(settings: Settings, *, tempo: Tempo | None = None, clock: Clock = utc_now) -> App:
    """Make everything; start nothing."""
    tempo = tempo or Tempo()
    database = Database(settings.database_url.get_secret_value())
    gateways = {_gateway_name(settings): build_gateway(settings, tempo, clock)}
    template = SessionsTemplate.parse(settings.sessions_dir) if settings.sessions_dir else None
    limits = _limits(settings)
    catalogs = Catalogs()
    wake = asyncio.Event()
    ledger = Ledger(database)
    lookers = {
        name: Looker(name, gateway, discover=settings.companies == "auto", clock=clock)
        for name, gateway in gateways.items()
    }
    checker = Checker(ledger, lookers, limits, tempo=tempo, clock=clock, on_written=wake.set)
    files = (
        None
        if template is None
        else FilesChecker(
            database,
            ledger,
            template,
            limits,
            clock=clock,
            on_written=wake.set,
            stable_for_s=tempo.stable_for_s,
        )
    )
    site = Site(database, gateways, template, tempo=tempo, clock=clock)
    actions = _build_actions(settings, database, ledger, checker, files, limits, site)
    bot, courier_bot = build_bot(settings), build_bot(settings)
    bot.session.middleware(Patience())
    live = Live(bot)
    dispatcher = build_dispatcher(
        actions, live, catalogs, settings.language, tempo=tempo, clock=clock
    )
    resuming = Resuming(actions, live, catalogs, settings.language, clock)

    async def on_reached() -> None:
        await publish(bot, catalogs, settings.language, settings.owner_ids)
        await resuming.once()

    return App(
        settings=settings,
        database=database,
        gateways=gateways,
        actions=actions,
        schedule=Schedule(
            checker,
            files,
            check_interval_s=settings.check_interval.total_seconds(),
            files_interval_s=settings.files_interval.total_seconds(),
            tempo=tempo,
        ),
        delivery=Delivery(
            database,
            TelegramCourier(courier_bot, catalogs, clock),
            clock=clock,
            tempo=tempo,
            default_language=settings.language,
            wake=wake,
        ),
        polling=Polling(bot, dispatcher, on_reached),
        live=live,
        bots=(bot, courier_bot),
        clock=clock,
    )


def build_gateway(settings: Settings, tempo: Tempo, clock: Clock) -> GatewayAdapter:
    """The adapter for the gateway of the settings."""
    return KINDS[settings.gateway](
        GatewayClient(settings.gateway_url),
        clock=clock,
        first_life_s=tempo.qr_first_life_s,
        next_life_s=tempo.qr_next_life_s,
    )


def _build_actions(
    settings: Settings,
    database: Database,
    ledger: Ledger,
    checker: Checker,
    files: FilesChecker | None,
    limits: Limits,
    site: Site,
) -> Actions:
    clock, tempo = site.clock, site.tempo
    journal = Journal(database, clock)
    looking = Looking(database, ledger, checker, files, limits, clock=clock)
    restore = Restore(site)
    return Actions(
        looking=looking,
        asking=Asking(database, journal, looking, restore, tempo=tempo, clock=clock),
        repairing=Repairing(
            journal, looking, checker, site, Reset(site), restore, Reconnect(site), Mend(site)
        ),
        showing=Showing(journal, checker, Pairing(site)),
        people=People(database, journal, settings.owner_ids, clock=clock),
        numbers=Numbers(database, journal, checker),
        chats=Chats(database, journal, clock=clock),
    )


def build_bot(settings: Settings) -> Bot:
    """Two are built: answers are patient with Telegram, the alerts' loop has its own pace."""
    proxy = settings.telegram_proxy
    session = AiohttpSession(
        api=TelegramAPIServer.from_base(settings.telegram_api_url),
        proxy=None if proxy is None else proxy.get_secret_value(),
    )
    return Bot(
        settings.telegram_bot_token.get_secret_value(),
        session=session,
        default=DefaultBotProperties(parse_mode=ParseMode.HTML, link_preview_is_disabled=True),
    )


def _limits(settings: Settings) -> Limits:
    return Limits(
        grace_s=settings.grace.total_seconds(),
        max_files=None if settings.max_files == "auto" else settings.max_files,
        max_reconnects_per_day=settings.max_reconnects_per_day,
    )


def _gateway_name(settings: Settings) -> GatewayName:
    """With one gateway its kind is its name."""
    return GatewayName(settings.gateway)


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
