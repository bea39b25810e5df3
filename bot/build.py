"""Makes every object out of the settings, and starts none.

The only place that knows all rooms. Its longest function is a list: each line makes one thing out
of things made above it.
"""

import asyncio
import functools
from collections.abc import Awaitable, Callable

from aiogram import Bot, Dispatcher
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode

from bot.alerts.backup import Backup
from bot.alerts.boards import Boards
from bot.alerts.channels import Channels
from bot.alerts.delivery import Delivery
from bot.alerts.pace import Pace
from bot.app import App, Clock, utc_now
from bot.build_actions import build_actions, build_prober
from bot.build_gateways import Outfitter
from bot.build_listening import Vitals, build_server, build_vitals
from bot.domain.access import BOT_ITSELF
from bot.domain.remark import owners
from bot.domain.tempo import Tempo
from bot.fleet import Fleet
from bot.monitor.checker import Checker
from bot.monitor.housekeeping import Housekeeping
from bot.monitor.ledger import Ledger
from bot.monitor.probing import Prober
from bot.monitor.pushes import PushedLooks
from bot.monitor.reminding import Reminder
from bot.monitor.rules import Limits
from bot.monitor.schedule import Schedule
from bot.recovery.deeds import NO_CHAT
from bot.recovery.healer import Healer, Run
from bot.recovery.ladder import Rung
from bot.recovery.mend import Mend
from bot.recovery.procedure import Site
from bot.recovery.reconnect import Reconnect
from bot.recovery.reset import Reset
from bot.reload import Reload
from bot.settings import Settings, Setup, read_setup, secret_of
from bot.texts import Catalogs
from bot.vitals.counted import CountedCourier
from handlers.board_courier import TelegramBoards
from handlers.courier import TelegramCourier
from handlers.dispatcher import build_dispatcher
from handlers.live import Live
from handlers.menu import publish
from handlers.patience import Patience
from handlers.polling import Polling
from handlers.reached import Reached
from handlers.render.backup import backup as render_backup
from handlers.resuming import Resuming
from handlers.serving import Serving
from handlers.webhook import Webhook
from storage.database import Database


def build(
    settings: Settings,
    setup: Setup | None = None,
    *,
    tempo: Tempo | None = None,
    clock: Clock = utc_now,
) -> App:
    """Make everything; start nothing.

    Without a setup it is read: ConfigProblems when the configuration file is wrong.
    """
    tempo = tempo or Tempo()
    database = Database(settings.database_url.get_secret_value())
    fleet, limits = Fleet(), _limits(settings)
    catalogs = Catalogs()
    pace = Pace()
    wake, work, stir = asyncio.Event(), asyncio.Event(), asyncio.Event()

    def on_written() -> None:
        """Something changed: there may be something to tell, to heal, and to show."""
        wake.set()
        work.set()
        stir.set()

    ledger = Ledger(database, owners(settings.owner_ids))
    checker = Checker(
        ledger, fleet.lookers, limits, tempo=tempo, clock=clock, on_written=on_written
    )
    site = Site(database, fleet.adapters, fleet.templates, tempo=tempo, clock=clock)
    outfitter = Outfitter(site, ledger, checker, limits, on_written=on_written)
    prober = build_prober(settings, catalogs, ledger, site, on_written)
    pushed = PushedLooks(database, checker, clock=clock)
    vitals = build_vitals(settings, database, fleet.adapters.keys(), clock)
    schedule = _build_schedule(settings, checker, fleet, prober, site, vitals, wake)
    reload = Reload(settings, setup or read_setup(settings), fleet, outfitter, schedule, site)
    actions = build_actions(
        settings, ledger, checker, fleet, reload, limits, site, prober, on_written
    )
    bot, courier_bot = build_bot(settings), build_bot(settings)
    bot.session.middleware(Patience())
    on_heard = vitals.reports.telegram_reached
    bot.session.middleware(Reached(on_heard))
    live = Live(bot)
    serving = Serving()
    dispatcher = build_dispatcher(
        actions, live, serving, catalogs, settings.language, tempo=tempo, clock=clock
    )
    resuming = Resuming(actions, live, catalogs, settings.language, clock)

    async def on_reached() -> None:
        await publish(bot, catalogs, settings.language, settings.owner_ids)
        await resuming.once()

    updates = _build_updates(settings, bot, dispatcher, serving, on_reached, on_heard)
    return App(
        settings=settings,
        database=database,
        fleet=fleet,
        reload=reload,
        actions=actions,
        schedule=schedule,
        healer=_build_healer(settings, site, checker, wake, work),
        housekeeping=_build_housekeeping(settings, site, wake),
        backup=_build_backup(settings, site, catalogs),
        delivery=_build_delivery(settings, site, catalogs, courier_bot, vitals, pace, wake),
        boards=_build_boards(settings, site, catalogs, courier_bot, pace, stir),
        updates=updates,
        resuming=resuming,
        live=live,
        bots=(bot, courier_bot),
        heartbeat=vitals.heartbeat,
        pushed=pushed,
        server=build_server(settings, vitals, fleet.adapters, pushed, updates, clock),
        clock=clock,
    )


