"""Carries letters to Telegram: a letter goes in, what Telegram made of it comes out as a value.

Sends once. The pace, the order and the retries are the outbox's.
"""

from collections.abc import Callable
from datetime import datetime

from aiogram import Bot
from aiogram.enums import ParseMode
from aiogram.exceptions import (
    AiogramError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.types import BufferedInputFile, LinkPreviewOptions, Message, ReplyParameters

from bot.alerts.courier import (
    CardLost,
    Courier,
    Delivered,
    Gone,
    Letter,
    LetterKind,
    Moved,
    Outcome,
    Refused,
    RetryLater,
    TopicGone,
)
from bot.texts import Catalogs
from handlers.render.alerts import letter as render
from handlers.render.crowd import crowd
from handlers.render.screen import TEXT_LIMIT, Screen

_ANSWER_WITHIN_S = 25  # below the outbox's own patience, so that the reason gets into the log
# A refused token is mended by a person: asking every second helps nobody.
_TOKEN_PAUSE_S = 60.0
_FILE_NAME = "companies.txt"
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

# What Telegram says in a 400, in lower case, and what that means. It has no codes for these.
_SAME = ("message is not modified",)
_CARD_LOST = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "message to be replied not found",
    "replied message not found",
)
_TOPIC_GONE = ("message thread not found", "topic_closed", "topic_deleted", "topic_id_invalid")
_GONE = {
    "chat not found": "chat not found",
    "peer_id_invalid": "chat not found",
    "user is deactivated": "deactivated",
    "chat_write_forbidden": "may not write",
    "have no rights to send": "may not write",
    "not enough rights": "may not write",
    "chat_restricted": "may not write",
}
# What a 403 is about.
_FORBIDDEN = ("blocked", "kicked", "deactivated", "not a member", "can't initiate")


class TelegramCourier(Courier):
    """The courier of the outbox."""

    def __init__(self, bot: Bot, catalogs: Catalogs, clock: Callable[[], datetime]) -> None:
        self._bot = bot
        self._catalogs = catalogs
        self._clock = clock

    async def deliver(self, letter: Letter) -> Outcome:
        """Send or edit once; content that Telegram rejects once more in its plainest form."""
        t, now = self._catalogs.speaking(letter.language), self._clock()
        screen = render(t, letter, now)
        outcome = await self._try(letter, screen, ParseMode.HTML)
        if isinstance(outcome, Refused):
            # An ugly alert is better than none: no markup, no buttons, and of a length that fits
            # whatever its characters are.
            ugly = crowd(t, letter, now, with_file=False) if letter.in_file else screen
            return await self._try(letter, Screen(ugly.plain[: TEXT_LIMIT // 2]), None)
        return outcome

    async def _try(self, letter: Letter, screen: Screen, mode: ParseMode | None) -> Outcome:
        try:
            if letter.kind is LetterKind.EDIT:
                return await self._edit(letter, screen, mode)
            return await self._send(letter, screen, mode)
        except TelegramBadRequest as error:
            return _meaning(letter, error)
        except AiogramError as error:
            return _outcome(error)
        except TimeoutError:
            return RetryLater(after_s=None, everywhere=True, reason="no answer in time")

    async def _send(self, letter: Letter, screen: Screen, mode: ParseMode | None) -> Outcome:
        if screen.file is not None:
            return await self._send_file(letter, screen, screen.file, mode)
        message = await self._bot.send_message(
            letter.address.chat_id,
            screen.text,
            message_thread_id=letter.address.thread_id,
            parse_mode=mode,
            link_preview_options=_NO_PREVIEW,
            disable_notification=letter.silent,
            reply_parameters=_reply_to(letter),
            reply_markup=screen.keyboard,
            request_timeout=_ANSWER_WITHIN_S,
        )
        return Delivered(message.message_id)

    async def _edit(self, letter: Letter, screen: Screen, mode: ParseMode | None) -> Outcome:
        if letter.message_id is None:
            return CardLost()
        if screen.file is not None:
            return await self._edit_caption(letter, screen, mode)
        edited = await self._bot.edit_message_text(
            screen.text,
            chat_id=letter.address.chat_id,
            message_id=letter.message_id,
            parse_mode=mode,
            link_preview_options=_NO_PREVIEW,
            reply_markup=screen.keyboard,
            request_timeout=_ANSWER_WITHIN_S,
        )
        return Delivered(edited.message_id if isinstance(edited, Message) else letter.message_id)

    async def _send_file(
        self, letter: Letter, screen: Screen, content: str, mode: ParseMode | None
    ) -> Outcome:
        message = await self._bot.send_document(
            letter.address.chat_id,
            BufferedInputFile(content.encode(), _FILE_NAME),
            caption=screen.text,
            message_thread_id=letter.address.thread_id,
            parse_mode=mode,
            disable_notification=letter.silent,
            reply_parameters=_reply_to(letter),
            reply_markup=screen.keyboard,
            request_timeout=_ANSWER_WITHIN_S,
        )
        return Delivered(message.message_id)

    async def _edit_caption(
        self, letter: Letter, screen: Screen, mode: ParseMode | None
    ) -> Outcome:
        await self._bot.edit_message_caption(
            caption=screen.text,
            chat_id=letter.address.chat_id,
            message_id=letter.message_id,
            parse_mode=mode,
            reply_markup=screen.keyboard,
            request_timeout=_ANSWER_WITHIN_S,
        )
        return Delivered(letter.message_id)


def _reply_to(letter: Letter) -> ReplyParameters | None:
    if letter.kind is not LetterKind.BACK or letter.message_id is None:
        return None
    return ReplyParameters(message_id=letter.message_id, allow_sending_without_reply=True)


def _meaning(letter: Letter, error: TelegramBadRequest) -> Outcome:
    """What a 400 says about the chat, the card or the content."""
    said = error.message.lower()
    if any(words in said for words in _SAME):
        return Delivered(letter.message_id)
    if any(words in said for words in _CARD_LOST):
        return CardLost()
    if any(words in said for words in _TOPIC_GONE):
        return TopicGone()
    if letter.in_file and "document" in said:
        return Refused(error.message)  # the chat takes no files: it may take the words
    for words, reason in _GONE.items():
        if words in said:
            return Gone(reason)
    return Refused(error.message)


def _outcome(error: AiogramError) -> Outcome:
    """What any other failure asks for. Whatever is not known is tried again, never dropped."""
    match error:
        case TelegramRetryAfter(retry_after=after_s):
            return RetryLater(after_s=after_s, everywhere=False, reason="too many messages")
        case TelegramMigrateToChat(migrate_to_chat_id=new_chat_id):
            return Moved(new_chat_id)
        case TelegramForbiddenError(message=said):
            return Gone(next((word for word in _FORBIDDEN if word in said.lower()), "forbidden"))
        case TelegramEntityTooLarge(message=said):
            return Refused(said)
        case TelegramUnauthorizedError() | TelegramConflictError() | TelegramNotFound():
            return RetryLater(after_s=_TOKEN_PAUSE_S, everywhere=True, reason="token refused")
    return RetryLater(after_s=None, everywhere=True, reason=type(error).__name__)
