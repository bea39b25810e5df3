"""When nobody watched: one row for each time the bot did not run."""

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.absence import Absence
from storage.tables import absences


async def add(tx: AsyncConnection, absence: Absence) -> None:
    """Remember it."""
    await tx.execute(insert(absences).values(from_at=absence.from_at, to_at=absence.to_at))


async def since(tx: AsyncConnection, moment: datetime) -> list[Absence]:
    """Those that reach beyond a moment, oldest first; they may have begun before it."""
    query = select(absences).where(absences.c.to_at > moment).order_by(absences.c.from_at)
    return [Absence(from_at=row.from_at, to_at=row.to_at) for row in await tx.execute(query)]
