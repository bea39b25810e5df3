"""What is muted, until when, and by whom."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.company import CompanyId
from bot.domain.mute import Mute
from storage.sql import upsert
from storage.tables import muted_spans, mutes


async def put(tx: AsyncConnection, mute: Mute, user_id: int) -> None:
    """Mute, or change until when."""
    change = ("until_at", "muted_by", "name", "muted_at")
    await tx.execute(
        upsert(tx, mutes, ("company_id",), change).values(
            company_id=mute.company_id or "",
            until_at=mute.until_at,
            muted_by=user_id,
            name=mute.by,
            muted_at=mute.muted_at,
        )
    )
    await _cut(tx, mute.company_id, mute.muted_at)
    span = {"from_at": mute.muted_at, "to_at": mute.until_at}
    await tx.execute(insert(muted_spans).values(company_id=mute.company_id or "", **span))


async def remove(tx: AsyncConnection, company_id: CompanyId | None, now: datetime) -> bool:
    """End a mute; False when there was none."""
    await _cut(tx, company_id, now)
    statement = delete(mutes).where(mutes.c.company_id == (company_id or ""))
    return (await tx.execute(statement)).rowcount > 0


async def _cut(tx: AsyncConnection, company_id: CompanyId | None, at: datetime) -> None:
    """What was muted for longer ends now."""
    where = (muted_spans.c.company_id == (company_id or ""), muted_spans.c.to_at > at)
    await tx.execute(update(muted_spans).where(*where).values(to_at=at))


async def spans(
    tx: AsyncConnection, begin: datetime, end: datetime
) -> dict[CompanyId | None, list[tuple[datetime, datetime]]]:
    """When each company, or all of them (None), was muted within a stretch."""
    query = select(muted_spans).where(muted_spans.c.to_at > begin, muted_spans.c.from_at < end)
    found: dict[CompanyId | None, list[tuple[datetime, datetime]]] = {}
    for row in await tx.execute(query.order_by(muted_spans.c.id)):
        company_id = CompanyId(row.company_id) if row.company_id else None
        found.setdefault(company_id, []).append((row.from_at, row.to_at))
    return found


async def active(tx: AsyncConnection, now: datetime) -> list[Mute]:
    """What is muted at this moment."""
    query = select(mutes).where(mutes.c.until_at > now).order_by(mutes.c.company_id)
    return [_from_row(row) for row in await tx.execute(query)]


async def over(tx: AsyncConnection, now: datetime) -> list[Mute]:
    """Mutes whose time is over, and which nobody has ended yet."""
    query = select(mutes).where(mutes.c.until_at <= now).order_by(mutes.c.company_id)
    return [_from_row(row) for row in await tx.execute(query)]


def _from_row(row: Any) -> Mute:
    return Mute(
        company_id=CompanyId(row.company_id) if row.company_id else None,
        until_at=row.until_at,
        by=row.name,
        muted_at=row.muted_at,
    )
