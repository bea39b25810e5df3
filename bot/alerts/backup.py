"""Tells of critical incidents by other channels when no chat has taken the alert.

Once for each incident: that it was told is written down after a channel took it, so a process that
dies in between tells it again, and none that was told is repeated.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from bot.alerts.channels import Channels
from bot.alerts.courier import Entry
from bot.alerts.drafts import read_entries
from bot.domain.timing import Timing
from storage.alerts import backups
from storage.database import Database

log = structlog.get_logger()

# The title and the text of what the chats do not know.
Wording = Callable[[Sequence[Entry], datetime], tuple[str, str]]


class Backup:
    """Looks for alerts that wait too long."""

    def __init__(
        self,
        db: Database,
        channels: Channels,
        wording: Wording,
        *,
        clock: Callable[[], datetime],
        timing: Timing,
    ) -> None:
        self._db = db
        self._channels = channels
        self._wording = wording
        self._clock = clock
        self._timing = timing
        self._failure = ""

    async def run(self) -> None:
        """Look again and again until cancelled; wait longer after all channels have failed."""
        while True:
            pause_s = self._timing.backup_poll_s
            try:
                if not await self.look():
                    pause_s = self._timing.backup_pause_s
                self._failure = ""
            except Exception as error:
                failure = type(error).__name__
                if failure != self._failure:
                    log.exception("backup cannot be worked on", error=failure)
                self._failure = failure
            await asyncio.sleep(pause_s)

    async def look(self) -> bool:
        """Tell what no chat has taken for too long; False when no channel took it either."""
        now = self._clock()
        before = now - timedelta(seconds=self._timing.backup_after_s)
        async with self._db.reading() as tx:
            ids = await backups.untold(tx, before)
            entries = await read_entries(tx, ids)
        if not entries:
            return True
        took = await self._channels.send(*self._wording(entries, now))
        if took == 0:
            return False
        log.warning("told by backup channels", incidents=len(ids), channels=took)
        async with self._db.writing() as tx:
            await backups.remember(tx, ids, took, self._clock())
        return True
