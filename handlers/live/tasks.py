"""Owns the tasks behind messages that live: progress that is edited, codes that rotate."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramAPIError, TelegramBadRequest
from aiogram.types import Message

from bot.domain.notice import ChatAddress
from bot.domain.timing import Timing
from bot.domain.urgency import Urgency
from handlers.answer import say
from handlers.asker import who_asked
from handlers.errors import is_expected
from handlers.render.errors import sentence, unexpected
from handlers.render.screen import Screen
from handlers.telegram.calls import spoken_as

STOP_PATIENCE_S = 5  # less than what supervisors grant before they kill

log = structlog.get_logger()


class Live:
    """Live messages of this process. `stop` ends each in order, so that no code is left behind."""

    def __init__(self, bot: Bot, shown_after_s: float = Timing.progress_after_s) -> None:
        self._bot = bot
        self.shown_after_s = shown_after_s
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def bot(self) -> Bot:
        """Who writes."""
        return self._bot

    def begin(self, course: Coroutine[Any, Any, None]) -> None:
        """Run a live message until its end."""
        task = asyncio.create_task(_guarded(course))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Cancel every live message and wait until it has cleared itself away.

        With Telegram out of reach that does not come; the next start clears what is left.
        """
        all_tasks = set(self._tasks)
        for task in all_tasks:
            task.cancel()
        if all_tasks:
            _, late = await asyncio.wait(all_tasks, timeout=STOP_PATIENCE_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def edit(
        self, message: Message, screen: Screen, urgency: Urgency = Urgency.PROGRESS
    ) -> Message | None:
        """Edit a text; None when Telegram would not, or not now."""
        try:
            with spoken_as(urgency):
                edited = await self._bot.edit_message_text(
                    screen.text,
                    chat_id=message.chat.id,
                    message_id=message.message_id,
                    reply_markup=screen.keyboard,
                )
        except TelegramAPIError as error:
            return message if _log_unless_same(error) else None
        return edited if isinstance(edited, Message) else message

    async def put(self, chat_id: int, message_id: int, screen: Screen) -> bool:
        """Edit a text known by its number only; False when Telegram would not."""
        try:
            with spoken_as(Urgency.PROGRESS):
                await self._bot.edit_message_text(
                    screen.text,
                    chat_id=chat_id,
                    message_id=message_id,
                    reply_markup=screen.keyboard,
                )
        except TelegramAPIError as error:
            return _log_unless_same(error)
        return True

    async def post(self, address: ChatAddress, screen: Screen) -> Message:
        """Write a text."""
        return await self._bot.send_message(
            address.chat_id,
            screen.text,
            message_thread_id=address.thread_id,
            reply_markup=screen.keyboard,
        )


def _log_unless_same(error: TelegramAPIError) -> bool:
    """True when the message simply was so already."""
    if isinstance(error, TelegramBadRequest) and "not modified" in error.message:
        return True
    log.warning("live_message_not_edited", error=type(error).__name__)
    return False


async def _guarded(course: Coroutine[Any, Any, None]) -> None:
    try:
        await course
    except Exception as error:  # a task's edge: nobody awaits it, so log and person must hear of it
        asked, away = who_asked(), isinstance(error, AiogramError)
        if away:
            log.warning("live_message_lost", error=type(error).__name__)
        elif not is_expected(error):
            log.exception("a live message ended by an error")
        if asked is not None and away:
            await asked.lost()
        elif asked is not None:
            texts = asked.context.texts
            await say(sentence(texts, error) if is_expected(error) else unexpected(texts))
