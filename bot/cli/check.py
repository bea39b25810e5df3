"""`repair-bot check`: one line for each thing the bot depends on, and whether it is right."""

import asyncio
import glob
import os
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramNetworkError
from aiogram.types import ChatFullInfo

from bot import authdir
from bot.authdir import AuthDirError, SessionsTemplate
from bot.domain.company import Company, CompanyId, WhyAbsent
from bot.domain.notice import ChatAddress
from bot.domain.roster import Roster
from bot.domain.session import State
from bot.domain.session_names import display_name
from bot.domain.timing import Timing
from bot.domain.words import is_word, typed
from bot.gateways.base import GatewayAuthError, GatewayConfused, GatewayError, GatewayUnreachable
from bot.monitor.logs.sampling import Sample, sample
from bot.runtime.app import utc_now
from bot.runtime.builder import build_gateway
from bot.settings import GatewaySetup, Settings, Setup
from bot.wiring.program import build_bot
from storage.chats import place_names
from storage.database import Database
from storage.errors import DatabaseError
from storage.sessions import companies

PATIENCE_S = 20
_NAMED_MOST = 10  # on one line
_ENOUGH_LINES = 20  # a gateway that has just begun to write says nothing of its connections yet


Check = tuple[str, Callable[[], Awaitable[str]]]


class Wrong(Exception):
    """A check has failed; the text tells the operator what to do."""


async def check(settings: Settings, setup: Setup, write: Callable[[str], object]) -> int:
    """Write a line for each thing; 0 when all are right, 1 otherwise.

    Changes nothing but the database's schema, which a start would bring up to date as well.
    """
    bot = build_bot(settings)
    checks: list[Check] = [
        ("settings", _settings),
        ("database", lambda: _database(settings)),
        ("token", lambda: _token(bot)),
        ("chat", lambda: _chat(bot, settings)),
    ]
    alone, in_file = len(setup.gateways) == 1, settings.config_file is not None
    for gateway in setup.gateways:
        checks += _of_gateway(gateway, settings, setup.roster(gateway), alone, in_file)
    width = max(len(name) for name, _ in checks)
    try:
        # All at once, for those that hang must not hang one after another; told in their order.
        verdicts = await asyncio.gather(*(_verdict(look) for _, look in checks))
    finally:
        await bot.session.close()
    for (name, _), (well, said) in zip(checks, verdicts, strict=True):
        write(f"{'ok   ' if well else 'FAIL '} {name:<{width}} {said}\n")
    return 0 if all(well for well, _ in verdicts) else 1


async def _verdict(look: Callable[[], Awaitable[str]]) -> tuple[bool, str]:
    try:
        async with asyncio.timeout(PATIENCE_S):
            return True, await look()
    except (Wrong, TimeoutError) as error:
        return False, str(error) or f"no answer within {PATIENCE_S} s"


def _of_gateway(
    gateway: GatewaySetup,
    settings: Settings,
    roster: Roster,
    alone: bool,  # noqa: FBT001
    in_file: bool,  # noqa: FBT001
) -> list[Check]:
    """What belongs to one gateway, under its name where there are others.

    What is wrong is called as whoever set the gateway up would find it: a setting, or a key of
    `CONFIG_FILE`.
    """
    name = "" if alone else f" {gateway.name}"
    table = f" of [gateways.{gateway.name}]"
    url, directory, log = (
        (f"url{table}", f"sessions_dir{table}", f"log{table}")
        if in_file
        else ("GATEWAY_URL", "SESSIONS_DIR", "GATEWAY_LOG")
    )
    return [
        (f"gateway{name}", lambda: _gateway(gateway, settings, roster, url)),
        (f"directory{name}", lambda: asyncio.to_thread(_directory, gateway, directory)),
        (f"log{name}", lambda: asyncio.to_thread(_log, gateway, log)),
    ]


async def _settings() -> str:
    return "every setting is understood"


async def _database(settings: Settings) -> str:
    try:
        database = Database(settings.database_url.get_secret_value())
        try:
            await database.open()
            size_mb = await database.size_bytes() / 1e6
        finally:
            await database.close()
    except DatabaseError as error:
        raise Wrong(str(error)) from error
    return f"it can be written, and its schema is current; {size_mb:,.1f} MB"


