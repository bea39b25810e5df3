"""Brings one answer to a person: each way is tried as `handlers.answer_routes` says, once.

Telegram's refusals lead on; where Telegram is away, or the program stops, the outbox is told.
"""

import contextlib
from dataclasses import dataclass
from dataclasses import replace as changed
from typing import Any

import structlog
from aiogram.exceptions import (
    AiogramError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
)
from aiogram.types import BufferedInputFile, CallbackQuery, Message, ReplyParameters

from bot.alerts.courier import Refused
from bot.domain.hindrance import Hindrance
from bot.domain.notice import ChatAddress
from handlers.answer_routes import Form, Via, WantedAnswer, Way, first, following
from handlers.asker import Asked, who_asked
from handlers.render import refused_answers
from handlers.render.screen import TEXT_LIMIT, Screen
from handlers.telegram.hindrances import hindrance_of
from handlers.telegram.outcomes import outcome_of

_REFUSALS = (TelegramBadRequest, TelegramForbiddenError, TelegramEntityTooLarge)

Event = Message | CallbackQuery | None

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """What is to be said. With `content` the screen is the caption of a picture or file."""

    screen: Screen
    form: Form = Form.WORDS
    content: bytes = b""
    name: str = ""
    reply: bool = False
    plain: bool = False  # without markup: it was refused with it


async def deliver(event: Event, parcel: Parcel) -> Message | None:
    """Bring it; None where it is over a button, with the owners, or in the outbox."""
    asked = who_asked()
    if asked is None:
        return await _said_plainly(event, parcel)
    try:
        return await _Delivery(asked, event, parcel).run()
    except AiogramError as error:
        # Telegram is away, or we stop: the outbox says so later.
        log.warning("not_answered", error=type(error).__name__)
        await asked.lost()
        return None


