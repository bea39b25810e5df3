"""Makes every object out of the settings, and starts none.

The only place that knows all rooms. Its longest function is a list: each line makes one thing out
of things made above it.
"""

import asyncio
import functools
import time
from collections.abc import Callable

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode

from bot.domain.company import GatewayName
from bot.domain.freshness import LastLooks
from bot.domain.system_notice import owners
from bot.domain.timing import Timing
from bot.monitor.checker import Checker
from bot.monitor.newcomers import Room
from bot.monitor.probes import Prober
from bot.monitor.pushes import PushedLooks
from bot.monitor.remembering_repository import RememberingRepository
from bot.monitor.reminders import Reminder
from bot.monitor.rules import Limits
from bot.monitor.schedule import ALL_GATEWAYS, Schedule
from bot.monitor.status_repository import StatusRepository
from bot.recovery.procedure import Site
from bot.reports.digests import Digests
from bot.runtime.app import App, Clock, utc_now
from bot.runtime.builder import RuntimeBuilder
from bot.runtime.registry import GatewayRegistry
from bot.runtime.reload import Reload
from bot.runtime.roles import DESK, ChatRole, Ours, watch_over
from bot.settings import Settings, Setup, read_setup
from bot.texts import Catalogs
from bot.wiring.actions import build_actions, build_prober, build_reporter
from bot.wiring.chat import build_chat
from bot.wiring.couriers import build_alarm, build_line, build_loops
from bot.wiring.http import Vitals, build_server, build_vitals
from bot.wiring.roles import build_duties, build_healer, build_hourly, build_rota, build_site
from handlers.telegram.clock import TelegramClock
from handlers.telegram.clock import steady_s as seconds_since_boot
from handlers.telegram.line import Time
from handlers.telegram.sender import put_in_line
from handlers.telegram.session import TelegramSession
from storage.database import Database


def build(
    settings: Settings,
    setup: Setup | None = None,
    *,
    timing: Timing | None = None,
    clock: Clock = utc_now,
    steady_s: Callable[[], float] = time.monotonic,
    telegram_s: Callable[[], float] = seconds_since_boot,
    pacing: Time | None = None,
) -> App:
    """Make everything; start nothing. `pacing` is the time by which calls to Telegram wait.

    `telegram_s` carries on the time that Telegram tells.
    Without a setup it is read: ConfigProblems when the configuration file is wrong.
    """
    timing = timing or Timing()
    database = Database(settings.database_url.get_secret_value())
    registry, limits, catalogs = GatewayRegistry(), _limits(settings), Catalogs()
    telegram_clock = TelegramClock(clock, telegram_s)
    wake, work, boards_changed = asyncio.Event(), asyncio.Event(), asyncio.Event()
    on_written = _ringing(wake, work, boards_changed)

    def is_mine(gateway: GatewayName) -> bool:
        """What is done for all gateways at once is the desk's."""
        return leases.holds(DESK if gateway == ALL_GATEWAYS else watch_over(gateway))

    at_desk = functools.partial(is_mine, ALL_GATEWAYS)

    async def on_reloaded() -> None:
        await leases.refresh()
        schedule.refresh()

    last_looks = LastLooks(settings.check_interval, steady_s, clock)
    statuses = RememberingRepository(
        database, owners(settings.owner_ids), last_looks, _room(settings)
    )
    checker = _build_checker(settings, statuses, registry, limits, timing, clock, on_written)
    site = build_site(database, registry, timing, clock, lambda: leases.is_alive)
    builder = RuntimeBuilder(site, statuses, checker, limits, on_written=on_written)
    prober = build_prober(settings, catalogs, statuses, site, on_written)
    pushed = PushedLooks(database, checker, clock=clock)
    ours = Ours(registry.adapters, is_mine)
    vitals = build_vitals(settings, database, ours, clock, steady_s, last_looks, at_desk)
    schedule = _build_schedule(
        settings, checker, registry, prober, site, limits, vitals, wake, is_mine
    )
    reload = Reload(settings, setup or read_setup(settings), registry, builder, on_reloaded, site)
    actions = build_actions(
        settings,
        statuses,
        checker,
        registry,
        reload,
        limits,
        site,
        prober,
        telegram_clock,
        on_written,
    )
    bot, line = build_bot(settings, telegram_clock), build_line(pacing, vitals)
    put_in_line(bot, line)
    heard, refused = vitals.reports.telegram_reached, vitals.reports.telegram_refused
    chat = build_chat(settings, actions, catalogs, site, bot, telegram_clock, heard, refused)
    loops = build_loops(
        settings, site, catalogs, bot, vitals, wake, boards_changed, lambda: leases.is_alive, line
    )
    healer = build_healer(settings, site, checker, wake, work, is_mine)
    loops += build_hourly(settings, site, wake)
    desk = ChatRole(loops, chat.live, chat.updates, chat.resuming, schedule, line)
    duties = build_duties(settings, site, wake, desk, registry, schedule, healer, actions.repairs)
    leases = build_rota(settings, database, duties, timing)
    return App(
        settings=settings,
        database=database,
        registry=registry,
        reload=reload,
        actions=actions,
        schedule=schedule,
        healer=healer,
        leases=leases,
        alarm=build_alarm(settings, site, catalogs, bot, vitals, ours, at_desk, wake),
        bot=bot,
        heartbeat=vitals.heartbeat,
        pushed=pushed,
        server=build_server(settings, vitals, registry, pushed, chat.updates, clock),
        clock=clock,
    )


