"""Knows which updates are being served, so that none outlives the program's parts."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiogram import BaseMiddleware
from aiogram.types import TelegramObject

FINISH_WITHIN_S = 5.0  # less than what supervisors grant before they kill

log = structlog.get_logger()


class Serving(BaseMiddleware):
    """Knows each update under way.

    aiogram starts a task for each and waits for none: one that goes on while the program stops
    would speak through a connection that is closed.
    """

    def __init__(self) -> None:
        self._under_way: set[asyncio.Task[Any]] = set()

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Serve the update, and be known for as long as that takes."""
        task = asyncio.current_task()
        if task is None:
            return await handler(event, data)
        self._under_way.add(task)
        try:
            return await handler(event, data)
        finally:
            self._under_way.discard(task)

    async def finish(self) -> None:
        """Wait for what is under way; what takes longer than `FINISH_WITHIN_S` is cancelled."""
        if not self._under_way:
            return
        _, late = await asyncio.wait(set(self._under_way), timeout=FINISH_WITHIN_S)
        for task in late:
            task.cancel()
        if late:
            log.warning("updates were left unanswered", count=len(late))
            await asyncio.gather(*late, return_exceptions=True)