class _Delivery:
    """One answer on its ways."""

    def __init__(self, asked: Asked, event: Event, parcel: Parcel) -> None:
        self._asked = asked
        self._event = event
        self._parcel = parcel
        self._moved_to: int | None = None
        self._failed: list[tuple[Way, Hindrance]] = []
        context = asked.context
        self._wanted = WantedAnswer(
            form=parcel.form,
            private=context.private,
            in_topic=context.address.thread_id is not None,
            pressed=asked.query is not None and not asked.released,
        )

    async def run(self) -> Message | None:
        """The message that the person sees; None where it is over a button, or with the owners."""
        way: Way | None = first(self._wanted)
        while way is not None:
            try:
                sent = await self._go(way)
            except TelegramMigrateToChat as error:
                if self._moved_to == error.migrate_to_chat_id:
                    raise
                await self._follow(error.migrate_to_chat_id)
            except _REFUSALS as error:
                if self._made_plain(error):
                    continue
                private = way.via is Via.PRIVATE or self._wanted.private
                self._failed.append((way, hindrance_of(error.message, private=private)))
                way = following(self._wanted, self._failed)
            else:
                if way.via is not Via.OWNERS:
                    self._asked.answered = True
                await self._tell_group(way)
                return sent
        return None

    async def _go(self, way: Way) -> Message | None:
        asked, screen = self._asked, self._words_for(way)
        match way.via:
            case Via.HERE:
                return await self._send(self._address, screen, way.form, here=True)
            case Via.GENERAL:
                return await self._send(ChatAddress(self._address.chat_id), screen, way.form)
            case Via.PRIVATE:
                return await self._send(ChatAddress(asked.context.person.user_id), screen, way.form)
            case Via.POPUP:
                await self._pop_up()
            case Via.OWNERS:
                await asked.refused(self._why)
        return None

    @property
    def _why(self) -> Hindrance:
        return self._failed[0][1]

    @property
    def _address(self) -> ChatAddress:
        if self._moved_to is not None:
            return ChatAddress(self._moved_to)
        return self._asked.context.address

    def _words_for(self, way: Way) -> Screen:
        screen, context = self._parcel.screen, self._asked.context
        if not self._failed or way.via in (Via.POPUP, Via.OWNERS):
            return screen
        if self._parcel.form is Form.FILE and way.form is Form.WORDS:
            return refused_answers.nowhere(context.texts, self._why, context.title)
        if way.via is Via.PRIVATE:
            caption = way.form is not Form.WORDS
            return refused_answers.in_private(
                context.texts, screen, self._why, context.title, is_caption=caption
            )
        return refused_answers.in_words(
            context.texts, screen, self._why, context.title, is_caption=way.form is not Form.WORDS
        )

    async def _send(
        self, address: ChatAddress, screen: Screen, form: Form, *, here: bool = False
    ) -> Message:
        """By what the message itself offers where it can: that knows who alone may see it."""
        parcel, bot = self._parcel, self._asked.bot
        how: dict[str, Any] = {"reply_markup": screen.keyboard}
        if parcel.plain:
            how = {"parse_mode": None}
            screen = Screen(screen.plain[: TEXT_LIMIT // 2])
        place = self._event.message if isinstance(self._event, CallbackQuery) else self._event
        message = place if here and self._moved_to is None and isinstance(place, Message) else None
        if here and parcel.reply and message is not None and message.message_id:
            how["reply_parameters"] = ReplyParameters(
                message_id=message.message_id, allow_sending_without_reply=True
            )
        file = BufferedInputFile(parcel.content, parcel.name)
        where: dict[str, Any] = {
            "chat_id": address.chat_id,
            "message_thread_id": address.thread_id,
        }
        if form is Form.PICTURE:
            if message is not None:
                return await message.answer_photo(file, caption=screen.text, **how)
            return await bot.send_photo(photo=file, caption=screen.text, **where, **how)
        if form is Form.FILE:
            caption = screen.text or None
            if message is not None:
                return await message.answer_document(file, caption=caption, **how)
            return await bot.send_document(document=file, caption=caption, **where, **how)
        if message is not None:
            return await message.answer(screen.text, **how)
        return await bot.send_message(text=screen.text, **where, **how)

    async def _pop_up(self) -> None:
        query, context = self._asked.query, self._asked.context
        if query is not None:
            words = refused_answers.popup(context.texts, self._why, context.title)
            await query.answer(words, show_alert=True)
            self._asked.released = True

    async def _tell_group(self, way: Way) -> None:
        """Who looks at the group learns that the answer is in private; nothing fails for it."""
        if way.via is not Via.PRIVATE:
            return
        asked, context = self._asked, self._asked.context
        with contextlib.suppress(AiogramError):
            if asked.query is not None and not asked.released:
                await self._pop_up()
            elif self._parcel.form is not Form.WORDS:
                file = self._parcel.form is Form.FILE
                screen = refused_answers.sent(
                    context.texts, context.person.name, self._why, context.title, file=file
                )
                await self._send(self._address, screen, Form.WORDS)

    async def _follow(self, chat_id: int) -> None:
        """The group has become another one."""
        self._moved_to = chat_id
        await self._asked.actions.chats.moved(self._asked.context.address.chat_id, chat_id)

    def _made_plain(self, error: TelegramAPIError) -> bool:
        """Whether to try the same once more, for it was our markup that was refused."""
        ours = isinstance(outcome_of(error, None), Refused) and not self._parcel.plain
        if ours:
            log.error("answer_refused_plain", said=error.message)
            self._parcel = changed(self._parcel, plain=True)
        return ours


async def _said_plainly(event: Event, parcel: Parcel) -> Message | None:
    """Before anybody knows who asks: here, or over the button."""
    place = event.message if isinstance(event, CallbackQuery) else event
    try:
        if isinstance(place, Message):
            return await place.answer(parcel.screen.text, reply_markup=parcel.screen.keyboard)
    except TelegramAPIError as error:
        log.warning("not_answered", error=type(error).__name__)
    if isinstance(event, CallbackQuery):
        with contextlib.suppress(TelegramAPIError):
            await event.answer(parcel.screen.plain[: refused_answers.POPUP_LIMIT], show_alert=True)
    return None
