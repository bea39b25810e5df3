"""The last probe of each company: one row, overwritten."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.company import CompanyId
from bot.domain.probe import ProbeOutcome
from storage.statements import upsert
from storage.tables import probes


@dataclass(frozen=True, kw_only=True)
class LastProbe:
    """When a company was probed last, and what came of it."""

    at: datetime
    outcome: ProbeOutcome


async def put(
    tx: AsyncConnection, company_id: CompanyId, outcome: ProbeOutcome, now: datetime
) -> None:
    """Overwrite the last probe."""
    values = {"company_id": company_id, "at": now, "outcome": outcome}
    await tx.execute(upsert(tx, probes, ("company_id",), ("at", "outcome")).values(values))


async def last_ones(tx: AsyncConnection) -> Mapping[CompanyId, LastProbe]:
    """The last probe of each company that ever was probed."""
    return {
        CompanyId(row.company_id): LastProbe(at=row.at, outcome=ProbeOutcome(row.outcome))
        for row in await tx.execute(select(probes))
    }
