"""Writes down what Telegram told answers to wait for: its word outlives the process.

The outbox keeps its own pauses with its receipts; an answer has no row of its own.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from storage.chats import pauses
from storage.chats.pauses import Pause
from storage.database import Database

_LAST_WITHIN_S = 1.0
_AGAIN_S = 5.0  # after a database that would not take it

log = structlog.get_logger()


class Pausing:
    """Notes pauses at once, and writes them in a loop: nobody waits for the database."""

    def __init__(self, db: Database, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._clock = clock
        self._unwritten: dict[int, Pause] = {}
        self._noted = asyncio.Event()

    def note(self, chat_id: int | str, after_s: float) -> None:
        """Telegram wants no call to a chat for so long."""
        if isinstance(chat_id, int):
            pause = Pause(chat_id=chat_id, since=self._clock(), after_s=after_s)
            self._unwritten[chat_id] = pause
            self._noted.set()

    async def run(self) -> None:
        """Write until cancelled, then what is left."""
        try:
            while True:
                await self._noted.wait()
                self._noted.clear()
                try:
                    await self._write()
                except Exception as error:  # noqa: BLE001 - a loop's edge: what is noted is kept
                    log.warning("pauses_not_kept", error=type(error).__name__)
                    await asyncio.sleep(_AGAIN_S)
                    self._noted.set()
        finally:
            try:
                async with asyncio.timeout(_LAST_WITHIN_S):
                    await self._write()
            except Exception as error:  # noqa: BLE001 - the end: Telegram says it again
                log.warning("pauses_not_kept", error=type(error).__name__)

    async def _write(self) -> None:
        written = dict(self._unwritten)
        if not written:
            return
        async with self._db.writing() as tx:
            for pause in written.values():
                await pauses.put(tx, pause)
        for chat_id, pause in written.items():
            if self._unwritten.get(chat_id) is pause:
                del self._unwritten[chat_id]
