"""Knows which updates are being served, so that none outlives the program's parts."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiogram import BaseMiddleware
from aiogram.types import ErrorEvent, TelegramObject, Update

from handlers.errors import explain

FINISH_WITHIN_S = 5.0  # less than what supervisors grant before they kill
# The door lets go of an update after so long, and it is served to its end: a chat that may not be
# written to for an hour must not keep the updates of all others waiting.
LET_GO_S = 60.0

log = structlog.get_logger()


class UpdatesInFlight(BaseMiddleware):
    """Knows each update under way.

    aiogram starts a task for each and waits for none: one that goes on while the program stops
    would speak through a connection that is closed.
    """

    def __init__(self, *, let_go_s: float = LET_GO_S) -> None:
        self._let_go_s = let_go_s
        self._under_way: set[asyncio.Task[Any]] = set()

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Serve the update, and be known for as long as that takes."""
        task = asyncio.ensure_future(_served(handler, event, data))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        try:
            done, _ = await asyncio.wait({task}, timeout=self._let_go_s)
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            raise
        if done:
            return task.result()
        log.warning("answer_delayed")
        return None

    async def finish(self) -> None:
        """Wait for what is under way; what takes longer than `FINISH_WITHIN_S` is cancelled."""
        if not self._under_way:
            return
        _, late = await asyncio.wait(set(self._under_way), timeout=FINISH_WITHIN_S)
        for task in late:
            task.cancel()
        if late:
            log.warning("updates_left_unanswered", count=len(late))
            await asyncio.gather(*late, return_exceptions=True)


async def _served(
    handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
    event: TelegramObject,
    data: dict[str, Any],
) -> Any:
    """The same as ever; what goes wrong is explained here, for the door may have let go."""
    try:
        return await handler(event, data)
    except Exception as error:
        if not isinstance(event, Update):
            raise
        failed = ErrorEvent(update=event, exception=error)
        await explain(failed, data.get("context"), data.get("asked"))
        return None
