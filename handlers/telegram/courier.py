"""Carries messages to Telegram: a message goes in, what Telegram made of it comes out as a value.

Sends once. The pace, the order and the retries are the outbox's.
"""

from collections.abc import Callable
from datetime import datetime

import structlog
from aiogram import Bot
from aiogram.enums import ParseMode
from aiogram.exceptions import AiogramError
from aiogram.types import BufferedInputFile, LinkPreviewOptions, Message, ReplyParameters

from bot.alerts.courier import (
    CardLost,
    Courier,
    Delivered,
    Gone,
    MessageKind,
    Outcome,
    OutgoingMessage,
    Refused,
)
from bot.domain.hindrance import Hindrance
from bot.texts import Catalogs, plain
from handlers.render.alerts import outgoing_message as render
from handlers.render.bulk_list import bulk_list
from handlers.render.refused_answers import why
from handlers.render.screen import TEXT_LIMIT, Screen
from handlers.telegram.outcomes import UNKNOWN, outcome_of

_ANSWER_WITHIN_S = 25  # below the outbox's own patience, so that the reason gets into the log
_FILE_NAME = "companies.txt"
log = structlog.get_logger()
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class TelegramCourier(Courier):
    """The courier of the outbox."""

    def __init__(self, bot: Bot, catalogs: Catalogs, clock: Callable[[], datetime]) -> None:
        self._bot = bot
        self._catalogs = catalogs
        self._clock = clock

    async def deliver(self, message: OutgoingMessage) -> Outcome:
        """Send or edit once; content that Telegram rejects once more in its plainest form."""
        t, now = self._catalogs.speaking(message.language), self._clock()
        screen = render(t, message, now)
        outcome = await self._try(message, screen, ParseMode.HTML)
        # A chat may take words where it takes no files.
        in_words = message.in_file and isinstance(outcome, Gone)
        if not isinstance(outcome, Refused) and not in_words:
            return outcome
        # An ugly alert is better than none: no markup, no buttons, and of a length that fits
        # whatever its characters are.
        ugly = bulk_list(t, message, now, with_file=False) if message.in_file else screen
        words = ugly.plain[: TEXT_LIMIT // 2]
        if in_words:
            words += f"\n\n{plain(why(t, Hindrance.FILES, ''))}"
        again = await self._try(message, Screen(words), None)
        if not isinstance(again, Refused):
            return again
        # What is refused in its plainest form is not our markup: it is kept, as with all chats.
        log.error("message_refused_plain", message=message.kind, said=again.reason)
        return Gone(UNKNOWN)

    async def _try(
        self, message: OutgoingMessage, screen: Screen, mode: ParseMode | None
    ) -> Outcome:
        try:
            if message.kind is MessageKind.EDIT:
                return await self._edit(message, screen, mode)
            return await self._send(message, screen, mode)
        except (AiogramError, TimeoutError) as error:
            return outcome_of(error, message.message_id, edits=message.kind is MessageKind.EDIT)

    async def _send(
        self, message: OutgoingMessage, screen: Screen, mode: ParseMode | None
    ) -> Outcome:
        if screen.file is not None:
            return await self._send_file(message, screen, screen.file, mode)
        sent = await self._bot.send_message(
            message.address.chat_id,
            screen.text,
            message_thread_id=message.address.thread_id,
            parse_mode=mode,
            link_preview_options=_NO_PREVIEW,
            disable_notification=message.silent,
            reply_parameters=_reply_to(message),
            reply_markup=screen.keyboard,
            request_timeout=_ANSWER_WITHIN_S,
        )
        return Delivered(sent.message_id)

    async def _edit(
        self, message: OutgoingMessage, screen: Screen, mode: ParseMode | None
    ) -> Outcome:
        if message.message_id is None:
            return CardLost()
        if screen.file is not None:
            return await self._edit_caption(message, screen, mode)
        edited = await self._bot.edit_message_text(
            screen.text,
            chat_id=message.address.chat_id,
            message_id=message.message_id,
            parse_mode=mode,
            link_preview_options=_NO_PREVIEW,
            reply_markup=screen.keyboard,
            request_timeout=_ANSWER_WITHIN_S,
        )
        return Delivered(edited.message_id if isinstance(edited, Message) else message.message_id)

    async def _send_file(
        self, message: OutgoingMessage, screen: Screen, content: str, mode: ParseMode | None
    ) -> Outcome:
        sent = await self._bot.send_document(
            message.address.chat_id,
            BufferedInputFile(content.encode(), _FILE_NAME),
            caption=screen.text,
            message_thread_id=message.address.thread_id,
            parse_mode=mode,
            disable_notification=message.silent,
            reply_parameters=_reply_to(message),
            reply_markup=screen.keyboard,
            request_timeout=_ANSWER_WITHIN_S,
        )
        return Delivered(sent.message_id)

    async def _edit_caption(
        self, message: OutgoingMessage, screen: Screen, mode: ParseMode | None
    ) -> Outcome:
        await self._bot.edit_message_caption(
            caption=screen.text,
            chat_id=message.address.chat_id,
            message_id=message.message_id,
            parse_mode=mode,
            reply_markup=screen.keyboard,
            request_timeout=_ANSWER_WITHIN_S,
        )
        return Delivered(message.message_id)


def _reply_to(message: OutgoingMessage) -> ReplyParameters | None:
    if message.kind not in (MessageKind.BACK, MessageKind.REPEAT) or message.message_id is None:
        return None
    return ReplyParameters(message_id=message.message_id, allow_sending_without_reply=True)
