"""Who was let in, by whom, for what."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import Grant, Role, UserId
from bot.domain.company import CompanyId
from storage.tables import grants


def _from_row(row: Any) -> Grant:
    return Grant(
        user_id=UserId(row.user_id),
        role=Role(row.role),
        company_id=CompanyId(row.company_id) if row.company_id else None,
    )


async def of_user(tx: AsyncConnection, user_id: UserId) -> tuple[Grant, ...]:
    """The grants somebody holds now."""
    query = select(grants).where(grants.c.user_id == user_id, grants.c.revoked_at.is_(None))
    return tuple(_from_row(row) for row in await tx.execute(query.order_by(grants.c.id)))


async def all_ones(tx: AsyncConnection) -> list[Grant]:
    """Every grant that holds now."""
    query = select(grants).where(grants.c.revoked_at.is_(None)).order_by(grants.c.id)
    return [_from_row(row) for row in await tx.execute(query)]


async def add(tx: AsyncConnection, grant: Grant, granted_by: UserId, now: datetime) -> None:
    """Let somebody in; an earlier grant for the same companies is replaced, and kept as revoked."""
    await _revoke(
        tx, grant.user_id, granted_by, now, grants.c.company_id == (grant.company_id or "")
    )
    await tx.execute(
        insert(grants).values(
            user_id=grant.user_id,
            role=grant.role,
            company_id=grant.company_id or "",
            granted_by=granted_by,
            granted_at=now,
        )
    )


async def revoke_all(
    tx: AsyncConnection, user_id: UserId, revoked_by: UserId, now: datetime
) -> int:
    """Take back everything somebody was granted; how many grants that were."""
    return await _revoke(tx, user_id, revoked_by, now)


async def revoke_for_all(
    tx: AsyncConnection, user_id: UserId, revoked_by: UserId, now: datetime
) -> None:
    """Take back the grant for all companies, and leave those for single ones."""
    await _revoke(tx, user_id, revoked_by, now, grants.c.company_id == "")


async def _revoke(
    tx: AsyncConnection, user_id: UserId, revoked_by: UserId, now: datetime, *where: Any
) -> int:
    statement = (
        update(grants)
        .where(grants.c.user_id == user_id, grants.c.revoked_at.is_(None), *where)
        .values(revoked_by=revoked_by, revoked_at=now)
    )
    return (await tx.execute(statement)).rowcount