def _ringing(*bells: asyncio.Event) -> Callable[[], None]:
    """Something changed: there may be something to tell, to heal, and to show."""

    def on_written() -> None:
        for bell in bells:
            bell.set()

    return on_written


def _build_checker(
    settings: Settings,
    statuses: StatusRepository,
    registry: GatewayRegistry,
    limits: Limits,
    timing: Timing,
    clock: Clock,
    on_written: Callable[[], None],
) -> Checker:
    return Checker(
        statuses,
        registry.lookers,
        limits,
        timing=timing,
        clock=clock,
        on_written=on_written,
        interval_s=settings.check_interval.total_seconds(),
    )


def _build_schedule(
    settings: Settings,
    checker: Checker,
    registry: GatewayRegistry,
    prober: Prober,
    site: Site,
    limits: Limits,
    vitals: Vitals,
    wake: asyncio.Event,
    is_mine: Callable[[GatewayName], bool],
) -> Schedule:
    """Probes are sent unasked only where an interval says so; every look is reported."""
    return Schedule(
        checker,
        registry.files,
        check_interval_s=settings.check_interval.total_seconds(),
        files_interval_s=settings.files_interval.total_seconds(),
        timing=site.timing,
        prober=None if settings.probe_interval is None else prober,
        reminder=Reminder(
            site.database, settings.alert_repeat, clock=site.clock, on_written=wake.set
        ),
        digests=_build_digests(settings, site, limits, wake, vitals.last_looks).turn,
        on_looked=vitals.on_looked,
        on_late=vitals.reports.late,
        is_mine=is_mine,
    )


def _build_digests(
    settings: Settings, site: Site, limits: Limits, wake: asyncio.Event, last_looks: LastLooks
) -> Digests:
    """Who tells each chat how its day went."""
    return Digests(
        site.database,
        build_reporter(site, limits, last_looks),
        settings.timezone,
        settings.owner_ids,
        clock=site.clock,
        on_written=wake.set,
        last_looks=last_looks,
    )


def build_bot(settings: Settings, telegram_clock: TelegramClock | None = None) -> Bot:
    """The one that speaks to Telegram."""
    proxy = settings.telegram_proxy
    session = TelegramSession(
        clock=telegram_clock or TelegramClock(utc_now),
        api=TelegramAPIServer.from_base(settings.telegram_api_url),
        proxy=None if proxy is None else proxy.get_secret_value(),
    )
    return Bot(
        settings.telegram_bot_token.get_secret_value(),
        session=session,
        default=DefaultBotProperties(parse_mode=ParseMode.HTML, link_preview_is_disabled=True),
    )


def _room(settings: Settings) -> Room:
    return Room(at_a_look=settings.max_new_companies, most=settings.max_companies)


def _limits(settings: Settings) -> Limits:
    return Limits(
        grace_s=settings.grace.total_seconds(),
        max_files=None if settings.max_files == "auto" else settings.max_files,
        max_reconnects_per_day=settings.max_reconnects_per_day,
    )
