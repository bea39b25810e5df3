"""In which hours of which week messages came in to a session: a row a week, a bit an hour.

Weeks and bits are those of `bot.domain.habit`; the bits stand as hexadecimal digits.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import and_, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.company import CompanyId, GatewayName
from storage.batches import parts, rows_of
from storage.sessions.companies import watched
from storage.sql import upsert
from storage.tables import companies, heard_weeks


async def note(tx: AsyncConnection, ids: Collection[CompanyId], week: int, bits: int) -> None:
    """These heard something in the hours of these bits."""
    for chunk in parts(sorted(ids)):
        query = select(heard_weeks.c.company_id, heard_weeks.c.hours).where(
            heard_weeks.c.week == week, heard_weeks.c.company_id.in_(chunk)
        )
        before = {row.company_id: int(row.hours, 16) for row in await tx.execute(query)}
        rows = [
            {"company_id": id_, "week": week, "hours": f"{before.get(id_, 0) | bits:x}"}
            for id_ in chunk
        ]
        await tx.execute(upsert(tx, heard_weeks, ("company_id", "week"), ("hours",)), rows)


async def of_gateway(
    tx: AsyncConnection, gateway: GatewayName, since_week: int
) -> Mapping[CompanyId, dict[int, int]]:
    """The weeks of each watched company of a gateway that heard anything since."""
    query = (
        select(heard_weeks)
        .join(companies, companies.c.id == heard_weeks.c.company_id)
        .where(and_(watched(), companies.c.gateway == gateway, heard_weeks.c.week >= since_week))
    )
    found: dict[CompanyId, dict[int, int]] = {}
    async for row in rows_of(tx, query):
        found.setdefault(CompanyId(row.company_id), {})[row.week] = int(row.hours, 16)
    return found


async def forget(tx: AsyncConnection, before_week: int) -> None:
    """Delete the weeks before this one."""
    await tx.execute(delete(heard_weeks).where(heard_weeks.c.week < before_week))