def _build_updates(
    settings: Settings,
    bot: Bot,
    dispatcher: Dispatcher,
    serving: Serving,
    on_reached: Callable[[], Awaitable[None]],
    on_heard: Callable[[], None],
) -> Polling | Webhook:
    """Who gets the updates: we ask for them, or Telegram calls us."""
    url, secret = settings.telegram_webhook_url, secret_of(settings.telegram_webhook_secret)
    if url is None or secret is None:
        return Polling(bot, dispatcher, serving, on_reached)
    return Webhook(bot, dispatcher, serving, on_reached, url=url, secret=secret, on_heard=on_heard)


def _build_delivery(
    settings: Settings,
    site: Site,
    catalogs: Catalogs,
    bot: Bot,
    vitals: Vitals,
    pace: Pace,
    wake: asyncio.Event,
) -> Delivery:
    """Who empties the outbox into Telegram; every letter is counted."""
    courier = TelegramCourier(bot, catalogs, site.clock)
    return Delivery(
        site.database,
        CountedCourier(courier, vitals.metrics, site.clock),
        pace=pace,
        clock=site.clock,
        tempo=site.tempo,
        default_language=settings.language,
        owner_ids=settings.owner_ids,
        wake=wake,
    )


def _build_backup(settings: Settings, site: Site, catalogs: Catalogs) -> Backup | None:
    """None where the settings name no other channels."""
    if not settings.backup_notify_urls:
        return None
    urls = [url.get_secret_value() for url in settings.backup_notify_urls]
    return Backup(
        site.database,
        Channels(urls, timeout_s=site.tempo.backup_timeout_s),
        functools.partial(render_backup, catalogs.speaking(settings.language)),
        clock=site.clock,
        tempo=site.tempo,
    )


def _build_schedule(
    settings: Settings,
    checker: Checker,
    fleet: Fleet,
    prober: Prober,
    site: Site,
    vitals: Vitals,
    wake: asyncio.Event,
) -> Schedule:
    """Probes are sent unasked only where an interval says so; every look is reported."""
    return Schedule(
        checker,
        fleet.files,
        check_interval_s=settings.check_interval.total_seconds(),
        files_interval_s=settings.files_interval.total_seconds(),
        tempo=site.tempo,
        prober=None if settings.probe_interval is None else prober,
        reminder=Reminder(
            site.database, settings.alert_repeat, clock=site.clock, on_written=wake.set
        ),
        on_looked=vitals.reports.looked,
        on_late=vitals.reports.late,
    )


def _build_housekeeping(settings: Settings, site: Site, wake: asyncio.Event) -> Housekeeping:
    """Who deletes what is old."""
    return Housekeeping(
        site.database,
        site.templates,
        settings.owner_ids,
        clock=site.clock,
        on_written=wake.set,
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


def _build_boards(
    settings: Settings,
    site: Site,
    catalogs: Catalogs,
    bot: Bot,
    pace: Pace,
    wake: asyncio.Event,
) -> Boards:
    """Who keeps the boards, at the pace of the alerts."""
    return Boards(
        site.database,
        TelegramBoards(bot, catalogs, site.clock),
        pace=pace,
        clock=site.clock,
        tempo=site.tempo,
        default_language=settings.language,
        wake=wake,
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
