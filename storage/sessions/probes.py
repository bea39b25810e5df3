"""The last probe of each company: one row, overwritten, which tells who is next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.company import CompanyId, GatewayName
from bot.domain.probe import ProbeOutcome
from bot.domain.session import State
from storage.sessions.companies import watched
from storage.sessions.states import LONGEST_WORK, WITH_STATE, working
from storage.sql import upsert
from storage.tables import companies, probes, rests, session_states


@dataclass(frozen=True, kw_only=True)
class LastProbe:
    """When a company was probed last, and what came of it."""

    at: datetime
    outcome: ProbeOutcome


@dataclass(frozen=True, kw_only=True)
class ProbeQueue:
    """The sessions of a gateway that may be probed, counted.

    `first` has waited longest, since `first_at`; that is None when it was never probed. `last_at`
    is the newest probe of any company of the gateway.
    """

    length: int
    first: CompanyId | None = None
    first_at: datetime | None = None
    last_at: datetime | None = None


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


async def queue(
    tx: AsyncConnection, gateway: GatewayName, stable_for: timedelta, now: datetime
) -> ProbeQueue:
    """Who may be probed: connected for so long, awake, and nobody is working on it."""
    probed = WITH_STATE.outerjoin(probes, probes.c.company_id == companies.c.id)
    ours = and_(watched(), companies.c.gateway == gateway)
    may = and_(
        ours,
        session_states.c.state == State.CONNECTED,
        session_states.c.since_at <= now - stable_for,
        companies.c.id.not_in(working(now - LONGEST_WORK)),
        companies.c.id.not_in(select(rests.c.company_id).where(rests.c.to_at.is_(None))),
    )
    last = select(func.max(probes.c.at)).select_from(probed).where(ours)
    length = select(func.count()).select_from(probed).where(may)
    first = (
        select(companies.c.id, probes.c.at)
        .select_from(probed)
        .where(may)
        .order_by(probes.c.at.nulls_first(), companies.c.id)
        .limit(1)
    )
    row = (await tx.execute(first)).first()
    return ProbeQueue(
        length=(await tx.execute(length)).scalar_one(),
        first=None if row is None else CompanyId(row.id),
        first_at=None if row is None else row.at,
        last_at=(await tx.execute(last)).scalar_one(),
    )
