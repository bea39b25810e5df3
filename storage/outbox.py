"""What is still to be told, and to whom."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.incident import IncidentId
from bot.domain.notice import ChatAddress, Notice, NoticeKind
from storage.tables import chats, outbox


def address_from_row(row: Any) -> ChatAddress:
    """The columns `chat_id` and `thread_id`, 0 standing for no topic."""
    return ChatAddress(row.chat_id, row.thread_id or None)


async def add(
    tx: AsyncConnection,
    rows: Sequence[tuple[ChatAddress, IncidentId, NoticeKind]],
    now: datetime,
) -> None:
    """Put notices into the outbox."""
    if rows:
        await tx.execute(
            insert(outbox),
            [
                {
                    "chat_id": address.chat_id,
                    "thread_id": address.thread_id or 0,
                    "incident_id": incident_id,
                    "kind": kind,
                    "created_at": now,
                }
                for address, incident_id, kind in rows
            ],
        )


async def pending(tx: AsyncConnection, limit: int = 50_000) -> list[Notice]:
    """What has not been settled, oldest first; parked chats are left out."""
    query = (
        select(outbox)
        .outerjoin(chats, chats.c.chat_id == outbox.c.chat_id)
        .where(outbox.c.settled_at.is_(None), chats.c.parked_at.is_(None))
        .order_by(outbox.c.id)
        .limit(limit)
    )
    return [
        Notice(
            id=row.id,
            address=address_from_row(row),
            incident_id=IncidentId(row.incident_id),
            kind=NoticeKind(row.kind),
            created_at=row.created_at,
            attempts=row.attempts,
        )
        for row in await tx.execute(query)
    ]


async def pending_of(
    tx: AsyncConnection,
    address: ChatAddress,
    incident_ids: Sequence[IncidentId],
    kinds: Sequence[NoticeKind] = tuple(NoticeKind),
) -> list[int]:
    """The ids of what one chat or topic has still to be told about these incidents."""
    found: list[int] = []
    for start in range(0, len(incident_ids), 500):
        query = select(outbox.c.id).where(
            outbox.c.settled_at.is_(None),
            outbox.c.chat_id == address.chat_id,
            outbox.c.thread_id == (address.thread_id or 0),
            outbox.c.incident_id.in_(incident_ids[start : start + 500]),
            outbox.c.kind.in_(kinds),
        )
        found.extend(row.id for row in await tx.execute(query))
    return sorted(found)


async def settle(tx: AsyncConnection, ids: Sequence[int], outcome: str, now: datetime) -> None:
    """They are done with; `outcome` says how."""
    for start in range(0, len(ids), 500):
        await tx.execute(
            update(outbox)
            .where(outbox.c.id.in_(ids[start : start + 500]))
            .values(settled_at=now, outcome=outcome)
        )


async def count_attempt(tx: AsyncConnection, ids: Sequence[int]) -> None:
    """One more try has failed."""
    for start in range(0, len(ids), 500):
        await tx.execute(
            update(outbox)
            .where(outbox.c.id.in_(ids[start : start + 500]))
            .values(attempts=outbox.c.attempts + 1)
        )


async def forget_settled(tx: AsyncConnection, before: datetime) -> None:
    """Delete what was settled before a moment: the timeline keeps what matters of it."""
    await tx.execute(delete(outbox).where(outbox.c.settled_at < before))
