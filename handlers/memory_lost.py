"""Answers when the database does not: nobody's request ends in silence.

It stands around everything that reads or writes, for even who somebody is has to be read. What it
says changes nothing and claims nothing.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import structlog
from aiogram import BaseMiddleware
from aiogram.exceptions import TelegramAPIError
from aiogram.types import CallbackQuery, Chat, Message, TelegramObject, Update, User

from bot.actions import Actions
from bot.domain.access import UserId
from bot.domain.database_trouble import DatabaseTrouble
from bot.texts import Catalogs, Texts
from handlers.answer import answer, reply
from handlers.asker import on_behalf_of
from handlers.context import RequestContext
from handlers.render.unsure import cannot_read, cannot_serve

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]

log = structlog.get_logger()


class MemoryLost(BaseMiddleware):
    """Turns an error of the database into a sentence."""

    def __init__(
        self,
        actions: Actions,
        catalogs: Catalogs,
        default_language: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._actions = actions
        self._catalogs = catalogs
        self._default_language = default_language
        self._clock = clock

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Serve the update; the person is told when that fails."""
        try:
            return await handler(event, data)
        except Exception as error:
            trouble = self._actions.memory.trouble_of(error)
            asked = event.message or event.callback_query if isinstance(event, Update) else None
            if trouble is None or asked is None:
                raise
            log.exception("an update was not served", why=trouble)
            await self._answer(asked, trouble, data)
            return None

    async def _answer(
        self, asked: Message | CallbackQuery, trouble: DatabaseTrouble, data: dict[str, Any]
    ) -> None:
        context: RequestContext | None = data.get("context")
        if context is not None:
            screen = cannot_serve(context.texts, trouble)
        elif self._may_be_answered(asked, data):
            since, now = self._actions.memory.last_good_at, self._clock()
            screen = cannot_read(self._texts(data), trouble, since, now)
        else:
            return
        try:
            with on_behalf_of(data.get("asked")):
                await (
                    reply(asked, screen) if isinstance(asked, Message) else answer(asked, screen)
                )
        except TelegramAPIError as error:
            log.warning("error_not_told", error=type(error).__name__)

    def _may_be_answered(self, asked: Message | CallbackQuery, data: dict[str, Any]) -> bool:
        """Who had access when that could last be read; strangers learn nothing of our troubles."""
        user: User | None = data.get("event_from_user")
        return (
            user is not None
            and self._actions.memory.knows(UserId(user.id))
            and (isinstance(asked, CallbackQuery) or (asked.text or "").startswith("/"))
        )

    def _texts(self, data: dict[str, Any]) -> Texts:
        """In the person's own language, for what the chat has chosen cannot be read."""
        user: User | None = data.get("event_from_user")
        chat: Chat | None = data.get("event_chat")
        private = chat is not None and chat.type == "private"
        own = ((user.language_code if user is not None else None) or "").split("-")[0]
        known = private and own in self._catalogs.languages
        return self._catalogs.speaking(own if known else self._default_language)
