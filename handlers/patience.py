"""Waits out Telegram's "too many requests" for answers and live messages.

Alerts do not pass here: their loop keeps its own pace, and must see every refusal.
"""

import asyncio

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType

LONGEST_WAIT_S = 30


class Patience(BaseRequestMiddleware):
    """Sends again once the time Telegram asked for is over, unless that is too long to matter."""

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        """Try, wait once as told, try again."""
        try:
            return await make_request(bot, method)
        except TelegramRetryAfter as error:
            if error.retry_after > LONGEST_WAIT_S:
                raise
            await asyncio.sleep(error.retry_after)
        return await make_request(bot, method)
