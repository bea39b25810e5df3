"""Publishes the command menu, for each scope and language. It hides; it does not protect."""

from collections.abc import Sequence

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeUnion,
)

from bot.domain.access import UserId
from bot.texts import Catalogs
from handlers.render.menu import commands

log = structlog.get_logger()


async def publish(
    bot: Bot, catalogs: Catalogs, default_language: str, owners: Sequence[UserId]
) -> None:
    """Publish every list. An owner who never wrote to the bot has no menu of their own yet."""
    scopes: list[tuple[str, BotCommandScopeUnion]] = [
        ("private", BotCommandScopeAllPrivateChats()),
        ("group", BotCommandScopeAllGroupChats()),
        ("admins", BotCommandScopeAllChatAdministrators()),
    ]
    for name, scope in scopes:
        await _publish(bot, catalogs, default_language, name, scope)
    for owner in owners:
        scope = BotCommandScopeChat(chat_id=owner)
        try:
            await _publish(bot, catalogs, default_language, "owner", scope)
        except TelegramBadRequest:
            log.info("owner_without_chat", user=owner)


async def _publish(
    bot: Bot, catalogs: Catalogs, default_language: str, name: str, scope: BotCommandScopeUnion
) -> None:
    # A list without a language is shown to all whose language has no list of its own.
    await bot.set_my_commands(commands(catalogs.speaking(default_language), name), scope=scope)
    for language in catalogs.languages:
        await bot.set_my_commands(
            commands(catalogs.speaking(language), name), scope=scope, language_code=language
        )
