"""Builds every object from the settings, and starts none.

The only place that knows all rooms. Its longest function is a list: each line makes one thing out
of things made above it.
"""

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode

from bot.domain.timing import Timing
from bot.monitor.heard import Heard
from bot.monitor.push_sorter import PushSorter
from bot.monitor.pushes import PushedLooks
from bot.recovery.runner import ProcedureRunner
from bot.runtime.app import App, utc_now
from bot.runtime.roles import ChatRole
from bot.settings import Settings, Setup, read_setup
from bot.wiring.actions import build_actions
from bot.wiring.basics import MACHINES_OWN, Clocks, build_basics
from bot.wiring.chat import build_chat
from bot.wiring.couriers import build_alarm, build_line, build_loops
from bot.wiring.http import build_health, build_server
from bot.wiring.replicas import build_healer, build_hourly, build_leases, build_roles
from bot.wiring.watching import build_reload, build_schedule, build_watching
from handlers.telegram.clock import TelegramClock
from handlers.telegram.line import Time
from handlers.telegram.sender import put_in_line
from handlers.telegram.session import TelegramSession


def build(
    settings: Settings,
    setup: Setup | None = None,
    *,
    timing: Timing | None = None,
    clocks: Clocks = MACHINES_OWN,
    pacing: Time | None = None,
) -> App:
    """Build everything; start nothing. `pacing` is the time by which calls to Telegram wait.

    Without a setup it is read: ConfigProblems when the configuration file is wrong.
    """
    basics = build_basics(settings, timing or Timing(), clocks)
    watching, health = build_watching(basics), build_health(basics)
    runner = ProcedureRunner(watching.control)
    schedule = build_schedule(basics, watching, health)
    reload = build_reload(basics, watching, setup or read_setup(settings))
    actions = build_actions(basics, watching, runner, reload)
    healer = build_healer(basics, watching, runner)
    bot, line = build_bot(settings, basics.telegram_clock), build_line(pacing, health)
    put_in_line(bot, line)
    chat = build_chat(basics, actions, bot, health.reports)
    loops = build_loops(basics, bot, health, line) + build_hourly(basics)
    chat_role = ChatRole(loops, chat.live, chat.updates, chat.resuming, schedule, line)
    roles = build_roles(basics, chat_role, schedule, healer, actions.repairs)
    leases = build_leases(basics, roles)
    for refresh in (leases.refresh, schedule.refresh):
        basics.signals.reloaded.connect(refresh)
    looks = PushedLooks(basics.database, watching.checker, clock=basics.clock)
    heard = Heard(
        basics.database,
        clock=basics.clock,
        on_written=basics.signals.on_written,
        written_after_s=basics.timing.heard_after_s,
    )
    pushed = PushSorter(looks, heard, watching.receipts)
    return App(
        settings=settings,
        database=basics.database,
        registry=basics.registry,
        reload=reload,
        actions=actions,
        schedule=schedule,
        healer=healer,
        leases=leases,
        alarm=build_alarm(basics, bot),
        bot=bot,
        heartbeat=health.heartbeat,
        pushed=pushed,
        server=build_server(basics, health, pushed, chat.updates),
        clock=basics.clock,
    )


def build_bot(settings: Settings, telegram_clock: TelegramClock | None = None) -> Bot:
    """The Bot that speaks to Telegram."""
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
