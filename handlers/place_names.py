"""Sees what chats and topics are called: in every update, and in the answer to every message."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware, Bot
from aiogram.client.session.middlewares.base import (
    BaseRequestMiddleware,
    NextRequestMiddlewareType,
)
from aiogram.enums import ChatType
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import Chat, Message, TelegramObject, Update

from bot.actions.place_names import Naming
from bot.domain.notice import ChatAddress
from handlers.telegram.arrivals import Arrival

Names = dict[ChatAddress, str]


class NamesInUpdates(BaseMiddleware):
    """What an update says of its chat, before a report of it is served, after a person is."""

    def __init__(self, naming: Naming) -> None:
        self._naming = naming

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Serve it. Nobody waits for a name, but what tells of a lost chat names it."""
        names, hints = _names_in(event, data)
        if isinstance(event, Update) and event.my_chat_member is not None:
            await self._naming.seen(names, ours_only=True)
            return await handler(event, data)
        try:
            return await handler(event, data)
        finally:
            await self._naming.seen(names, hints=hints, ours_only="context" not in data)


class NamesInAnswers(BaseRequestMiddleware):
    """What Telegram says of the chat in which a message of ours has appeared."""

    def __init__(self, naming: Naming) -> None:
        self._naming = naming

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        """Make the call."""
        answer = await make_request(bot, method)
        # People are remembered when they write; strangers, who get a sentence, are not.
        if isinstance(answer, Message) and answer.chat.type != ChatType.PRIVATE:
            await self._naming.seen(_name_of(answer.chat))
        return answer


def see_names(bot: Bot, naming: Naming) -> None:
    """From now on the name of each chat that a message of ours appears in is remembered."""
    bot.session.middleware(NamesInAnswers(naming))


def _names_in(event: TelegramObject, data: dict[str, Any]) -> tuple[Names, Names]:
    """What the places of an update are called, and what a topic was called at its beginning."""
    chat: Chat | None = data.get("event_chat")
    if chat is None:
        return {}, {}
    names, hints = _name_of(chat), Names()
    arrival: Arrival | None = data.get("arrival")
    message = event.message if isinstance(event, Update) else None
    if arrival is not None and message is not None and message.message_thread_id is not None:
        topic = ChatAddress(chat.id, message.message_thread_id)
        names |= {topic: arrival.topic} if arrival.topic else {}
        hints |= {topic: arrival.topic_once} if arrival.topic_once else {}
    return names, hints


def _name_of(chat: Chat) -> Names:
    person = " ".join(filter(None, (chat.first_name, chat.last_name)))
    name = (chat.title or person).strip()
    return {ChatAddress(chat.id): name} if name else {}
