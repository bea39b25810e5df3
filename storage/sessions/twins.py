"""Sessions of a company on gateways where it is not watched."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.company import CompanyId, GatewayName
from bot.domain.session import State
from storage.sql import upsert
from storage.tables import twins

_KEYS = ("company_id", "gateway")


@dataclass(frozen=True, kw_only=True)
class Twin:
    """How a second gateway had a company's session when it listed it last, at `seen_at`."""

    company_id: CompanyId
    gateway: GatewayName
    session_key: str
    state: State
    seen_at: datetime


async def put(
    tx: AsyncConnection,
    company_id: CompanyId,
    gateway: GatewayName,
    session_key: str,
    state: State,
    now: datetime,
) -> None:
    """Note it, over what was noted before."""
    values = {"session_key": session_key, "state": state.value, "seen_at": now}
    await tx.execute(
        upsert(tx, twins, _KEYS, tuple(values)).values(
            company_id=company_id, gateway=gateway, **values
        )
    )


async def forget(tx: AsyncConnection, company_id: CompanyId, gateway: GatewayName) -> None:
    """It is watched there, or there no more."""
    where = (twins.c.company_id == company_id, twins.c.gateway == gateway)
    await tx.execute(delete(twins).where(*where))


async def of_company(
    tx: AsyncConnection, company_id: CompanyId, but: GatewayName, since: datetime
) -> list[Twin]:
    """Those of a company on other gateways than this one, seen since a moment."""
    where = (twins.c.company_id == company_id, twins.c.gateway != but, twins.c.seen_at >= since)
    return [
        Twin(
            company_id=company_id,
            gateway=GatewayName(row.gateway),
            session_key=row.session_key,
            state=State(row.state),
            seen_at=row.seen_at,
        )
        for row in await tx.execute(select(twins).where(*where).order_by(twins.c.gateway))
    ]


async def by_gateway(tx: AsyncConnection, since: datetime) -> dict[GatewayName, list[CompanyId]]:
    """The companies that each gateway has a session of, and that are watched elsewhere."""
    found: dict[GatewayName, list[CompanyId]] = {}
    query = select(twins).where(twins.c.seen_at >= since).order_by(twins.c.company_id)
    for row in await tx.execute(query):
        found.setdefault(GatewayName(row.gateway), []).append(CompanyId(row.company_id))
    return found
