"""Names of people seen, and when a stranger was last answered."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import UserId
from storage.sql import insert_new, upsert
from storage.tables import people


async def remember(tx: AsyncConnection, user_id: UserId, name: str) -> None:
    """Keep the name somebody shows now."""
    await tx.execute(upsert(tx, people, ("user_id",), ("name",)).values(user_id=user_id, name=name))


async def name_of(tx: AsyncConnection, user_id: UserId) -> str | None:
    """The name somebody has shown last; None where nobody was seen under this id."""
    name: str | None = (
        await tx.execute(select(people.c.name).where(people.c.user_id == user_id))
    ).scalar()
    return name


async def names(tx: AsyncConnection) -> dict[UserId, str]:
    """Every name that is known."""
    query = select(people.c.user_id, people.c.name)
    return {UserId(row.user_id): row.name for row in await tx.execute(query)}


async def may_tell_stranger(
    tx: AsyncConnection, user_id: UserId, not_since: datetime, now: datetime
) -> bool:
    """True, once, when the stranger has not been answered since `not_since`; notes the answer."""
    await tx.execute(insert_new(tx, people).values(user_id=user_id, name=""))
    stranger_told_at = people.c.stranger_told_at
    statement = (
        update(people)
        .where(
            people.c.user_id == user_id, stranger_told_at.is_(None) | (stranger_told_at < not_since)
        )
        .values(stranger_told_at=now)
    )
    return (await tx.execute(statement)).rowcount > 0
