"""Tells of critical incidents by other channels when no chat has taken the alert.

Once for each incident: that it was told is written down after a channel took it, so a process that
dies in between tells it again, and none that was told is repeated.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from bot.alerts.channels import Channels
from bot.alerts.courier import IncidentEntry
from bot.alerts.message_reader import read_entries
from bot.domain.timing import Timing
from bot.supervisor import for_ever
from storage.alerts import backups
from storage.database import Database

log = structlog.get_logger()

# The title and the text of what the chats do not know.
Wording = Callable[[Sequence[IncidentEntry], datetime], tuple[str, str]]


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

    async def run(self) -> None:
        """Look again and again until cancelled; wait longer after all channels have failed."""
        await for_ever(
            self._turn, failed="backup cannot be worked on", pause_s=self._timing.backup_poll_s
        )

    async def _turn(self) -> float | None:
        return None if await self.look() else self._timing.backup_pause_s

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
        log.warning("backup_alert_sent", incidents=len(ids), channels=took)
        async with self._db.writing() as tx:
            await backups.remember(tx, ids, took, self._clock())
        return True
