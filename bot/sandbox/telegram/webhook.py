"""Delivery of updates to the bot's webhook."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.sandbox.telegram.bell import Bell
from bot.sandbox.telegram.params import Params
from bot.sandbox.telegram.refusals import bad
from bot.sandbox.telegram.updates import Updates

_TIMEOUT = aiohttp.ClientTimeout(total=10)
_RETRY_AFTER_S = (0.2, 0.5, 1.0, 2.0)
_LOCAL = {"127.0.0.1", "localhost", "::1"}


@dataclass(kw_only=True)
class Webhook:
    """Where updates are posted, and the task that posts them. `url` is empty while polling."""

    updates: Updates
    bell: Bell
    url: str = ""
    secret: str = ""
    error: str = ""
    error_date: int = 0
    _task: asyncio.Task[None] | None = field(default=None, repr=False)

    def set(self, params: Params) -> bool:
        """Telegram's setWebhook, to this machine only; an empty URL is deleteWebhook."""
        url = params.text("url") or ""
        if url and urlsplit(url).hostname not in _LOCAL:
            raise bad("bad webhook: the sandbox reaches this machine only")
        if params.flag("drop_pending_updates"):
            self.updates.clear()
        if params.array("allowed_updates") is not None:
            self.updates.allowed = params.array("allowed_updates")
        self._end()
        self.url, self.secret, self.error = url, params.text("secret_token") or "", ""
        if url:
            self._task = asyncio.get_running_loop().create_task(self._deliver())
        return True

    def info(self) -> dict[str, Any]:
        """Telegram's getWebhookInfo."""
        info: dict[str, Any] = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.updates.waiting),
        }
        if self.updates.allowed:
            info["allowed_updates"] = self.updates.allowed
        if self.error:
            info |= {"last_error_message": self.error, "last_error_date": self.error_date}
        return info

    async def stop(self) -> None:
        """End the delivery."""
        task = self._end()
        if task is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def _end(self) -> asyncio.Task[None] | None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
        return task

    async def _deliver(self) -> None:
        failures = 0
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as session:
            while True:
                first = self.updates.first()
                if first is None:
                    await self._more()
                    continue
                number, update = first
                if await self._post(session, update):
                    failures = 0
                    self.updates.confirm(number + 1)
                else:
                    failures += 1
                    await asyncio.sleep(_RETRY_AFTER_S[min(failures, len(_RETRY_AFTER_S)) - 1])

    async def _more(self) -> None:
        with contextlib.suppress(TimeoutError):
            await self.bell.until(lambda: self.updates.peek(1) or None, 3600)

    async def _post(self, session: aiohttp.ClientSession, update: Any) -> bool:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret} if self.secret else {}
        try:
            async with session.post(self.url, json=update, headers=headers) as answer:
                if answer.ok:
                    return True
                self.error = f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except (aiohttp.ClientError, TimeoutError) as error:
            self.error = f"Connection failed: {type(error).__name__}"
        self.error_date = int(self.updates.clock())
        return False
