"""How often each known line stood in a gateway's log, in slots of ten minutes, for a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.company import CompanyId, GatewayName
from bot.domain.log_pattern import LogPattern
from storage.sql import upsert_adding
from storage.tables import log_counts

SLOT_MINUTES = 10
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_KEYS = ("gateway", "company_id", "slot_at", "pattern")

Counted = Mapping[tuple[CompanyId | None, LogPattern], int]


@dataclass(frozen=True, kw_only=True)
class LogCount:
    """One pattern of one company; `company_id` is None for lines that name no company.

    `hour` and `day` are counts of the last hour and day, whole slots of ten minutes.
    """

    company_id: CompanyId | None
    pattern: LogPattern
    hour: int
    day: int
    last_at: datetime


async def add(tx: AsyncConnection, gateway: GatewayName, counted: Counted, now: datetime) -> None:
    """Add what was counted just now."""
    if not counted:
        return
    rows = [
        {
            "gateway": gateway,
            "company_id": company_id or "",
            "slot_at": _slot(now),
            "pattern": pattern,
            "n": n,
            "last_at": now,
        }
        for (company_id, pattern), n in counted.items()
    ]
    await tx.execute(upsert_adding(tx, log_counts, _KEYS, ("n",), ("last_at",)), rows)


async def lately(
    tx: AsyncConnection, now: datetime, *, gateway: GatewayName | None = None
) -> list[LogCount]:
    """The counts of the last day, of one gateway or of all."""
    hour_ago, day_ago = _slot(now - HOUR), _slot(now - DAY)
    in_hour = case((log_counts.c.slot_at > hour_ago, log_counts.c.n), else_=0)
    query = (
        select(
            log_counts.c.company_id,
            log_counts.c.pattern,
            func.sum(in_hour).label("hour"),
            func.sum(log_counts.c.n).label("day"),
            func.max(log_counts.c.last_at).label("last_at"),
        )
        .where(log_counts.c.slot_at > day_ago)
        .group_by(log_counts.c.company_id, log_counts.c.pattern)
        .order_by(log_counts.c.company_id, log_counts.c.pattern)
    )
    if gateway is not None:
        query = query.where(log_counts.c.gateway == gateway)
    found = (_from_row(row) for row in await tx.execute(query))
    return [count for count in found if count is not None]


async def forget(tx: AsyncConnection, now: datetime) -> None:
    """Drop what is older than a day."""
    await tx.execute(delete(log_counts).where(log_counts.c.slot_at <= _slot(now - DAY)))


def _from_row(row: Any) -> LogCount | None:
    """None for a pattern that this version no longer knows."""
    if row.pattern not in set(LogPattern):
        return None
    return LogCount(
        company_id=CompanyId(row.company_id) if row.company_id else None,
        pattern=LogPattern(row.pattern),
        hour=int(row.hour),
        day=int(row.day),
        last_at=row.last_at,
    )


def _slot(at: datetime) -> datetime:
    minute = at.minute - at.minute % SLOT_MINUTES
    return at.replace(minute=minute, second=0, microsecond=0)
