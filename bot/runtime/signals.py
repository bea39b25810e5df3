"""What tells the parts of the program that there is something for them: built first, rung by many.

None of them carries anything: whoever hears one looks for itself.
"""

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable

Listener = Callable[[], Awaitable[None] | None]


class Signal:
    """Calls whoever listens, one after another, in the order in which they came."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def connect(self, listener: Listener) -> None:
        """Have it called from now on."""
        self._listeners.append(listener)

    async def __call__(self) -> None:
        """Call them all, and wait for each."""
        for listener in self._listeners:
            called = listener()
            if isawaitable(called):
                await called


class Signals:
    """All of them: something to send, to heal, to show, and gateways that are not as they were."""

    def __init__(self) -> None:
        self.to_send = asyncio.Event()
        self.to_heal = asyncio.Event()
        self.to_show = asyncio.Event()
        self.reloaded = Signal()

    def on_written(self) -> None:
        """Something was written: there may be something to send, to heal, and to show."""
        for event in (self.to_send, self.to_heal, self.to_show):
            event.set()
