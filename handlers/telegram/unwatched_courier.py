"""Tells chats by Telegram that nobody can rely on the bot now, out of memory alone."""

from collections.abc import Callable
from datetime import datetime

from aiogram import Bot
from aiogram.exceptions import AiogramError

from bot.alerts.courier import Delivered, Outcome, Unwatched
from bot.domain.notice import ChatAddress
from bot.domain.urgency import Urgency
from bot.texts import Catalogs
from handlers.render.unsure import unwatched
from handlers.telegram.calls import spoken_as
from handlers.telegram.outcomes import outcome_of

_ANSWER_WITHIN_S = 25


class TelegramUnwatched:
    """The courier of the alarm. What it brings makes a sound."""

    def __init__(self, bot: Bot, catalogs: Catalogs, clock: Callable[[], datetime]) -> None:
        self._bot = bot
        self._catalogs = catalogs
        self._clock = clock

    async def tell(self, address: ChatAddress, language: str, said: Unwatched) -> Outcome:
        """Send it once."""
        screen = unwatched(self._catalogs.speaking(language), said, self._clock())
        try:
            with spoken_as(Urgency.ALERT):
                sent = await self._bot.send_message(
                    address.chat_id,
                    screen.text,
                    message_thread_id=address.thread_id,
                    reply_markup=screen.keyboard,
                    request_timeout=_ANSWER_WITHIN_S,
                )
        except (AiogramError, TimeoutError) as error:
            return outcome_of(error, None)
        return Delivered(sent.message_id)
