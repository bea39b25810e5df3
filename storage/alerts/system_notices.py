"""What is still to be told apart from incidents, and to whom."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.company import CompanyId, GatewayName
from bot.domain.notice import ChatAddress
from bot.domain.system_notice import PendingSystemNotice, SystemNotice, SystemNoticeKind
from storage.alerts.outbox import address_from_row
from storage.chats.chats import takes_messages
from storage.tables import chats, remarks

_JOINED = remarks.outerjoin(chats, chats.c.chat_id == remarks.c.chat_id)
PENDING_LIMIT = 5_000


async def add(
    tx: AsyncConnection,
    addresses: Iterable[ChatAddress],
    system_notice: SystemNotice,
    now: datetime,
) -> None:
    """Put a system notice into the outbox, for each of these chats."""
    rows = [
        {
            "chat_id": address.chat_id,
            "thread_id": address.thread_id or 0,
            "kind": system_notice.kind,
            "facts": dict(system_notice.facts),
            "company_id": system_notice.company_id or "",
            "gateway": system_notice.gateway or "",
            "created_at": now,
        }
        for address in dict.fromkeys(addresses)
    ]
    if rows:
        await tx.execute(insert(remarks), rows)


async def was_made(tx: AsyncConnection, system_notice: SystemNotice) -> bool:
    """Whether the same has been said of this company and gateway before."""
    same = (
        remarks.c.kind == system_notice.kind,
        remarks.c.company_id == (system_notice.company_id or ""),
        remarks.c.gateway == (system_notice.gateway or ""),
    )
    return (await tx.execute(select(remarks.c.id).where(*same).limit(1))).first() is not None


async def of_kind(
    tx: AsyncConnection, kind: SystemNoticeKind, since: datetime | None = None
) -> list[PendingSystemNotice]:
    """Those of a kind that wait; with `since` also those made from then on."""
    waits = remarks.c.settled_at.is_(None)
    wanted = waits if since is None else or_(waits, remarks.c.created_at >= since)
    query = select(remarks).where(remarks.c.kind == kind, wanted).order_by(remarks.c.id)
    return [_from_row(row) for row in await tx.execute(query)]


async def last_at(tx: AsyncConnection, kind: SystemNoticeKind) -> datetime | None:
    """When a system notice of this kind was made last; None where none is remembered."""
    query = select(func.max(remarks.c.created_at)).where(remarks.c.kind == kind)
    found: datetime | None = (await tx.execute(query)).scalar_one()
    return found


async def pending(tx: AsyncConnection, now: datetime | None = None) -> list[PendingSystemNotice]:
    """What has not been settled, oldest first; parked chats are left out.

    With `now` those are not that are due to be tried again.
    """
    query = (
        select(remarks)
        .select_from(_JOINED)
        .where(remarks.c.settled_at.is_(None), takes_messages(now))
        .order_by(remarks.c.id)
        .limit(PENDING_LIMIT)
    )
    return [_from_row(row) for row in await tx.execute(query)]


async def extent(tx: AsyncConnection, now: datetime | None = None) -> tuple[int, int]:
    """How much `pending` would find, and the id of the last."""
    columns = (func.count(), func.coalesce(func.max(remarks.c.id), 0))
    count, last_id = (
        await tx.execute(
            select(*columns)
            .select_from(_JOINED)
            .where(remarks.c.settled_at.is_(None), takes_messages(now))
        )
    ).one()
    return count, last_id


async def settle(tx: AsyncConnection, ids: Sequence[int], outcome: str, now: datetime) -> None:
    """They are done with; `outcome` says how."""
    if ids:
        values = {"settled_at": now, "outcome": outcome[:40]}
        await tx.execute(update(remarks).where(remarks.c.id.in_(ids)).values(values))


async def count_attempt(tx: AsyncConnection, ids: Sequence[int]) -> None:
    """One more try has failed."""
    if ids:
        more = {"attempts": remarks.c.attempts + 1}
        await tx.execute(update(remarks).where(remarks.c.id.in_(ids)).values(more))


async def forget_settled(tx: AsyncConnection, before: datetime) -> None:
    """Delete what was settled before a moment."""
    await tx.execute(delete(remarks).where(remarks.c.settled_at < before))


def _from_row(row: Any) -> PendingSystemNotice:
    return PendingSystemNotice(
        id=row.id,
        address=address_from_row(row),
        system_notice=SystemNotice(
            kind=SystemNoticeKind(row.kind),
            facts=row.facts,
            company_id=CompanyId(row.company_id) if row.company_id else None,
            gateway=GatewayName(row.gateway) if row.gateway else None,
        ),
        created_at=row.created_at,
        attempts=row.attempts,
    )
