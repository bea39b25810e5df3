"""Notices each time Telegram has answered the question for updates."""

from collections.abc import Callable

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.methods import GetUpdates, Response, TelegramMethod
from aiogram.methods.base import TelegramType


class Reached(BaseRequestMiddleware):
    """Calls `on_reached` after each answer that shows the way for updates to be open.

    Other calls prove less: messages may go out while another program takes the updates.
    """

    def __init__(self, on_reached: Callable[[], None]) -> None:
        self._on_reached = on_reached

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        """Ask, and tell of the answer."""
        answer = await make_request(bot, method)
        if isinstance(method, GetUpdates):
            self._on_reached()
        return answer
