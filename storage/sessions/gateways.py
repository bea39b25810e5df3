"""How each gateway answered last: one row each, overwritten at every look."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.company import GatewayName
from storage.sql import upsert
from storage.tables import gateways


@dataclass(frozen=True, kw_only=True)
class GatewayLook:
    """The last look at a gateway.

    `failures` counts failed looks in a row; `since_at` is the moment the present row of good or of
    failed looks began; `reason` is why the last one failed. `left_out` counts the sessions that it
    lists and nobody watches, as there are too many; only `leave_out` changes it. Of the sessions
    `listed` so many are `watched`, and so many have an `unfit` name; only `count` changes these.
    """

    name: GatewayName
    failures: int
    since_at: datetime
    last_look_at: datetime
    last_ok_at: datetime | None
    reason: str = ""
    left_out: int = 0
    listed: int = 0
    watched: int = 0
    unfit: int = 0


async def get(tx: AsyncConnection, name: GatewayName) -> GatewayLook | None:
    """The last look, or None before the first."""
    return next((look for look in await all_looks(tx) if look.name == name), None)


async def all_looks(tx: AsyncConnection) -> list[GatewayLook]:
    """The last look at each gateway."""
    return [
        GatewayLook(
            name=GatewayName(row.name),
            failures=row.failures,
            since_at=row.since_at,
            last_look_at=row.last_look_at,
            last_ok_at=row.last_ok_at,
            reason=row.reason,
            left_out=row.left_out,
            listed=row.listed,
            watched=row.watched,
            unfit=row.unfit,
        )
        for row in await tx.execute(select(gateways).order_by(gateways.c.name))
    ]


async def forget(tx: AsyncConnection, name: GatewayName) -> None:
    """It was taken out of the settings."""
    await tx.execute(delete(gateways).where(gateways.c.name == name))


async def put(tx: AsyncConnection, look: GatewayLook) -> None:
    """Overwrite the last look."""
    columns = ("failures", "since_at", "last_look_at", "last_ok_at", "reason")
    values = {name: getattr(look, name) for name in ("name", *columns)}
    await tx.execute(upsert(tx, gateways, ("name",), columns).values(values))


async def leave_out(tx: AsyncConnection, name: GatewayName, count: int) -> None:
    """So many sessions that it lists are not watched."""
    changed = (gateways.c.name == name, gateways.c.left_out != count)
    await tx.execute(update(gateways).where(*changed).values(left_out=count))


async def count(
    tx: AsyncConnection, name: GatewayName, *, listed: int, watched: int, unfit: int
) -> None:
    """So many sessions it lists, so many of these are watched, so many can never be."""
    values = {"listed": listed, "watched": watched, "unfit": unfit}
    changed = or_(*(gateways.c[column] != value for column, value in values.items()))
    await tx.execute(update(gateways).where(gateways.c.name == name, changed).values(**values))


async def touch(tx: AsyncConnection) -> None:
    """Write what is there already: the cheapest proof that the database can be written."""
    await tx.execute(update(gateways).values(failures=gateways.c.failures))
