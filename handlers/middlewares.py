"""Asked of every update, before any handler: who is it, is it still meant.

Enters: a message or a press. Leaves: a Turn for the handler, or nothing further happens.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from aiogram import BaseMiddleware
from aiogram.dispatcher.flags import get_flag
from aiogram.types import CallbackQuery, Chat, Message, TelegramObject, Update, User

from bot.actions import Actions
from bot.domain.access import Person, UserId
from bot.domain.notice import ChatAddress
from bot.texts import Catalogs, Texts
from handlers.render.errors import stale
from handlers.render.people import anonymous, stranger
from handlers.turn import Turn

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]

# Accounts that Telegram lets speak for a group, a linked channel, a channel: never a person.
_FACELESS = frozenset({1087968824, 777000, 136817688})
OLD_QUESTION = timedelta(hours=1)  # an older question is not answered: a backlog after an outage

log = structlog.get_logger()


class WhoIsIt(BaseMiddleware):
    """Finds the person; answers strangers and the faceless itself."""

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
        """Let a known person through, and what Telegram itself has to say."""
        asked = _asked(event)
        user: User | None = data.get("event_from_user")
        chat: Chat | None = data.get("event_chat")
        if asked is None or not isinstance(event, Update):
            return await handler(event, data)
        if user is None or chat is None:
            return None
        texts = await self._texts(user, chat)
        if _is_faceless(asked, user):
            return await _answer_faceless(asked, texts)
        person = await self._actions.people.who(UserId(user.id), user.full_name)
        if not person.known:
            return await self._answer_stranger(asked, person, texts)
        await self._actions.people.remember_name(person)
        address = ChatAddress(chat.id, data.get("event_thread_id"))
        data["turn"] = self._turn(event, person, texts, chat, address)
        with structlog.contextvars.bound_contextvars(user=user.id, chat=chat.id):
            return await handler(event, data)

    async def _texts(self, user: User, chat: Chat) -> Texts:
        chosen = await self._actions.chats.language(chat.id)
        own = (user.language_code or "").split("-")[0] if chat.type == "private" else ""
        fallback = own if own in self._catalogs.languages else self._default_language
        return self._catalogs.speaking(chosen or fallback)

    def _turn(
        self, update: Update, person: Person, texts: Texts, chat: Chat, address: ChatAddress
    ) -> Turn:
        return Turn(
            person=person,
            texts=texts,
            address=address,
            title=chat.title or chat.full_name or "",
            private=chat.type == "private",
            key=f"update:{update.update_id}",
            now=self._clock(),
            press=None if update.callback_query is None else update.callback_query.id,
        )

    async def _answer_stranger(
        self, event: Message | CallbackQuery, person: Person, texts: Texts
    ) -> None:
        """One polite line with their id: in private at most once an hour, in groups nothing."""
        sentence = stranger(texts, person.user_id)
        if isinstance(event, CallbackQuery):
            await event.answer(sentence.plain, show_alert=True)
        elif event.chat.type == "private" and await self._actions.people.may_answer_stranger(
            person.user_id
        ):
            await event.answer(sentence.text)


class StillMeant(BaseMiddleware):
    """Refuses commands that waited too long: after an outage a day of them may arrive at once."""

    def __init__(self, patience_s: float, clock: Callable[[], datetime]) -> None:
        self._patience = timedelta(seconds=patience_s)
        self._clock = clock

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Let a fresh command through. Buttons carry no time; what they change is asked anew."""
        if isinstance(event, Message):
            age = self._clock() - event.date
            turn: Turn | None = data.get("turn")
            if turn is None:
                return await handler(event, data)  # what Telegram reports of a chat stays true
            if get_flag(data, "changes") and age > self._patience:
                return await event.reply(stale(turn.texts).text)
            if age > OLD_QUESTION:
                log.info("an old question was not answered", age_s=int(age.total_seconds()))
                return None
        return await handler(event, data)


def _asked(update: TelegramObject) -> Message | CallbackQuery | None:
    """What a person wrote or pressed; None for what Telegram reports of a chat."""
    if not isinstance(update, Update):
        return None
    message = update.message
    if message is not None and message.migrate_to_chat_id is not None:
        return None
    return message or update.callback_query


def _is_faceless(event: Message | CallbackQuery, user: User) -> bool:
    """Written in the name of a group or channel. A press of a button always is a person's."""
    return isinstance(event, Message) and (
        user.id in _FACELESS or user.is_bot or event.sender_chat is not None
    )


async def _answer_faceless(event: Message | CallbackQuery, texts: Texts) -> None:
    if isinstance(event, Message) and (event.text or "").startswith("/"):
        await event.reply(anonymous(texts).text)
