"""Makes the loops that write to chats by themselves: alerts, boards, what goes elsewhere."""

from functools import partial

from aiogram import Bot

from bot.alerts.backup import Backup
from bot.alerts.boards import Boards
from bot.alerts.channels import Channels
from bot.alerts.chat_access import ChatAccess
from bot.alerts.delivery import Delivery
from bot.alerts.pauses import Pausing
from bot.alerts.telegram_down import TelegramDownAlarm
from bot.alerts.unwatched import Seeing, Telling, UnwatchedAlarm
from bot.domain.system_notice import owners
from bot.health.counted_courier import CountedCourier
from bot.runtime.roles import LeasedCourier, Loop
from bot.wiring.basics import Basics
from bot.wiring.http import HealthParts
from handlers.render.backup import backup as render_backup
from handlers.render.unsure import deaf_elsewhere, unwatched_elsewhere
from handlers.telegram.board_courier import TelegramBoards
from handlers.telegram.courier import TelegramCourier
from handlers.telegram.line import CallLine, Time
from handlers.telegram.unwatched_courier import TelegramUnwatched


def build_loops(basics: Basics, bot: Bot, health: HealthParts, line: CallLine) -> tuple[Loop, ...]:
    """All of them, in one line."""
    delivery = _build_delivery(basics, bot, health, line)
    boards = _build_boards(basics, bot, line)
    elsewhere = [
        alarm.run
        for alarm in (_build_backup(basics), _build_telegram_down(basics, health))
        if alarm is not None
    ]
    pausing = Pausing(basics.database, basics.clock)
    line.on_refused = pausing.note
    return (delivery.run, boards.run, pausing.run, *elsewhere)


def build_line(pacing: Time | None, health: HealthParts) -> CallLine:
    """The one line of all who speak to Telegram; the figures tell of it."""
    line = CallLine(pacing or Time())
    health.metrics.watch_line(line.state)
    return line


def _build_delivery(basics: Basics, bot: Bot, health: HealthParts, line: CallLine) -> Delivery:
    """Who empties the outbox into Telegram; every message is counted."""
    courier = TelegramCourier(bot, basics.catalogs, basics.clock)
    counted = CountedCourier(courier, health.metrics, basics.clock)
    return Delivery(
        LeasedCourier(counted, basics.held.is_alive),
        _chat_access(basics, line),
        owner_ids=basics.settings.owner_ids,
        wake=basics.signals.to_send,
    )


def _chat_access(basics: Basics, line: CallLine) -> ChatAccess:
    return ChatAccess(
        database=basics.database,
        line=line,
        clock=basics.clock,
        timing=basics.timing,
        default_language=basics.settings.language,
    )


def build_alarm(basics: Basics, bot: Bot) -> UnwatchedAlarm:
    """Who tells that nobody can rely on the bot, without a database."""
    settings = basics.settings
    texts = basics.catalogs.speaking(settings.language)
    seeing = Seeing(
        last_looks=basics.last_looks, names=basics.ours, holds_chat_role=basics.holds_chat_role
    )
    telling = Telling(
        courier=TelegramUnwatched(bot, basics.catalogs, basics.clock),
        channels=_channels(basics),
        wording=partial(unwatched_elsewhere, texts),
        owners=owners(settings.owner_ids),
        default_language=settings.language,
    )
    return UnwatchedAlarm(
        basics.database,
        seeing,
        telling,
        clock=basics.clock,
        timing=basics.timing,
        on_written=basics.signals.to_send.set,
    )


def _channels(basics: Basics) -> Channels | None:
    """None where the settings name no other channels."""
    urls = [url.get_secret_value() for url in basics.settings.backup_notify_urls]
    return Channels(urls, timeout_s=basics.timing.backup_timeout_s) if urls else None


def _build_backup(basics: Basics) -> Backup | None:
    """None where the settings name no other channels."""
    channels = _channels(basics)
    if channels is None:
        return None
    return Backup(
        basics.database,
        channels,
        partial(render_backup, basics.catalogs.speaking(basics.settings.language)),
        clock=basics.clock,
        timing=basics.timing,
    )


def _build_telegram_down(basics: Basics, health: HealthParts) -> TelegramDownAlarm | None:
    """None where the settings name no other channels."""
    channels = _channels(basics)
    if channels is None:
        return None
    return TelegramDownAlarm(
        channels,
        partial(deaf_elsewhere, basics.catalogs.speaking(basics.settings.language)),
        age_s=health.health_checks.silent_s,
        why=health.health_checks.why_silent,
        timing=basics.timing,
    )


def _build_boards(basics: Basics, bot: Bot, line: CallLine) -> Boards:
    """Who keeps the boards."""
    return Boards(
        TelegramBoards(bot, basics.catalogs, basics.clock),
        _chat_access(basics, line),
        wake=basics.signals.to_show,
        last_looks=basics.last_looks,
    )
