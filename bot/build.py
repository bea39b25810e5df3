"""Makes every object out of the settings, and starts none.

The only place that knows all rooms. Its longest function is a list: each line makes one thing out
of things made above it.
"""

import asyncio
from collections.abc import Callable

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode

from bot.alerts.delivery import Delivery
from bot.app import App, Clock, utc_now
from bot.authdir import SessionsTemplate
from bot.build_actions import build_actions, build_prober, gateway_name
from bot.domain.access import BOT_ITSELF
from bot.domain.tempo import Tempo
from bot.gateways.base import GatewayAdapter
from bot.gateways.http import GatewayClient
from bot.gateways.kinds import KINDS
from bot.monitor.checker import Checker
from bot.monitor.files import FilesChecker
from bot.monitor.ledger import Ledger
from bot.monitor.logs.alarm import BurstAlarm
from bot.monitor.logs.follower import LogFollower
from bot.monitor.look import Looker
from bot.monitor.rules import Limits
from bot.monitor.schedule import Schedule
from bot.recovery.deeds import NO_CHAT
from bot.recovery.healer import Healer, Run
from bot.recovery.ladder import Rung
from bot.recovery.mend import Mend
from bot.recovery.procedure import Site
from bot.recovery.reconnect import Reconnect
from bot.recovery.reset import Reset
from bot.settings import Settings, secret_of
from bot.texts import Catalogs
from handlers.courier import TelegramCourier
from handlers.dispatcher import build_dispatcher
from handlers.live import Live
from handlers.menu import publish
from handlers.patience import Patience
from handlers.polling import Polling
from handlers.resuming import Resuming
from handlers.serving import Serving
from storage.database import Database


def build(settings: Settings, *, tempo: Tempo | None = None, clock: Clock = utc_now) -> App:
    """Make everything; start nothing."""
    tempo = tempo or Tempo()
    database = Database(settings.database_url.get_secret_value())
    gateways = {gateway_name(settings): build_gateway(settings, tempo, clock)}
    template = SessionsTemplate.parse(settings.sessions_dir) if settings.sessions_dir else None
    limits = _limits(settings)
    catalogs = Catalogs()
    wake, work = asyncio.Event(), asyncio.Event()

    def on_written() -> None:
        """Something changed: there may be something to tell, and something to heal."""
        wake.set()
        work.set()

    ledger = Ledger(database)
    lookers = {
        name: Looker(name, gateway, discover=settings.companies == "auto", clock=clock)
        for name, gateway in gateways.items()
    }
    checker = Checker(ledger, lookers, limits, tempo=tempo, clock=clock, on_written=on_written)
    site = Site(database, gateways, template, tempo=tempo, clock=clock)
    files = _build_files(ledger, site, limits, on_written)
    prober = build_prober(settings, catalogs, ledger, site, on_written)
    actions = build_actions(settings, ledger, checker, files, limits, site, prober)
    bot, courier_bot = build_bot(settings), build_bot(settings)
    bot.session.middleware(Patience())
    live = Live(bot)
    serving = Serving()
    dispatcher = build_dispatcher(
        actions, live, serving, catalogs, settings.language, tempo=tempo, clock=clock
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
            prober=None if settings.probe_interval is None else prober,
        ),
        healer=_build_healer(settings, site, checker, wake, work),
        follower=_build_follower(settings, database, checker, wake, tempo, clock),
        delivery=Delivery(
            database,
            TelegramCourier(courier_bot, catalogs, clock),
            clock=clock,
            tempo=tempo,
            default_language=settings.language,
            wake=wake,
        ),
        polling=Polling(bot, dispatcher, serving, on_reached),
        resuming=resuming,
        live=live,
        bots=(bot, courier_bot),
        clock=clock,
    )


def build_gateway(settings: Settings, tempo: Tempo, clock: Clock) -> GatewayAdapter:
    """The adapter for the gateway of the settings."""
    return KINDS[settings.gateway](
        GatewayClient(settings.gateway_url),
        key=secret_of(settings.gateway_key),
        hook_key=secret_of(settings.hook_key),
        clock=clock,
        first_life_s=tempo.qr_first_life_s,
        next_life_s=tempo.qr_next_life_s,
    )


def _build_files(
    ledger: Ledger, site: Site, limits: Limits, on_written: Callable[[], None]
) -> FilesChecker | None:
    """None where no auth directory is in reach."""
    if site.template is None:
        return None
    return FilesChecker(
        site.database,
        ledger,
        site.template,
        limits,
        clock=site.clock,
        on_written=on_written,
        stable_for_s=site.tempo.stable_for_s,
    )


def _build_healer(
    settings: Settings, site: Site, checker: Checker, wake: asyncio.Event, work: asyncio.Event
) -> Healer:
    """The bot's own hand, with each rung it may climb."""
    reset, reconnect, mend = Reset(site), Reconnect(site), Mend(site)
    runs: dict[Rung, Run] = {
        Rung.RECONNECT: lambda company: reconnect.run(company, BOT_ITSELF, NO_CHAT),
        Rung.MEND: lambda company: mend.run(company, BOT_ITSELF, NO_CHAT),
        Rung.RESET: lambda company: reset.run(company, BOT_ITSELF, NO_CHAT),
    }
    return Healer(
        site,
        runs,
        settings.auto_recovery,
        settings.max_reconnects_per_day,
        look=checker.check,
        on_written=wake.set,
        wake=work,
    )


def _build_follower(
    settings: Settings,
    database: Database,
    checker: Checker,
    wake: asyncio.Event,
    tempo: Tempo,
    clock: Clock,
) -> LogFollower | None:
    """Who follows the gateway's log; None where no log is named."""
    if not settings.gateway_log:
        return None
    name = gateway_name(settings)
    alarm = BurstAlarm(database, name, clock=clock, on_written=wake.set)
    return LogFollower(
        database, name, settings.gateway_log, checker, alarm, tempo=tempo, clock=clock
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
