"""What polling and webhook share: who serves updates, who is told of them, how it all ends."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiogram import Bot, Dispatcher

from bot.domain.telegram_trouble import TelegramTrouble
from handlers.updates_in_flight import UpdatesInFlight

BEGUN_WITHIN_S = 3.0  # for the first answer, before anything else waits no longer


@dataclass(frozen=True, kw_only=True)
class UpdateReports:
    """Who is told how updates fare.

    `on_reached` is called once Telegram is reached (by a webhook: each time it is reached anew),
    `on_heard` whenever it is certain that updates find their way, `on_refused` with the reason why
    they do not, None where Telegram does not tell.
    """

    on_reached: Callable[[], Awaitable[None]]
    on_heard: Callable[[], None] = lambda: None
    on_refused: Callable[[TelegramTrouble | None], None] = lambda _: None


class UpdateSource:
    """Where updates come from; one task of its own keeps them coming."""

    def __init__(
        self, bot: Bot, dispatcher: Dispatcher, serving: UpdatesInFlight, reports: UpdateReports
    ) -> None:
        self._bot = bot
        self._dispatcher = dispatcher
        self._serving = serving
        self._reports = reports
        self._task: asyncio.Task[None] | None = None
        self._begun = asyncio.Event()

    async def begun(self) -> None:
        """Return once it is known what waited, or Telegram did not say so soon."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._begun.wait(), BEGUN_WITHIN_S)

    async def stop(self) -> None:
        """Take no more updates, and finish those that were taken."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        await asyncio.sleep(0)  # what was taken this very moment begins
        await self._serving.finish()
