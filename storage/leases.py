"""Leases on roles: which replica holds which, and until when by the database's own clock.

A lease is taken by a statement that finds it free, never by reading first and writing later; what
another replica is just about to take is passed over, not waited for.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Float, cast, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.sql import insert_new
from storage.tables import leases

# Whoever waits for a role holds this one, so that the others can count the hands there are.
PRESENT = "present:"


@dataclass(frozen=True, kw_only=True)
class Lease:
    """One role in one replica's hands."""

    role: str
    holder: str
    until_s: float


async def now_s(tx: AsyncConnection) -> float:
    """Seconds since 1970 by the database's clock: the only clock that every replica reads."""
    moment: ColumnElement[Any] = (func.julianday("now") - 2440587.5) * 86400.0
    if tx.dialect.name == "postgresql":
        moment = func.extract("epoch", func.clock_timestamp())
    return float((await tx.execute(select(cast(moment, Float(53))))).scalar_one())


async def all_ones(tx: AsyncConnection) -> list[Lease]:
    """Every lease, those that have run out included."""
    rows = await tx.execute(select(leases).order_by(leases.c.duty))
    return [Lease(role=row.duty, holder=row.holder, until_s=row.until_s) for row in rows]


async def take(
    tx: AsyncConnection, role: str, holder: str, *, now_s: float, until_s: float
) -> bool:
    """Take a role that nobody holds, or renew one's own; False when another holds it."""
    new = insert_new(tx, leases).values(duty=role, holder=holder, until_s=until_s)
    if (await tx.execute(new.returning(leases.c.duty))).first() is not None:
        return True
    free = or_(leases.c.holder == holder, leases.c.until_s <= now_s)
    found = select(leases.c.duty).where(leases.c.duty == role, free)
    if (await tx.execute(found.with_for_update(skip_locked=True))).first() is None:
        return False
    change = update(leases).where(leases.c.duty == role, free)
    return (await tx.execute(change.values(holder=holder, until_s=until_s))).rowcount > 0


async def give_back(tx: AsyncConnection, roles: Collection[str], holder: str) -> None:
    """Let others take these at once."""
    await tx.execute(
        delete(leases).where(leases.c.duty.in_(list(roles)), leases.c.holder == holder)
    )


def hands(all_leases: Sequence[Lease], now_s: float) -> int:
    """How many replicas are alive."""
    return sum(
        1 for lease in all_leases if lease.role.startswith(PRESENT) and lease.until_s > now_s
    )
