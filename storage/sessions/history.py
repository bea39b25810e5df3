"""What is remembered of companies over a stretch of time, in few statements for many companies."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.company import CompanyId, GatewayName
from bot.domain.incident import Incident
from bot.domain.report import Span, StateSpan
from bot.domain.session import State
from bot.domain.trouble import Symptom, Trouble
from storage.alerts.incidents import incident_from_row
from storage.tables import companies, file_counts, incidents, pairings, session_states

Counts = list[tuple[datetime, int]]

_PAIRED = "paired"  # how a pairing ends that is no Ending
_STATES = {state.value: state for state in State}


async def states(
    tx: AsyncConnection, ids: Sequence[CompanyId], begin: datetime, end: datetime
) -> Mapping[CompanyId, list[StateSpan]]:
    """The states that began from `begin` on, and the one before them, oldest first."""
    of = session_states.c
    columns = (of.company_id, of.state, of.since_at, of.until_at)
    found: defaultdict[CompanyId, list[StateSpan]] = defaultdict(list)
    for where in (_before(session_states, of.since_at, begin), _from(of.since_at, begin, end)):
        query = select(*columns).where(of.company_id.in_(ids), where)
        rows = await tx.execute(query.order_by(of.company_id, of.since_at))
        for company_id, state, since_at, until_at in rows.all():
            span = StateSpan(state=_STATES[state], begin=since_at, end=until_at)
            found[company_id].append(span)
    return found


async def connected_before(
    tx: AsyncConnection, ids: Sequence[CompanyId], moment: datetime
) -> set[CompanyId]:
    """Those that had been connected at least once before a moment."""
    was = exists().where(
        session_states.c.company_id == companies.c.id,
        session_states.c.since_at < moment,
        session_states.c.state == State.CONNECTED,
    )
    query = select(companies.c.id).where(companies.c.id.in_(ids), was)
    return {CompanyId(row.id) for row in await tx.execute(query)}


async def incidents_of(
    tx: AsyncConnection, ids: Sequence[CompanyId], begin: datetime, end: datetime
) -> Mapping[CompanyId, list[Incident]]:
    """The incidents that were open at some time within the stretch, oldest first."""
    query = (
        select(incidents)
        .where(incidents.c.company_id.in_(ids), *_open_within(begin, end))
        .order_by(incidents.c.id)
    )
    found: defaultdict[CompanyId, list[Incident]] = defaultdict(list)
    for row in await tx.execute(query):
        found[row.company_id].append(incident_from_row(row))
    return found


async def silences(
    tx: AsyncConnection, begin: datetime, end: datetime
) -> Mapping[GatewayName, list[Span]]:
    """When each gateway did not answer; one whose list alone failed did."""
    query = select(incidents.c.gateway, incidents.c.began_at, incidents.c.closed_at).where(
        incidents.c.trouble == Trouble.GATEWAY_UNREACHABLE,
        incidents.c.symptom != Symptom.LIST_FAILED,
        *_open_within(begin, end),
    )
    found: defaultdict[GatewayName, list[Span]] = defaultdict(list)
    for gateway, began_at, closed_at in (await tx.execute(query)).all():
        found[gateway].append(Span(begin=began_at, end=closed_at))
    return found


async def paired(
    tx: AsyncConnection, ids: Sequence[CompanyId], begin: datetime
) -> Mapping[CompanyId, list[datetime]]:
    """When each was paired, from `begin` on."""
    of = pairings.c
    query = select(of.company_id, of.ended_at).where(
        of.company_id.in_(ids), of.outcome == _PAIRED, of.ended_at >= begin
    )
    found: defaultdict[CompanyId, list[datetime]] = defaultdict(list)
    for company_id, ended_at in (await tx.execute(query)).all():
        found[company_id].append(ended_at)
    return found


async def files(
    tx: AsyncConnection, ids: Sequence[CompanyId], begin: datetime, end: datetime
) -> Mapping[CompanyId, Counts]:
    """The counts of files from `begin` on, and the one before them, oldest first."""
    of = file_counts.c
    found: defaultdict[CompanyId, Counts] = defaultdict(list)
    for where in (_before(file_counts, of.hour, begin), _from(of.hour, begin, end)):
        query = select(of.company_id, of.looked_at, of.total).where(of.company_id.in_(ids), where)
        for company_id, looked_at, total in await tx.execute(
            query.order_by(of.company_id, of.hour)
        ):
            found[company_id].append((looked_at, total))
    return found


async def baselines(tx: AsyncConnection, ids: Sequence[CompanyId]) -> Mapping[CompanyId, int]:
    """The learnt number of files of those that have one."""
    query = select(companies.c.id, companies.c.baseline_files).where(
        companies.c.id.in_(ids), companies.c.baseline_files.is_not(None)
    )
    return {CompanyId(row.id): row.baseline_files for row in await tx.execute(query)}


def _from(column: Any, begin: datetime, end: datetime) -> ColumnElement[bool]:
    return and_(column >= begin, column < end)


def _before(table: Table, column: Any, begin: datetime) -> ColumnElement[bool]:
    """Whether a row is its company's last before `begin`."""
    other = table.alias()
    last = (
        select(func.max(other.c[column.name]))
        .where(other.c.company_id == table.c.company_id, other.c[column.name] < begin)
        .correlate(table)
        .scalar_subquery()
    )
    return and_(column < begin, column == last)


def _open_within(begin: datetime, end: datetime) -> tuple[ColumnElement[bool], ...]:
    closed_at = incidents.c.closed_at
    return (incidents.c.opened_at < end, or_(closed_at.is_(None), closed_at > begin))
