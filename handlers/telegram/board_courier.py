"""Shows boards in Telegram: a view goes in, what Telegram made of it comes out as a value."""

from collections.abc import Callable
from datetime import datetime

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramBadRequest, TelegramForbiddenError

from bot.alerts.courier import BoardCourier, BoardView, Delivered, Outcome
from bot.domain.notice import ChatAddress
from bot.texts import Catalogs
from handlers.render.boards import board as render
from handlers.telegram.outcomes import outcome_of

_ANSWER_WITHIN_S = 25

log = structlog.get_logger()


class TelegramBoards(BoardCourier):
    """The courier of the boards. None of what it does makes a sound."""

    def __init__(self, bot: Bot, catalogs: Catalogs, clock: Callable[[], datetime]) -> None:
        self._bot = bot
        self._catalogs = catalogs
        self._clock = clock

    async def show(self, view: BoardView) -> Outcome:
        """Send it, or put it in the place of what its message shows."""
        screen = render(self._catalogs.speaking(view.language), view, self._clock())
        try:
            if view.message_id is None:
                sent = await self._bot.send_message(
                    view.address.chat_id,
                    screen.text,
                    message_thread_id=view.address.thread_id,
                    disable_notification=True,
                    reply_markup=screen.keyboard,
                    request_timeout=_ANSWER_WITHIN_S,
                )
                return Delivered(sent.message_id)
            await self._bot.edit_message_text(
                screen.text,
                chat_id=view.address.chat_id,
                message_id=view.message_id,
                reply_markup=screen.keyboard,
                request_timeout=_ANSWER_WITHIN_S,
            )
            return Delivered(view.message_id)
        except (AiogramError, TimeoutError) as error:
            return outcome_of(error, view.message_id)

    async def pin(self, address: ChatAddress, message_id: int) -> bool:
        """Pin it without a sound; False when Telegram would not."""
        try:
            await self._bot.pin_chat_message(
                address.chat_id,
                message_id,
                disable_notification=True,
                request_timeout=_ANSWER_WITHIN_S,
            )
        except (AiogramError, TimeoutError) as error:
            log.info("board_not_pinned", chat=str(address), error=str(error))
            return False
        return True

    async def take_down(self, address: ChatAddress, message_id: int) -> bool:
        """Delete it; False when that is to be tried again, not where it cannot be."""
        try:
            await self._bot.delete_message(
                address.chat_id, message_id, request_timeout=_ANSWER_WITHIN_S
            )
        except (TelegramBadRequest, TelegramForbiddenError) as error:
            log.warning("board_not_taken_down", chat=str(address), said=error.message)
        except (AiogramError, TimeoutError) as error:
            log.info("board_not_taken_down_yet", chat=str(address), error=type(error).__name__)
            return False
        return True
