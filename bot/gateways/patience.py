"""Waits briefly for single sessions while a whole list is read.

One that hangs delays the others once; then it is not asked for a while.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

MOMENT_S = 1.0
LEFT_ALONE_S = 30.0

T = TypeVar("T")


class HangingAnswers:
    """Remembers which sessions of a gateway hung."""

    def __init__(self, moment_s: float = MOMENT_S) -> None:
        self._moment_s = moment_s
        self._hung_at: dict[str, float] = {}

    async def answers(self, asks: Mapping[str, Callable[[], Awaitable[T]]]) -> dict[str, T]:
        """The answers that came in time, by key. An error is raised once all were asked."""
        now = asyncio.get_running_loop().time()
        self._hung_at = {key: at for key, at in self._hung_at.items() if now - at < LEFT_ALONE_S}
        tasks = {
            key: asyncio.ensure_future(ask())
            for key, ask in asks.items()
            if key not in self._hung_at
        }
        if not tasks:
            return {}
        try:
            await asyncio.wait(tasks.values(), timeout=self._moment_s)
        finally:
            hanging = [key for key, task in tasks.items() if not task.done()]
            for key in hanging:
                tasks[key].cancel()
        await asyncio.gather(*(tasks[key] for key in hanging), return_exceptions=True)
        self._hung_at |= dict.fromkeys(hanging, now)
        return {key: task.result() for key, task in tasks.items() if key not in hanging}
