"""Signals that wake the parts of the program; built before all who ring them.

None of them carries anything: whoever hears one looks for itself.
"""

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable

Listener = Callable[[], Awaitable[None] | None]


class Signal:
    """Calls its listeners one after another, in the order in which they connected."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def connect(self, listener: Listener) -> None:
        """Add a listener."""
        self._listeners.append(listener)

    async def __call__(self) -> None:
        """Call them all, and wait for each."""
        for listener in self._listeners:
            called = listener()
            if isawaitable(called):
                await called


class Signals:
    """All signals: something to send, to heal, to show; gateways that have changed."""

    def __init__(self) -> None:
        self.to_send = asyncio.Event()
        self.to_heal = asyncio.Event()
        self.to_show = asyncio.Event()
        self.reloaded = Signal()

    def on_written(self) -> None:
        """Notices were written: wake who sends, heals and shows."""
        for event in (self.to_send, self.to_heal, self.to_show):
            event.set()
