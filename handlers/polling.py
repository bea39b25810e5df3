"""Fetches updates for as long as the program runs, whatever Telegram does."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog
from aiogram import Bot, Dispatcher
from aiogram.exceptions import TelegramAPIError

from handlers.dispatcher import UPDATES
from handlers.serving import Serving

_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 60.0
_AT_ONCE = 50  # updates served at the same time

log = structlog.get_logger()


class Polling:
    """Long polling that survives Telegram being away, at the start as well as later."""

    def __init__(
        self,
        bot: Bot,
        dispatcher: Dispatcher,
        serving: Serving,
        on_reached: Callable[[], Awaitable[None]],
    ) -> None:
        self._bot = bot
        self._dispatcher = dispatcher
        self._serving = serving
        self._on_reached = on_reached
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin. `on_reached` is called each time Telegram is reached anew."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Take no more updates, and finish those that were taken."""
        with contextlib.suppress(RuntimeError):  # it was waiting for Telegram, not polling
            await self._dispatcher.stop_polling()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._serving.finish()

    async def _run(self) -> None:
        pause_s = _PAUSE_S
        while True:
            try:
                await self._bot.delete_webhook()
                await self._on_reached()
                pause_s = _PAUSE_S
                await self._dispatcher.start_polling(
                    self._bot,
                    handle_signals=False,
                    close_bot_session=False,
                    allowed_updates=UPDATES,
                    tasks_concurrency_limit=_AT_ONCE,
                )
            except TelegramAPIError as error:
                log.warning("Telegram is not reached", error=type(error).__name__)
            except Exception:  # the loop's edge: the next try is planned
                log.exception("polling broke off")
            else:
                return
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
