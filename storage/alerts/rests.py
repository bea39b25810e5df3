"""Which companies are at rest, since when, and by whom; and which were."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.company import CompanyId
from bot.domain.rest import Rest
from storage.tables import rests

Spans = dict[CompanyId, list[tuple[datetime, datetime | None]]]

_PRESENT = rests.c.to_at.is_(None)


async def begin(tx: AsyncConnection, rest: Rest, user_id: int) -> None:
    """Put a company to rest that is not; whoever calls has made sure of that in this `tx`."""
    values = {"rested_by": user_id, "name": rest.by, "from_at": rest.since_at}
    await tx.execute(insert(rests).values(company_id=rest.company_id, **values))


async def end(tx: AsyncConnection, company_id: CompanyId, now: datetime) -> Rest | None:
    """End a rest: the one that was; None when there was none."""
    present = await of_company(tx, company_id)
    where = (rests.c.company_id == company_id, _PRESENT)
    done = await tx.execute(update(rests).where(*where).values(to_at=now))
    return present if done.rowcount else None


async def of_company(tx: AsyncConnection, company_id: CompanyId) -> Rest | None:
    """The rest of a company, if it is at rest now."""
    query = select(rests).where(rests.c.company_id == company_id, _PRESENT)
    row = (await tx.execute(query)).first()
    return None if row is None else _from_row(row)


async def active(tx: AsyncConnection) -> list[Rest]:
    """Who is at rest at this moment, by id."""
    query = select(rests).where(_PRESENT).order_by(rests.c.company_id)
    return [_from_row(row) for row in await tx.execute(query)]


async def spans(tx: AsyncConnection, begin: datetime, end: datetime) -> Spans:
    """When each company was at rest within a stretch; None: it still is."""
    lasts = or_(_PRESENT, rests.c.to_at > begin)
    found: Spans = {}
    for row in await tx.execute(
        select(rests).where(lasts, rests.c.from_at < end).order_by(rests.c.id)
    ):
        found.setdefault(CompanyId(row.company_id), []).append((row.from_at, row.to_at))
    return found


def by_company(rests: Sequence[Rest]) -> dict[CompanyId, Rest]:
    """Each by its company."""
    return {rest.company_id: rest for rest in rests}


def _from_row(row: Any) -> Rest:
    return Rest(company_id=CompanyId(row.company_id), since_at=row.from_at, by=row.name)
