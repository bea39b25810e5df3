"""`repair-bot check`: one line for each thing the bot depends on, and whether it is right."""

import asyncio
from collections.abc import Awaitable, Callable

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramNetworkError
from aiogram.types import ChatFullInfo

from bot.cli import check_gateway
from bot.cli.check_gateway import Wrong
from bot.cli.try_gateway import acts_of
from bot.domain.notice import ChatAddress
from bot.domain.roster import Roster
from bot.gateways.described.kind import DescribedKind
from bot.gateways.kinds import KINDS
from bot.settings import GatewaySetup, Settings, Setup
from bot.wiring.program import build_bot
from storage.chats import place_names
from storage.database import Database
from storage.errors import DatabaseError

PATIENCE_S = 20


Check = tuple[str, Callable[[], Awaitable[str]]]


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
        # All at once: checks that hang must not add up. They are printed in their order.
        verdicts = await asyncio.gather(*(_verdict(look) for _, look in checks))
    finally:
        await bot.session.close()
    for (name, _), (well, verdict) in zip(checks, verdicts, strict=True):
        write(f"{'ok   ' if well else 'FAIL '} {name:<{width}} {verdict}\n")
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
    """The checks of one gateway, under its name where there are several.

    A problem names what has to be changed: a setting, or a key of `CONFIG_FILE`.
    """
    name = "" if alone else f" {gateway.name}"
    table = f" of [gateways.{gateway.name}]"
    url, directory, log = (
        (f"url{table}", f"sessions_dir{table}", f"log{table}")
        if in_file
        else ("GATEWAY_URL", "SESSIONS_DIR", "GATEWAY_LOG")
    )
    made = KINDS[gateway.kind]
    acts: list[Check] = []
    if isinstance(made, DescribedKind):
        acts = [(f"acts{name}", lambda: _acts(made))]
    return [
        (f"gateway{name}", lambda: check_gateway.listed(gateway, settings, roster, url)),
        *acts,
        (
            f"directory{name}",
            lambda: asyncio.to_thread(check_gateway.directory, gateway, directory),
        ),
        (f"log{name}", lambda: asyncio.to_thread(check_gateway.log, gateway, log)),
    ]


async def _acts(kind: DescribedKind) -> str:
    """What each act of a description calls and destroys: its writer is to see it."""
    told = [" ".join(line.split()) for line in acts_of(kind.description)]
    return "; ".join(line for line in told if "not described" not in line)


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
