"""The one sender: every call of the bot that writes passes here, and waits for its turn.

What a person waits for is tried again by itself when Telegram was called too often, or was away for
a moment. Alerts and boards see each refusal: they are kept in the database, and drafted anew.
"""

import asyncio
from typing import Any, cast

import structlog
from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import (
    AiogramError,
    TelegramAPIError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import Response, SendChatAction, TelegramMethod
from aiogram.methods.base import TelegramType

from bot.domain.urgency import LineClosed, Urgency
from handlers.telegram.calls import Write, read_write
from handlers.telegram.line import CallLine, Superseded, Turn, current_turn

# Pauses before the next try when Telegram was away for a moment. A message may then come twice.
AWAY_PAUSES_S = (1.0, 2.0, 4.0, 8.0)

_Next = NextRequestMiddlewareType[Any]

log = structlog.get_logger()


class StillWaiting(TelegramAPIError):
    """The program stops while the call waits for its turn: whoever made it tells the outbox."""

    def __init__(self, method: TelegramMethod[Any]) -> None:
        super().__init__(method, "it waits for its turn")


class Sender(BaseRequestMiddleware):
    """The bot's outermost middleware: what follows it is really sent."""

    def __init__(self, line: CallLine) -> None:
        self._line = line

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        """Make the call in its turn. Raises StillWaiting, and what Telegram refuses for good."""
        write = read_write(method)
        if write is None:
            return await make_request(bot, method)
        turn = current_turn.get()
        if turn is not None and turn.ticket.chat_id == write.chat_id:
            answer = await self._within(turn, make_request, bot, method)
        else:
            answer = await self._patiently(write, make_request, bot, method)
        return cast("Response[TelegramType]", answer)

    async def _within(
        self, turn: Turn, make_request: _Next, bot: Bot, method: TelegramMethod[Any]
    ) -> Any:
        """A call of somebody who has a turn, and who keeps what Telegram refuses."""
        if turn.used:  # a further one, as plain text after a refusal: as soon as the chat takes it
            again = self._line.join(turn.ticket.chat_id, Urgency.NOW, within=turn)
            try:
                await again.wait()
            finally:
                again.leave()
        turn.used = True
        try:
            return await make_request(bot, method)
        except TelegramRetryAfter as error:
            self._line.refused(turn.ticket.chat_id, error.retry_after, turn.urgency)
            raise
        finally:
            turn.answer()

    async def _patiently(
        self, write: Write, make_request: _Next, bot: Bot, method: TelegramMethod[Any]
    ) -> Any:
        """A call somebody waits for."""
        turn = self._line.join(
            write.chat_id, write.urgency, edit=write.edit, thread_id=write.thread_id
        )
        pauses_s = list(AWAY_PAUSES_S if write.urgency is Urgency.ANSWER else ())
        try:
            while True:
                try:
                    await turn.wait()
                    turn.used = True
                    return await make_request(bot, method)
                except TelegramRetryAfter as error:
                    self._line.refused(write.chat_id, error.retry_after, write.urgency)
                    turn = self._line.join_again(turn)
                except (TelegramNetworkError, TelegramServerError) as error:
                    if not pauses_s:
                        raise
                    log.info("call_retried", chat=write.chat_id, error=type(error).__name__)
                    turn = self._line.join_again(turn, pauses_s.pop(0))
        except Superseded:
            return True  # as Telegram answers where it does not hand out the message
        except LineClosed:
            raise StillWaiting(method) from None
        finally:
            turn.leave()


def put_in_line(bot: Bot, line: CallLine) -> None:
    """From now on each call of the bot that writes waits for its turn."""
    bot.session.middleware(Sender(line))
    line.on_typing = _typing_by(bot)


def _typing_by(bot: Bot) -> Any:
    """What shows in a chat that an answer comes: `Line.on_typing`. No call waits for it."""
    under_way: set[asyncio.Task[None]] = set()

    async def show(chat_id: int | str, thread_id: int | None) -> None:
        try:
            await bot(SendChatAction(chat_id=chat_id, action="typing", message_thread_id=thread_id))
        except AiogramError as error:
            log.debug("typing_not_shown", chat=chat_id, error=type(error).__name__)

    def begin(chat_id: int | str, thread_id: int | None) -> None:
        task = asyncio.create_task(show(chat_id, thread_id))
        under_way.add(task)
        task.add_done_callback(under_way.discard)

    return begin
