"""How often each gateway has pushed, and when it did so last."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.company import GatewayName
from storage.sql import upsert_adding
from storage.tables import pushes


@dataclass(frozen=True, kw_only=True)
class Pushes:
    """The events of one gateway that were taken."""

    count: int
    last_at: datetime


async def count(tx: AsyncConnection, gateway: GatewayName, more: int, now: datetime) -> None:
    """So many more have come."""
    values = {"gateway": gateway, "n": more, "last_at": now}
    statement = upsert_adding(tx, pushes, ("gateway",), ("n",), ("last_at",))
    await tx.execute(statement.values(values))


async def by_gateway(tx: AsyncConnection) -> Mapping[GatewayName, Pushes]:
    """Those of each gateway that has ever pushed."""
    return {
        GatewayName(row.gateway): Pushes(count=row.n, last_at=row.last_at)
        for row in await tx.execute(select(pushes))
    }