async def _token(bot: Bot) -> str:
    try:
        me = await bot.get_me()
    except TelegramNetworkError as error:
        raise Wrong(
            "Telegram can't be reached: mend the way to TELEGRAM_API_URL, or set TELEGRAM_PROXY"
        ) from error
    except TelegramAPIError as error:
        raise Wrong(
            f"Telegram does not accept it ({type(error).__name__}): compare TELEGRAM_BOT_TOKEN "
            "with what @BotFather shows"
        ) from error
    return f"@{me.username}"


async def _chat(bot: Bot, settings: Settings) -> str:
    address = settings.telegram_chat_id
    if address is None:
        return "TELEGRAM_CHAT_ID is not set: subscribe a chat with /subscribe"
    try:
        chat = await bot.get_chat(address.chat_id)
        member = await bot.get_chat_member(address.chat_id, bot.id)
    except TelegramNetworkError as error:
        raise Wrong("Telegram can't be reached: see above") from error
    except TelegramAPIError as error:
        named = await _named(settings, address)
        raise Wrong(
            f"{named} is out of reach ({type(error).__name__}): add the bot to the group, or "
            "write to it first in private"
        ) from error
    if member.status in ("left", "kicked"):
        raise Wrong(f"the bot is not in {_title(chat, address)}: add it to the group")
    return _title(chat, address)


def _title(chat: ChatFullInfo, address: ChatAddress) -> str:
    return f"{chat.title or chat.full_name} ({address})"


async def _named(settings: Settings, address: ChatAddress) -> str:
    """The chat by the name it was last seen under, with what the settings say."""
    database = Database(settings.database_url.get_secret_value())
    try:
        async with database.reading() as tx:
            name = await place_names.name_of(tx, address.chat_id)
    except Exception:  # noqa: BLE001 - the database has a line of its own that tells
        return str(address)
    finally:
        await database.close()
    return f"{name} ({address})" if isinstance(name, str) else str(address)


async def _gateway(setup: GatewaySetup, settings: Settings, roster: Roster, url: str) -> str:
    gateway = build_gateway(setup, Timing(), utc_now)
    try:
        info = await gateway.ping()
        sessions = await gateway.list_sessions()
    except GatewayError as error:
        raise Wrong(f"{setup.url}: {error}; {_cure(error, url)}") from error
    finally:
        await gateway.aclose()
    if not sessions:
        return f"{setup.kind}: it answers, and has no sessions: make the first one there"
    left_out = await _left_out(settings, roster, [session.key for session in sessions])
    if left_out:
        raise Wrong(
            f"{setup.kind}: {left_out} of {len(sessions)} sessions find no room and are not "
            f"watched; if they are yours, raise MAX_COMPANIES above {settings.max_companies}"
        )
    unfit = [session.key for session in sessions if not roster.fits(session.key)]
    if unfit:
        names = ", ".join(f'"{display_name(name)}"' for name in unfit[:_NAMED_MOST])
        raise Wrong(
            f"{setup.kind}: {len(unfit)} of {len(sessions)} sessions can't be watched by their "
            f"names: {names}; give each an id by [companies.…] with session_key in CONFIG_FILE, or "
            "rename them at the gateway"
        )
    connected = sum(1 for session in sessions if session.state is State.CONNECTED)
    took_ms = round(info.latency_s * 1000)
    words = _ids_that_are_words(roster, [session.key for session in sessions])
    said = f"{setup.kind}: {len(sessions)} sessions, {connected} connected, {took_ms} ms"
    unwanted = sum(1 for session in sessions if roster.company_of(session.key) is None)
    if unwanted:
        said += f"; {unwanted} of them the settings do not name"
    return said + words


def _ids_that_are_words(roster: Roster, listed: Sequence[str]) -> str:
    """How the companies among these are written whose ids are words of commands; "" without any."""
    found = [company for key in listed if (company := roster.company_of(key)) is not None]
    as_typed = [typed(company.id) for company in found if is_word(company.id)]
    shown = ", ".join(as_typed[:_NAMED_MOST]) + (" …" if len(as_typed) > _NAMED_MOST else "")
    return f"; ids that are words of commands are written {shown}" if as_typed else ""


