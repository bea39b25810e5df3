"""Notes at the start how long nobody has watched."""

from datetime import datetime, timedelta

import structlog

from bot.domain.absence import Absence, absence_until
from bot.domain.system_notice import SystemNotice, SystemNoticeKind
from storage.alerts import system_notices
from storage.chats import subscriptions
from storage.database import Database
from storage.sessions import absences, gateways

log = structlog.get_logger()


async def note_absence(database: Database, now: datetime, interval: timedelta) -> Absence | None:
    """Store the absence that ends now, and tell everybody; called before the first look.

    Where several replicas share the work, another's looks count: then nobody was missing.
    """
    async with database.writing() as tx:
        looks = await gateways.all_looks(tx)
        last_look_at = max((look.last_look_at for look in looks), default=None)
        absence = absence_until(now, last_look_at, interval)
        if absence is not None:
            await absences.add(tx, absence)
            everybody = [subscription.address for subscription in await subscriptions.heard(tx)]
            await system_notices.add(tx, everybody, _said(absence), now)
    if absence is not None:
        log.warning(
            "nobody has watched",
            since=absence.from_at,
            seconds=round(absence.length.total_seconds()),
        )
    return absence


def _said(absence: Absence) -> SystemNotice:
    facts = {"away_s": absence.length.total_seconds(), "since_at": absence.from_at.isoformat()}
    return SystemNotice(kind=SystemNoticeKind.UNWATCHED, facts=facts)
