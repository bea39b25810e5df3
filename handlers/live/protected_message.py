"""The one message of a pairing, wherever it is: in a chat, or there for one reader alone."""

import contextlib
from collections.abc import Awaitable

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest
from aiogram.types import BufferedInputFile, EphemeralMessageParameters, InputMediaPhoto

from bot.domain.pairing import MessageLocation
from bot.domain.urgency import Urgency
from handlers.render.screen import Screen
from handlers.telegram.calls import spoken_as

_GONE = ("message to edit not found", "message to delete not found", "message_id_invalid")

log = structlog.get_logger()


class ProtectedMessage:
    """A message that cannot be forwarded or saved.

    Every call tells whether the message now is as wanted; a step that is not shown is no harm.
    `gone` once Telegram has said that there is no such message. Its calls are of the class that
    `urgency` says: a code is more urgent than all but its clearing.
    """

    def __init__(self, bot: Bot, location: MessageLocation, message_id: int) -> None:
        self._bot = bot
        self._chat_id = location.address.chat_id
        self._reader = location.reader
        self.location = location
        # Telegram numbers the messages that one reader alone sees apart from all others.
        self.message_id = message_id
        self.gone = False
        self.urgency = Urgency.CODE

    async def put_picture(self, picture: bytes, screen: Screen) -> bool:
        """Put this picture in the place of what it shows."""
        media = InputMediaPhoto(media=_file(picture), caption=screen.text)
        edit: Awaitable[object]
        if self._reader is None:
            edit = self._bot.edit_message_media(
                media,
                chat_id=self._chat_id,
                message_id=self.message_id,
                reply_markup=screen.keyboard,
            )
        else:
            edit = self._bot.edit_ephemeral_message_media(
                self._chat_id, self._reader, self.message_id, media, reply_markup=screen.keyboard
            )
        return await self._done(edit)

    async def put_caption(self, screen: Screen) -> bool:
        """Put these words under the picture it has."""
        edit: Awaitable[object]
        if self._reader is None:
            edit = self._bot.edit_message_caption(
                chat_id=self._chat_id,
                message_id=self.message_id,
                caption=screen.text,
                reply_markup=screen.keyboard,
            )
        else:
            edit = self._bot.edit_ephemeral_message_caption(
                self._chat_id,
                self._reader,
                self.message_id,
                screen.text,
                reply_markup=screen.keyboard,
            )
        return await self._done(edit)

    async def put_text(self, screen: Screen) -> bool:
        """Put these words in the place of those it has; it has no picture."""
        edit: Awaitable[object]
        if self._reader is None:
            edit = self._bot.edit_message_text(
                screen.text,
                chat_id=self._chat_id,
                message_id=self.message_id,
                reply_markup=screen.keyboard,
            )
        else:
            edit = self._bot.edit_ephemeral_message_text(
                self._chat_id,
                self._reader,
                self.message_id,
                screen.text,
                reply_markup=screen.keyboard,
            )
        return await self._done(edit)

    async def remove(self) -> bool:
        """Take the whole message away."""
        delete: Awaitable[object]
        if self._reader is None:
            delete = self._bot.delete_message(self._chat_id, self.message_id)
        else:
            delete = self._bot.delete_ephemeral_message(
                self._chat_id, self._reader, self.message_id
            )
        return await self._done(delete) or self.gone

    async def _done(self, call: Awaitable[object]) -> bool:
        try:
            with spoken_as(self.urgency):
                await call
        except TelegramBadRequest as error:
            if "not modified" in error.message:
                return True
            self.gone = any(words in error.message.lower() for words in _GONE)
            log.warning("pairing_not_shown", error=type(error).__name__, gone=self.gone)
            return False
        except TelegramAPIError as error:
            log.warning("pairing_not_shown", error=type(error).__name__)
            return False
        return True


class SeenByAll(Exception):
    """Meant for one reader, it came to everybody: the server does not know such messages.

    It showed no code yet, and was taken away.
    """


async def post_protected(
    bot: Bot,
    location: MessageLocation,
    screen: Screen,
    picture: bytes | None,
    press: str | None = None,
) -> ProtectedMessage:
    """Send the first form of the message. TelegramAPIError where Telegram would not; SeenByAll.

    `press` is the id of a button's press by the reader: for 15 seconds it lets a bot that is no
    administrator write to this one reader.
    """
    thread_id = location.address.thread_id
    for_one = None
    if location.reader is not None:
        for_one = EphemeralMessageParameters(
            receiver_user_id=location.reader, callback_query_id=press
        )
    with spoken_as(Urgency.CODE):
        if picture is None:
            message = await bot.send_message(
                location.address.chat_id,
                screen.text,
                message_thread_id=thread_id,
                protect_content=True,
                reply_markup=screen.keyboard,
                ephemeral_message_parameters=for_one,
            )
        else:
            message = await bot.send_photo(
                location.address.chat_id,
                _file(picture),
                caption=screen.text,
                message_thread_id=thread_id,
                protect_content=True,
                reply_markup=screen.keyboard,
                ephemeral_message_parameters=for_one,
            )
    if location.reader is not None and message.ephemeral_message_id is None:
        with contextlib.suppress(TelegramAPIError):
            await bot.delete_message(message.chat.id, message.message_id)
        raise SeenByAll
    return ProtectedMessage(bot, location, message.ephemeral_message_id or message.message_id)


def _file(picture: bytes) -> BufferedInputFile:
    return BufferedInputFile(picture, "code.png")
