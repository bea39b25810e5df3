"""Which incidents were told by the backup channels."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.incident import IncidentId
from bot.domain.notice import NoticeKind
from bot.domain.trouble import Severity
from storage.alerts import incidents as timeline
from storage.alerts.incidents import IncidentEvent
from storage.sql import insert_new
from storage.tables import backups, incidents, outbox

AT_ONCE = 1_000


async def untold(tx: AsyncConnection, before: datetime) -> list[IncidentId]:
    """Open critical incidents that no chat took, although one was to by `before`; oldest first."""
    opening = (outbox.c.incident_id == incidents.c.id, outbox.c.kind == NoticeKind.OPENED)
    query = (
        select(incidents.c.id)
        .where(
            incidents.c.closed_at.is_(None),
            incidents.c.severity == Severity.CRITICAL,
            exists().where(*opening, outbox.c.created_at <= before),
            ~exists().where(*opening, outbox.c.outcome == "delivered"),
            ~exists().where(backups.c.incident_id == incidents.c.id),
        )
        .order_by(incidents.c.id)
        .limit(AT_ONCE)
    )
    return [IncidentId(row.id) for row in await tx.execute(query)]


async def remember(
    tx: AsyncConnection, ids: Sequence[IncidentId], channels: int, now: datetime
) -> None:
    """So many channels took them; their timelines say so."""
    for incident_id in ids:
        await tx.execute(insert_new(tx, backups).values(incident_id=incident_id, told_at=now))
    facts = {"channels": channels}
    events = [
        IncidentEvent(incident_id=incident_id, at=now, event="backup", facts=facts)
        for incident_id in ids
    ]
    await timeline.add_events(tx, events)
