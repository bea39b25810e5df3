"""Lists who has written to a new bot: their ids are needed for `OWNER_IDS`."""

import asyncio
from collections.abc import Mapping

from aiogram.exceptions import TelegramAPIError, TelegramConflictError
from aiogram.types import Update

from bot.settings import Settings, SettingsProblems, load
from bot.wiring.program import build_bot

_WAIT_S = 10
_SHOWN = 5


def who_wrote(token: str, environ: Mapping[str, str] | None = None) -> str:
    """A line for each person who wrote to this bot lately, or a sentence that says what to do.

    Waits a few seconds for somebody to write. The way to Telegram is that of `environ`, by
    default this process's environment.
    """
    try:
        settings = load(environ, None, {"TELEGRAM_BOT_TOKEN": token, "OWNER_IDS": "1"})
    except SettingsProblems as problems:
        return f"{problems}\n"
    return asyncio.run(_asked(settings))


async def _asked(settings: Settings) -> str:
    bot = build_bot(settings)
    try:
        # Without an offset nothing is taken away: the bot answers these messages once it runs.
        updates = await bot.get_updates(timeout=_WAIT_S, request_timeout=_WAIT_S + 10)
    except TelegramConflictError:
        return "Another program takes this bot's messages: stop it, then press Enter again.\n"
    except TelegramAPIError as error:
        return (
            f"Telegram can't be asked ({type(error).__name__}): compare the token, or set "
            "TELEGRAM_PROXY in the environment.\n"
        )
    finally:
        await bot.session.close()
    people = dict(_written_by(updates))
    if not people:
        return "Nobody has written to the bot yet. Write it a word in private, press Enter again.\n"
    return "".join(f"{user_id} wrote to the bot: {name}\n" for user_id, name in people.items())


def _written_by(updates: list[Update]) -> list[tuple[int, str]]:
    """Ids and names, the last one first; only who wrote in private, where nobody is faceless."""
    messages = [update.message for update in reversed(updates) if update.message is not None]
    return [
        (message.from_user.id, message.from_user.full_name)
        for message in messages
        if message.chat.type == "private" and message.from_user is not None
    ][:_SHOWN]
