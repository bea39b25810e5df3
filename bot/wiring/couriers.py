"""Makes the loops that write to chats by themselves: alerts, boards, what goes elsewhere."""

import asyncio
import functools
from collections.abc import Callable, Collection

from aiogram import Bot

from bot.alerts.backup import Backup
from bot.alerts.boards import Boards
from bot.alerts.channels import Channels
from bot.alerts.deaf import DeafAlarm
from bot.alerts.delivery import Delivery
from bot.alerts.pauses import Pausing
from bot.alerts.unwatched import UnwatchedAlarm
from bot.domain.company import GatewayName
from bot.domain.freshness import LastLooks
from bot.domain.system_notice import owners
from bot.health.counted_courier import CountedCourier
from bot.recovery.control import SessionControl
from bot.runtime.roles import Loop, OnDuty
from bot.settings import Settings
from bot.texts import Catalogs
from bot.wiring.http import Vitals
from handlers.render.backup import backup as render_backup
from handlers.render.unsure import deaf_elsewhere, unwatched_elsewhere
from handlers.telegram.board_courier import TelegramBoards
from handlers.telegram.courier import TelegramCourier
from handlers.telegram.line import Line, Time
from handlers.telegram.unwatched_courier import TelegramUnwatched


def build_loops(
    settings: Settings,
    control: SessionControl,
    catalogs: Catalogs,
    bot: Bot,
    vitals: Vitals,
    wake: asyncio.Event,
    boards_changed: asyncio.Event,
    is_alive: Callable[[], bool],
    line: Line,
) -> tuple[Loop, ...]:
    """All of them, in one line: `wake` rings for alerts, `stir` for boards."""
    delivery = _build_delivery(settings, control, catalogs, bot, vitals, line, wake, is_alive)
    boards = _build_boards(
        settings, control, catalogs, bot, line, boards_changed, vitals.last_looks
    )
    backup = _build_backup(settings, control, catalogs)
    deaf = _build_deaf(settings, control, catalogs, vitals)
    elsewhere = [alarm.run for alarm in (backup, deaf) if alarm is not None]
    pausing = Pausing(control.database, control.clock)
    line.on_refused = pausing.note
    return (delivery.run, boards.run, pausing.run, *elsewhere)


def build_line(pacing: Time | None, vitals: Vitals) -> Line:
    """The one line of all who speak to Telegram; the figures tell of it."""
    line = Line(pacing or Time())
    vitals.metrics.watch_line(line.state)
    return line


def _build_delivery(
    settings: Settings,
    control: SessionControl,
    catalogs: Catalogs,
    bot: Bot,
    vitals: Vitals,
    line: Line,
    wake: asyncio.Event,
    is_alive: Callable[[], bool],
) -> Delivery:
    """Who empties the outbox into Telegram; every letter is counted."""
    courier = TelegramCourier(bot, catalogs, control.clock)
    return Delivery(
        control.database,
        OnDuty(CountedCourier(courier, vitals.metrics, control.clock), is_alive),
        line=line,
        clock=control.clock,
        timing=control.timing,
        default_language=settings.language,
        owner_ids=settings.owner_ids,
        wake=wake,
    )


def build_alarm(
    settings: Settings,
    control: SessionControl,
    catalogs: Catalogs,
    bot: Bot,
    vitals: Vitals,
    ours: Collection[GatewayName],
    at_desk: Callable[[], bool],
    wake: asyncio.Event,
) -> UnwatchedAlarm:
    """Who tells that nobody can rely on the bot, without a database."""
    return UnwatchedAlarm(
        control.database,
        vitals.last_looks,
        TelegramUnwatched(bot, catalogs, control.clock),
        _channels(settings, control),
        functools.partial(unwatched_elsewhere, catalogs.speaking(settings.language)),
        names=ours,
        at_desk=at_desk,
        owners=owners(settings.owner_ids),
        default_language=settings.language,
        clock=control.clock,
        timing=control.timing,
        on_written=wake.set,
    )


def _channels(settings: Settings, control: SessionControl) -> Channels | None:
    """None where the settings name no other channels."""
    urls = [url.get_secret_value() for url in settings.backup_notify_urls]
    return Channels(urls, timeout_s=control.timing.backup_timeout_s) if urls else None


def _build_backup(settings: Settings, control: SessionControl, catalogs: Catalogs) -> Backup | None:
    """None where the settings name no other channels."""
    channels = _channels(settings, control)
    if channels is None:
        return None
    return Backup(
        control.database,
        channels,
        functools.partial(render_backup, catalogs.speaking(settings.language)),
        clock=control.clock,
        timing=control.timing,
    )


def _build_deaf(
    settings: Settings, control: SessionControl, catalogs: Catalogs, vitals: Vitals
) -> DeafAlarm | None:
    """None where the settings name no other channels."""
    channels = _channels(settings, control)
    if channels is None:
        return None
    return DeafAlarm(
        channels,
        functools.partial(deaf_elsewhere, catalogs.speaking(settings.language)),
        age_s=vitals.examination.unheard_s,
        why=vitals.examination.why_unheard,
        timing=control.timing,
    )


def _build_boards(
    settings: Settings,
    control: SessionControl,
    catalogs: Catalogs,
    bot: Bot,
    line: Line,
    wake: asyncio.Event,
    last_looks: LastLooks,
) -> Boards:
    """Who keeps the boards."""
    return Boards(
        control.database,
        TelegramBoards(bot, catalogs, control.clock),
        line=line,
        clock=control.clock,
        timing=control.timing,
        default_language=settings.language,
        wake=wake,
        last_looks=last_looks,
    )