async def _left_out(settings: Settings, roster: Roster, listed: Sequence[str]) -> int:
    """How many of these the bot will not watch, with what it watches already."""
    found = [company for key in listed if (company := roster.company_of(key)) is not None]
    try:
        known = await _known(settings)
    except DatabaseError:
        return 0  # what is wrong with it stands in a line of its own
    named = {company.id for company in roster.named()}
    stored = {(company.gateway, company.session_key) for company in known.values()}
    new = {
        company.session_key
        for company in found
        if (company.gateway, company.session_key) not in stored
        and company.id not in named
        and (company.made or company.id not in known)
    }
    watched = sum(1 for company in known.values() if company.absence in (None, WhyAbsent.UNNAMED))
    return max(0, watched + len(new) - max(settings.max_companies, watched))


async def _known(settings: Settings) -> dict[CompanyId, Company]:
    database = Database(settings.database_url.get_secret_value())
    try:
        await database.open()
        async with database.reading() as tx:
            return {company.id: company for company in await companies.every(tx)}
    finally:
        await database.close()


def _cure(error: GatewayError, url: str) -> str:
    if isinstance(error, GatewayAuthError):
        return "compare the key in the settings with the gateway's"
    if isinstance(error, GatewayUnreachable) and not isinstance(error, GatewayConfused):
        return f"see that the gateway runs, and compare {url} with where it listens"
    return f"see that a gateway of this kind listens at {url}"


def _directory(setup: GatewaySetup, called: str) -> str:
    if setup.sessions_dir is None and setup.kind != "ai_admin":
        return f"{setup.kind} keeps its keys where the bot can't reach: a reset can't be undone"
    if setup.sessions_dir is None:
        return f"{called} is not set: a reset can't be undone, files are not counted"
    try:
        template = SessionsTemplate.parse(setup.sessions_dir)
        found = template.company_ids()
    except AuthDirError as error:
        raise Wrong(str(error)) from error
    if not template.parent.is_dir():
        raise Wrong(f"{template.parent} is no directory: compare {called} with the gateway's")
    if template.parent.is_symlink():
        raise Wrong(
            f"{template.parent} is a link; nothing is set aside through one: name its target"
        )
    kept = ", ".join(
        f"{stored.entries} {name} of {stored.size_bytes / 1e6:,.1f} MB"
        for name, stored in (
            ("set aside", authdir.stored_in(template.set_aside_dir)),
            ("good copies", authdir.stored_in(template.good_copies_dir)),
        )
    )
    return f"{len(found)} companies in {template.parent}; {kept}"


def _log(setup: GatewaySetup, called: str) -> str:
    if not setup.log:
        return f"{called} is not set: why a session was lost is known only where the gateway says"
    # Path.glob knows no absolute patterns.
    found = sorted({path for pattern in setup.log for path in glob.glob(pattern)})  # noqa: PTH207
    if not found:
        raise Wrong(f"no file matches {called} yet: compare it with where the gateway logs")
    closed = [path for path in found if not os.access(path, os.R_OK)]
    if closed:
        raise Wrong(f"{closed[0]} can't be read: let the bot's user read it")
    return _understood(called, [sample(path) for path in found if Path(path).is_file()])


def _understood(called: str, samples: Sequence[Sample]) -> str:
    """How much of what stands in the logs means something to the bot."""
    followed = f"{len(samples)} files are followed"
    lines, known = sum(log.lines for log in samples), sum(log.understood for log in samples)
    if not lines:
        return f"{followed}; nothing is written in them yet"
    dark = [log for log in samples if log.lines and not log.understood]
    if not dark:
        return f"{followed}; {known} of their last {lines} lines are understood"
    first = (
        f"not one of the last {dark[0].lines} lines of {dark[0].path} is understood: compare "
        f"{called} with where this gateway logs; docs/logs.md shows what it may be wrapped in"
    )
    if not known and lines >= _ENOUGH_LINES:
        raise Wrong(first)
    return f"{followed}; {known} of their last {lines} lines are understood; {first}"
