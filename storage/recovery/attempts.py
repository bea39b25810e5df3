"""What the bot did by itself, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from bot.domain.company import CompanyId
from bot.domain.incident import IncidentId
from storage.batches import parts
from storage.database import Transaction
from storage.tables import attempts


@dataclass(frozen=True, kw_only=True)
class AttemptRow:
    """One automatic act. `outcome` is None until it has ended."""

    id: int
    incident_id: IncidentId
    company_id: CompanyId
    rung: str
    at: datetime
    outcome: str | None


async def begin(
    tx: Transaction, incident_id: IncidentId, company_id: CompanyId, rung: str, now: datetime
) -> int:
    """Note an act before it is done; its id."""
    statement = insert(attempts).values(
        incident_id=incident_id, company_id=company_id, rung=rung, at=now
    )
    return int((await tx.execute(statement.returning(attempts.c.id))).scalar_one())


async def finish(tx: Transaction, attempt_id: int, outcome: str) -> None:
    """Note what came of it."""
    await tx.execute(update(attempts).where(attempts.c.id == attempt_id).values(outcome=outcome))


async def of_incidents(
    tx: Transaction, ids: Sequence[IncidentId]
) -> dict[IncidentId, list[AttemptRow]]:
    """The acts in each of these incidents, oldest first."""
    found: dict[IncidentId, list[AttemptRow]] = {}
    for some in parts(ids):
        where = attempts.c.incident_id.in_(some)
        for row in await tx.execute(select(attempts).where(where).order_by(attempts.c.id)):
            found.setdefault(IncidentId(row.incident_id), []).append(_from_row(row))
    return found


async def unfinished(tx: Transaction) -> list[AttemptRow]:
    """Those that go on, or were cut off, oldest first."""
    query = select(attempts).where(attempts.c.outcome.is_(None)).order_by(attempts.c.id)
    return [_from_row(row) for row in await tx.execute(query)]


async def count_since(tx: Transaction, rung: str, since: datetime) -> dict[CompanyId, int]:
    """How often this was done to each company since a moment."""
    query = (
        select(attempts.c.company_id, func.count().label("n"))
        .where(attempts.c.rung == rung, attempts.c.at >= since)
        .group_by(attempts.c.company_id)
    )
    return {CompanyId(row.company_id): row.n for row in await tx.execute(query)}


def _from_row(row: Any) -> AttemptRow:
    return AttemptRow(
        id=row.id,
        incident_id=IncidentId(row.incident_id),
        company_id=CompanyId(row.company_id),
        rung=row.rung,
        at=row.at,
        outcome=row.outcome,
    )
