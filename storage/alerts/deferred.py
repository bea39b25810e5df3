"""What chats are not told before their quiet hours are over."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.incident import IncidentId
from bot.domain.notice import ChatAddress, NoticeKind
from storage.alerts.outbox import address_from_row
from storage.tables import held


@dataclass(frozen=True)
class DeferredNotice:
    """A notice that waits for the end of the quiet hours of its chat."""

    address: ChatAddress
    incident_id: IncidentId
    kind: NoticeKind


async def add(tx: AsyncConnection, rows: Sequence[DeferredNotice]) -> None:
    """Hold these back."""
    if rows:
        await tx.execute(
            insert(held),
            [
                {
                    "chat_id": row.address.chat_id,
                    "thread_id": row.address.thread_id or 0,
                    "incident_id": row.incident_id,
                    "kind": row.kind,
                }
                for row in rows
            ],
        )


async def chats_with_any(tx: AsyncConnection) -> set[int]:
    """The chats for which something is held back."""
    return {row.chat_id for row in await tx.execute(select(held.c.chat_id).distinct())}


async def take(tx: AsyncConnection, chat_ids: Collection[int]) -> list[DeferredNotice]:
    """What was held back for these chats, oldest first; it is held no more."""
    where = held.c.chat_id.in_(chat_ids)
    rows = (await tx.execute(select(held).where(where).order_by(held.c.id))).all()
    await tx.execute(delete(held).where(where))
    return [
        DeferredNotice(address_from_row(row), IncidentId(row.incident_id), NoticeKind(row.kind))
        for row in rows
    ]
