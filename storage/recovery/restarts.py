"""Restarts of gateways: at most one of each at a time, replicas included."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import UserId
from bot.domain.company import GatewayName
from storage.sql import insert_new
from storage.tables import restarts

LONGEST = timedelta(minutes=1)  # what a command may take


@dataclass(frozen=True, kw_only=True)
class RestartRow:
    """A restart that has ended."""

    id: int
    asked_by: UserId
    finished_at: datetime


async def begin(
    tx: AsyncConnection, gateway: GatewayName, asked_by: UserId, stale_after_s: float, now: datetime
) -> int | None:
    """Begin one; None while another runs. One older than `stale_after_s` died with its bot."""
    dead = now - timedelta(seconds=stale_after_s)
    await tx.execute(
        update(restarts)
        .where(restarts.c.finished_at.is_(None), restarts.c.started_at <= dead)
        .values(finished_at=now, outcome="interrupted")
    )
    statement = insert_new(tx, restarts).values(gateway=gateway, asked_by=asked_by, started_at=now)
    row = (await tx.execute(statement.returning(restarts.c.id))).first()
    return None if row is None else int(row.id)


async def finish(tx: AsyncConnection, restart_id: int, outcome: str, now: datetime) -> None:
    """It has ended."""
    await tx.execute(
        update(restarts).where(restarts.c.id == restart_id).values(finished_at=now, outcome=outcome)
    )


async def is_under_way(tx: AsyncConnection, gateway: GatewayName, since: datetime) -> bool:
    """Whether one is running, or ended well after `since`: then a silence is no surprise."""
    just_done = (restarts.c.finished_at > since) & (restarts.c.outcome == "done")
    query = select(restarts.c.id).where(
        restarts.c.gateway == gateway,
        restarts.c.started_at > since - LONGEST,
        restarts.c.finished_at.is_(None) | just_done,
    )
    return (await tx.execute(query.limit(1))).first() is not None


async def last_done(tx: AsyncConnection, gateway: GatewayName) -> RestartRow | None:
    """The last one of a gateway that ended well."""
    query = select(restarts).where(restarts.c.gateway == gateway, restarts.c.outcome == "done")
    row = (await tx.execute(query.order_by(restarts.c.id.desc()).limit(1))).first()
    if row is None:
        return None
    return RestartRow(id=row.id, asked_by=UserId(row.asked_by), finished_at=row.finished_at)


async def done_since(tx: AsyncConnection, gateway: GatewayName, since: datetime) -> bool:
    """Whether one has ended well since then."""
    query = select(restarts.c.id).where(
        restarts.c.gateway == gateway,
        restarts.c.finished_at >= since,
        restarts.c.outcome == "done",
    )
    return (await tx.execute(query.limit(1))).first() is not None
