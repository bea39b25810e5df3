"""Asked of every update, before any handler: who is it, are these their words, is it still meant.

Enters: a message or a press. Leaves: a RequestContext for the handler, or nothing further happens.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from aiogram import BaseMiddleware, Bot
from aiogram.dispatcher.flags import get_flag
from aiogram.enums import ChatType
from aiogram.types import CallbackQuery, Chat, Message, TelegramObject, Update, User

from bot.actions import Actions
from bot.domain.access import Person, UserId
from bot.domain.notice import ChatAddress
from bot.texts import Catalogs, Texts
from handlers.answer import answer, pop_up, release
from handlers.asker import Asked, on_behalf_of
from handlers.context import RequestContext
from handlers.own_words import NotOwn, is_sure, not_own, was_meant
from handlers.refusals import ToldPeople, ask_anew, refuse
from handlers.render.errors import not_own_words, stale
from handlers.render.people import anonymous, stranger
from handlers.render.screen import Screen
from handlers.telegram.arrivals import Arrival

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]

# Accounts that Telegram lets speak for a group, a linked channel, a channel: never a person.
_FACELESS = frozenset({1087968824, 777000, 136817688})
OLD_QUESTION = timedelta(hours=1)  # an older question is not answered: a backlog after an outage

log = structlog.get_logger()


class WhoIsIt(BaseMiddleware):
    """Finds the person; answers strangers, the faceless, and words of others itself."""

    def __init__(
        self,
        actions: Actions,
        catalogs: Catalogs,
        default_language: str,
        clock: Callable[[], datetime],
        *,
        told: ToldPeople | None = None,
    ) -> None:
        self._told = told or ToldPeople()
        self._actions = actions
        self._catalogs = catalogs
        self._default_language = default_language
        self._clock = clock

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Let a known person through, and what Telegram itself has to say."""
        asked = _asked(event)
        user: User | None = data.get("event_from_user")
        chat: Chat | None = data.get("event_chat")
        if not isinstance(event, Update) or (asked is None and _is_report(event)):
            return await handler(event, data)
        if asked is None or user is None or chat is None:
            return None
        texts = await self._texts(user, chat)
        if _is_faceless(asked, user):
            await self._refuse(asked, anonymous(texts), "anonymous", data)
            return None
        person = await self._actions.people.who(UserId(user.id), user.full_name)
        if not person.known:
            return await self._answer_stranger(asked, person, texts)
        if not await self._are_own_words(asked, chat, data, texts):
            return None
        self._actions.memory.seen(person)
        address = ChatAddress(chat.id, data.get("event_thread_id"))
        data["context"] = context = self._turn(event, person, texts, chat, address)
        data["asked"] = request = self._request(event, context, data)
        with (
            structlog.contextvars.bound_contextvars(user=user.id, chat=chat.id),
            on_behalf_of(request),
        ):
            served = await _served(handler, event, data, request)
            await self._remember_name(person)
            return served

    def _request(self, update: Update, context: RequestContext, data: dict[str, Any]) -> Asked:
        bot: Bot = data["bot"]
        return Asked(context=context, bot=bot, actions=self._actions, query=update.callback_query)

    async def _remember_name(self, person: Person) -> None:
        """After the answer: nobody waits for it, and nothing fails because of it."""
        try:
            await self._actions.people.remember_name(person)
        except Exception as error:  # noqa: BLE001 - the next update is another try
            log.warning("person_name_not_stored", error=type(error).__name__)

    async def _are_own_words(
        self, asked: Message | CallbackQuery, chat: Chat, data: dict[str, Any], texts: Texts
    ) -> bool:
        """Whether the person typed this here, or pressed a button of ours."""
        arrival: Arrival | None = data.get("arrival")
        if arrival is None:  # nobody has seen how it came: then it does not act
            log.error("update_by_unknown_way")
            return False
        if isinstance(asked, CallbackQuery):
            ours = _is_our_button(asked, arrival)
            if not ours:
                await release(asked)
            return ours
        why = not_own(arrival.fields)
        if why is None and not _is_at_home(asked, chat):
            why = NotOwn.OTHER
        if why is not None and was_meant(arrival.fields):
            await self._refuse(asked, not_own_words(texts, why), why, data)
        return why is None

    async def _refuse(
        self, asked: Message | CallbackQuery, screen: Screen, why: str, data: dict[str, Any]
    ) -> None:
        if isinstance(asked, Message):
            await refuse(asked, screen, self._told, why, data.get("burst", 0))

    async def _texts(self, user: User, chat: Chat) -> Texts:
        chosen = await self._actions.chats.language(chat.id)
        own = (user.language_code or "").split("-")[0] if chat.type == "private" else ""
        fallback = own if own in self._catalogs.languages else self._default_language
        return self._catalogs.speaking(chosen or fallback)

    def _turn(
        self, update: Update, person: Person, texts: Texts, chat: Chat, address: ChatAddress
    ) -> RequestContext:
        return RequestContext(
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
            await pop_up(event, sentence)
        elif event.chat.type == "private" and await self._actions.people.may_answer_stranger(
            person.user_id
        ):
            await answer(event, sentence)


class StillMeant(BaseMiddleware):
    """Refuses what waited too long: after an outage a day of it may arrive at once.

    A handler says by its flag `changes` whether it does more than show something; a button's that
    does not say so is taken to.
    """

    def __init__(
        self, patience_s: float, clock: Callable[[], datetime], *, told: ToldPeople | None = None
    ) -> None:
        self._patience = timedelta(seconds=patience_s)
        self._clock = clock
        self._told = told or ToldPeople()

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Let through what is fresh. What is not is told, and may be asked anew."""
        context: RequestContext | None = data.get("context")
        if context is None:
            return await handler(event, data)  # what Telegram reports of a chat stays true
        if isinstance(event, CallbackQuery):
            waited_s = data.get("waited_s", math.inf)
            if get_flag(data, "changes", default=True) and waited_s > self._patience.seconds:
                return await ask_anew(event, context, self._told, data.get("burst", 0))
            data["context"] = replace(context, shown_at=self._shown_at(event, context))
        if isinstance(event, Message) and not await self._is_meant(event, context, data):
            return None
        return await handler(event, data)

    def _shown_at(self, query: CallbackQuery, context: RequestContext) -> datetime | None:
        """When its button was shown: told by Telegram's clock, and carried over to the other."""
        if not isinstance(query.message, Message):
            return None
        edited = query.message.edit_date
        at = query.message.date if edited is None else datetime.fromtimestamp(edited, UTC)
        return context.now - (self._clock() - at)

    async def _is_meant(
        self, message: Message, context: RequestContext, data: dict[str, Any]
    ) -> bool:
        # From the future is as bad: then the clock is off, and nobody knows how old it is.
        age, burst = abs(self._clock() - message.date), data.get("burst", 0)
        if get_flag(data, "changes") and age > self._patience:
            await refuse(message, stale(context.texts), self._told, "stale", burst)
            return False
        if get_flag(data, "changes") and not is_sure(data["arrival"].fields):
            screen = not_own_words(context.texts, NotOwn.OTHER)
            await refuse(message, screen, self._told, "unsure", burst)
            return False
        if age > OLD_QUESTION:
            log.info("old_press_not_answered", age_s=int(age.total_seconds()))
            return False
        return True


async def _served(
    handler: Handler, event: TelegramObject, data: dict[str, Any], asked: Asked
) -> Any:
    """Serve it. Whoever is cut off by the end of the program is told to ask again."""
    try:
        return await handler(event, data)
    except asyncio.CancelledError:
        if not asked.answered:
            await asked.lost()
        raise


def _asked(update: TelegramObject) -> Message | CallbackQuery | None:
    """What a person wrote or pressed; None for what Telegram reports of a chat."""
    if not isinstance(update, Update):
        return None
    message = update.message
    if message is not None and message.migrate_to_chat_id is not None:
        return None
    return message or update.callback_query


def _is_report(update: Update) -> bool:
    """Whether Telegram tells what became of a chat."""
    return update.message is not None or update.my_chat_member is not None


def _is_faceless(event: Message | CallbackQuery, user: User) -> bool:
    """Written in the name of a group or channel. A press of a button always is a person's."""
    return isinstance(event, Message) and (
        user.id in _FACELESS or user.is_bot or event.sender_chat is not None
    )


def _is_at_home(message: Message, chat: Chat) -> bool:
    """Whether the sender can have written here as themselves: in private it is their own chat."""
    if chat.type == ChatType.PRIVATE:
        return message.from_user is not None and message.from_user.id == chat.id
    return chat.type in {ChatType.GROUP, ChatType.SUPERGROUP}


def _is_our_button(query: CallbackQuery, arrival: Arrival) -> bool:
    """Whether it hangs on a message of ours, as we wrote it."""
    if query.inline_message_id is not None or query.message is None or query.bot is None:
        return False
    if not_own(arrival.fields) in {NotOwn.FORWARDED, NotOwn.VIA_BOT}:
        return False
    author = query.message.from_user if isinstance(query.message, Message) else None
    # A channel shows no author; only the author of a button is told that it was pressed.
    return author is None or author.id == query.bot.id
