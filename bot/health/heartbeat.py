"""The dead-man's switch: whoever waits for our calls raises the alarm when they stay away."""

import asyncio
import contextlib

import aiohttp
import structlog

from bot.health.metrics import Metrics

TIMEOUT_S = 10.0

log = structlog.get_logger()


class Heartbeat:
    """Calls an URL. The URL is a secret: no log line and no error holds it."""

    def __init__(self, url: str, metrics: Metrics, *, timeout_s: float = TIMEOUT_S) -> None:
        self._url = url
        self._metrics = metrics
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)
        self._calling: asyncio.Task[None] | None = None
        self._trouble = ""

    def beat(self) -> asyncio.Task[None]:
        """The call under way, which is a new one unless there was one already."""
        if self._calling is None or self._calling.done():
            self._calling = asyncio.create_task(self._call())
        return self._calling

    async def stop(self) -> None:
        """Let go of the call under way."""
        if self._calling is not None:
            self._calling.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._calling

    async def _call(self) -> None:
        try:
            async with (
                aiohttp.ClientSession(timeout=self._timeout) as http,
                http.get(self._url) as answer,
            ):
                trouble = "" if answer.ok else f"status {answer.status}"
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            trouble = type(error).__name__  # its text holds the URL
        self._metrics.beat("failed" if trouble else "done")
        if trouble and trouble != self._trouble:
            log.warning("heartbeat_failed", trouble=trouble)
        elif self._trouble and not trouble:
            log.info("heartbeat_recovered")
        self._trouble = trouble
