"""Makes the loops that write to chats by themselves: alerts, boards, what goes elsewhere."""

import asyncio
import functools
from collections.abc import Callable

from aiogram import Bot

from bot.alerts.backup import Backup
from bot.alerts.boards import Boards
from bot.alerts.channels import Channels
from bot.alerts.delivery import Delivery
from bot.build_listening import Vitals
from bot.duties import Loop, OnDuty
from bot.recovery.procedure import Site
from bot.settings import Settings
from bot.texts import Catalogs
from bot.vitals.counted import CountedCourier
from handlers.board_courier import TelegramBoards
from handlers.courier import TelegramCourier
from handlers.render.backup import backup as render_backup
from handlers.telegram.line import Line, Time


def build_loops(
    settings: Settings,
    site: Site,
    catalogs: Catalogs,
    bot: Bot,
    vitals: Vitals,
    wake: asyncio.Event,
    stir: asyncio.Event,
    is_alive: Callable[[], bool],
    line: Line,
) -> tuple[Loop, ...]:
    """All of them, in one line: `wake` rings for alerts, `stir` for boards."""
    delivery = _build_delivery(settings, site, catalogs, bot, vitals, line, wake, is_alive)
    boards = _build_boards(settings, site, catalogs, bot, line, stir)
    backup = _build_backup(settings, site, catalogs)
    return (delivery.run, boards.run, *(() if backup is None else (backup.run,)))


def build_line(pacing: Time | None, vitals: Vitals) -> Line:
    """The one line of all who speak to Telegram; the figures tell of it."""
    line = Line(pacing or Time())
    vitals.metrics.watch_line(line.state)
    return line


def _build_delivery(
    settings: Settings,
    site: Site,
    catalogs: Catalogs,
    bot: Bot,
    vitals: Vitals,
    line: Line,
    wake: asyncio.Event,
    is_alive: Callable[[], bool],
) -> Delivery:
    """Who empties the outbox into Telegram; every letter is counted."""
    courier = TelegramCourier(bot, catalogs, site.clock)
    return Delivery(
        site.database,
        OnDuty(CountedCourier(courier, vitals.metrics, site.clock), is_alive),
        line=line,
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


def _build_boards(
    settings: Settings,
    site: Site,
    catalogs: Catalogs,
    bot: Bot,
    line: Line,
    wake: asyncio.Event,
) -> Boards:
    """Who keeps the boards."""
    return Boards(
        site.database,
        TelegramBoards(bot, catalogs, site.clock),
        line=line,
        clock=site.clock,
        tempo=site.tempo,
        default_language=settings.language,
        wake=wake,
    )
