"""What is still to be told, and to whom."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, delete, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.incident import IncidentId
from bot.domain.notice import ChatAddress, Notice, NoticeKind
from storage.batches import parts
from storage.chats.chats import takes_messages
from storage.tables import chats, incidents, outbox

PENDING_LIMIT = 50_000
_KINDS = {kind.value: kind for kind in NoticeKind}
_NOTICE = (
    outbox.c.chat_id,
    outbox.c.thread_id,
    outbox.c.id,
    outbox.c.incident_id,
    outbox.c.kind,
    outbox.c.created_at,
    outbox.c.attempts,
)


def address_from_row(row: Any) -> ChatAddress:
    """The columns `chat_id` and `thread_id`, 0 standing for no topic."""
    return ChatAddress(row.chat_id, row.thread_id or None)


def address_maker() -> Callable[[int, int], ChatAddress]:
    """`address_from_row` for the two columns, which makes each address of a long result once."""
    return cache(lambda chat_id, thread_id: ChatAddress(chat_id, thread_id or None))


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


async def addresses_of(tx: AsyncConnection, incident_id: IncidentId) -> list[ChatAddress]:
    """Every chat that was told, or is still to be told, of an incident."""
    columns = (outbox.c.chat_id, outbox.c.thread_id)
    query = select(*columns).where(outbox.c.incident_id == incident_id).distinct()
    return [address_from_row(row) for row in await tx.execute(query)]


async def opened_at(
    tx: AsyncConnection, ids: Sequence[IncidentId]
) -> set[tuple[ChatAddress, IncidentId]]:
    """Which chats were told, or are still to be told, that these incidents began."""
    columns = (outbox.c.chat_id, outbox.c.thread_id, outbox.c.incident_id)
    found: set[tuple[ChatAddress, IncidentId]] = set()
    for some in parts(ids):
        part = outbox.c.incident_id.in_(some)
        query = select(*columns).where(part, outbox.c.kind == NoticeKind.OPENED).distinct()
        for row in await tx.execute(query):
            found.add((address_from_row(row), IncidentId(row.incident_id)))
    return found


async def pending(
    tx: AsyncConnection, now: datetime | None = None, limit: int = PENDING_LIMIT
) -> list[Notice]:
    """What has not been settled, oldest first; parked chats are left out.

    With `now` those are not that are due to be tried again.
    """
    query = (
        select(*_NOTICE)
        .select_from(outbox.outerjoin(chats, chats.c.chat_id == outbox.c.chat_id))
        .where(outbox.c.settled_at.is_(None), takes_messages(now))
        .order_by(outbox.c.id)
        .limit(limit)
    )
    return await _notices(tx, query)


async def extent(tx: AsyncConnection, now: datetime | None = None) -> tuple[int, int]:
    """How much `pending` would find, and the id of the last: the cheap way to see news."""
    query = (
        select(func.count(), func.coalesce(func.max(outbox.c.id), 0))
        .select_from(outbox.outerjoin(chats, chats.c.chat_id == outbox.c.chat_id))
        .where(outbox.c.settled_at.is_(None), takes_messages(now))
    )
    count, last_id = (await tx.execute(query)).one()
    return count, last_id


async def backlog(tx: AsyncConnection) -> tuple[int, datetime | None]:
    """How much `pending` would find, and since when the oldest of it waits."""
    query = (
        select(func.count(), func.min(outbox.c.created_at))
        .select_from(outbox.outerjoin(chats, chats.c.chat_id == outbox.c.chat_id))
        .where(outbox.c.settled_at.is_(None), chats.c.parked_at.is_(None))
    )
    count, oldest_at = (await tx.execute(query)).one()
    return count, oldest_at


async def pending_of(
    tx: AsyncConnection, addresses: Collection[ChatAddress], incident_ids: Sequence[IncidentId]
) -> list[Notice]:
    """What these chats and topics have still to be told about these incidents, oldest first."""
    found: list[Notice] = []
    chat_ids = sorted({address.chat_id for address in addresses})
    for some in parts(incident_ids):
        query = select(*_NOTICE).where(
            outbox.c.settled_at.is_(None),
            outbox.c.chat_id.in_(chat_ids),
            outbox.c.incident_id.in_(some),
        )
        found += [it for it in await _notices(tx, query) if it.address in addresses]
    return sorted(found, key=lambda notice: notice.id)


async def _notices(tx: AsyncConnection, query: Select[Any]) -> list[Notice]:
    """The answer to a query for `_NOTICE`."""
    address_of = address_maker()
    return [
        Notice(
            id=notice_id,
            address=address_of(chat_id, thread_id),
            incident_id=incident_id,
            kind=_KINDS[kind],
            created_at=created_at,
            attempts=attempts,
        )
        for chat_id, thread_id, notice_id, incident_id, kind, created_at, attempts in (
            (await tx.execute(query)).all()
        )
    ]


async def settle(tx: AsyncConnection, ids: Sequence[int], outcome: str, now: datetime) -> None:
    """They are done with; `outcome` says how."""
    for some in parts(ids):
        await tx.execute(
            update(outbox).where(outbox.c.id.in_(some)).values(settled_at=now, outcome=outcome)
        )


async def count_attempt(tx: AsyncConnection, ids: Sequence[int]) -> None:
    """One more try has failed."""
    for some in parts(ids):
        await tx.execute(
            update(outbox).where(outbox.c.id.in_(some)).values(attempts=outbox.c.attempts + 1)
        )


async def forget_settled(tx: AsyncConnection, before: datetime) -> None:
    """Delete what was settled before a moment, of incidents that are over."""
    over = exists().where(
        incidents.c.id == outbox.c.incident_id, incidents.c.closed_at.is_not(None)
    )
    await tx.execute(delete(outbox).where(outbox.c.settled_at < before, over))
