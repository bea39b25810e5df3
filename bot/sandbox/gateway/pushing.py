"""Pushes events to the hook, in the order in which they happen."""

import asyncio
import contextlib
from dataclasses import dataclass, field

import aiohttp

from bot.sandbox.gateway.dialects.base import Dialect, Push
from bot.sandbox.gateway.happening import Happening
from bot.sandbox.gateway.traffic import Passing

_PATIENCE = aiohttp.ClientTimeout(total=10)


@dataclass(frozen=True, kw_only=True)
class Hook:
    """Where pushes go. With a `key` they are signed, in a dialect that can sign."""

    url: str = field(repr=False)
    key: str | None = field(default=None, repr=False)


class Pushing:
    """Sends all pushes from one task, without retries: a push that fails is lost, as in reality."""

    def __init__(self, dialect: Dialect) -> None:
        self.hook: Hook | None = None
        self._dialect = dialect
        self._waiting: asyncio.Queue[tuple[Hook, Push]] = asyncio.Queue()

    def tell(self, happening: Happening) -> None:
        """Queue a push, if a hook is set and the dialect pushes such events."""
        if self.hook is None:
            return
        push = self._dialect.push(happening, self.hook.key)
        if push is not None:
            self._waiting.put_nowait((self.hook, push))

    def tell_passing(self, passing: Passing) -> None:
        """The same for what passes through a session."""
        if self.hook is None:
            return
        push = self._dialect.push_passing(passing, self.hook.key)
        if push is not None:
            self._waiting.put_nowait((self.hook, push))

    async def done(self) -> None:
        """Return as soon as no push is waiting."""
        await self._waiting.join()

    async def run(self) -> None:
        """Push until cancelled."""
        async with aiohttp.ClientSession(timeout=_PATIENCE) as http:
            while True:
                hook, push = await self._waiting.get()
                headers = {"Content-Type": "application/json", **push.headers}
                try:
                    with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                        async with http.post(hook.url, data=push.body, headers=headers):
                            pass
                finally:
                    self._waiting.task_done()
