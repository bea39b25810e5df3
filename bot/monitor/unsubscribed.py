"""Reports companies without a subscriber, each once, in at most one message a day."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.domain.notice import ChatAddress
from bot.domain.system_notice import SystemNoticeKind
from bot.monitor.company_sync import say_missing
from storage.alerts import system_notices
from storage.chats import subscriptions
from storage.database import Database

PATIENCE = timedelta(minutes=30)  # who has just begun is subscribing a chat at this moment
_ONCE_IN = timedelta(days=1)
_FRESH = timedelta(days=30)  # older ones were told of, and forgotten with the system notice


class Unsubscribed:
    """Says which new companies could be lost without anybody being told."""

    def __init__(
        self,
        database: Database,
        tell: Sequence[ChatAddress],
        *,
        clock: Callable[[], datetime],
        on_written: Callable[[], None],
    ) -> None:
        self._db = database
        self._tell = tell
        self._clock = clock
        self._on_written = on_written

    async def tick(self) -> None:
        """Tell of those that were found since the last time."""
        now = self._clock()
        async with self._db.writing() as tx:
            told_at = await system_notices.last_at(tx, SystemNoticeKind.COMPANIES_UNHEARD)
            if told_at is not None and now - told_at < _ONCE_IN:
                return
            since = max(now - _FRESH, (told_at or now - _FRESH) - PATIENCE)
            found = await subscriptions.unheard(tx, added=(since, now - PATIENCE))
            if not found:
                return
            ids = [company.id for company in found]
            await say_missing(tx, SystemNoticeKind.COMPANIES_UNHEARD, ids, self._tell, now)
        self._on_written()
