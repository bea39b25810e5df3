"""Keeps the database from growing for ever: old rows go.

Each turn may be repeated or cut off at any point: the next one finds what is still to be done.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.domain.habit import LOOKED_AT, hour_of, place_of
from storage.alerts import outbox, system_notices
from storage.chats import pauses
from storage.database import Database
from storage.sessions import companies, files, heard, states

KEEP_HOURLY = timedelta(days=14)  # counts of files; then what a day needs is kept
KEEP_STATES = timedelta(days=400)  # a year, and what one compares it with
KEEP_SETTLED = timedelta(days=90)  # the longest report
KEEP_WEEKS = LOOKED_AT + 1  # of messages that came in: what makes a habit, and one more
_COMPANIES_AT_ONCE = 50  # a write that lasts keeps alerts waiting


class Housekeeping:
    """Forgets what nobody will ask for any more."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._db = database
        self._clock = clock

    async def tick(self) -> None:
        """Forget what is old by now."""
        now = self._clock()
        async with self._db.writing() as tx:
            await outbox.forget_settled(tx, now - KEEP_SETTLED)
            await system_notices.forget_settled(tx, now - KEEP_SETTLED)
            await pauses.forget(tx, now)
            await states.forget(tx, now - KEEP_STATES)
            await heard.forget(tx, place_of(hour_of(now))[0] - KEEP_WEEKS)
            company_ids = [company.id for company in await companies.every(tx)]
        for start in range(0, len(company_ids), _COMPANIES_AT_ONCE):
            async with self._db.writing() as tx:
                part = company_ids[start : start + _COMPANIES_AT_ONCE]
                await files.thin_out(tx, part, now - KEEP_HOURLY)
                await files.forget(tx, part, now - KEEP_STATES)
