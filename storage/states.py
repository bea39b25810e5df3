"""The states of sessions, as intervals: one row for each change, none for each look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.company import CompanyId, GatewayName
from bot.domain.files import CredsState
from bot.domain.observation import Known
from bot.domain.session import Cause, State
from storage.companies import chunks, company_from_row, watched
from storage.tables import companies, pairings, procedures, session_states

# Longer than any step or window takes: whatever lasts longer must not keep an alarm back.
LONGEST_WORK = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Change:
    """A session entered a state at `at`."""

    company_id: CompanyId
    state: State
    cause: Cause | None
    at: datetime


async def write(tx: AsyncConnection, changes: Sequence[Change]) -> None:
    """End the present interval of each company and begin the next."""
    if not changes:
        return
    now = changes[0].at
    for chunk in chunks([change.company_id for change in changes]):
        await tx.execute(
            update(session_states)
            .where(session_states.c.company_id.in_(chunk), session_states.c.until_at.is_(None))
            .values(until_at=now)
        )
    await tx.execute(
        insert(session_states),
        [
            {
                "company_id": change.company_id,
                "state": change.state,
                "cause": change.cause,
                "since_at": change.at,
            }
            for change in changes
        ],
    )


async def forget(tx: AsyncConnection, before: datetime) -> None:
    """Delete the intervals that ended before a moment; a present one stays, however old."""
    await tx.execute(delete(session_states).where(session_states.c.until_at < before))


async def cause_since(tx: AsyncConnection, company_id: CompanyId, since: datetime) -> Cause | None:
    """The cause of the present state, if that began at `since` or later."""
    query = select(session_states.c.cause).where(
        session_states.c.company_id == company_id,
        session_states.c.until_at.is_(None),
        session_states.c.since_at >= since,
    )
    cause = (await tx.execute(query)).scalar_one_or_none()
    return None if cause is None else Cause(cause)


async def known_of(tx: AsyncConnection, gateway: GatewayName | None, now: datetime) -> list[Known]:
    """What is remembered of each watched company of a gateway (None: of all), without incidents."""
    query = (
        select(companies, session_states.c.state, session_states.c.cause, session_states.c.since_at)
        .select_from(
            companies.outerjoin(
                session_states,
                and_(
                    session_states.c.company_id == companies.c.id,
                    session_states.c.until_at.is_(None),
                ),
            )
        )
        .where(watched())
        .order_by(companies.c.id)
    )
    if gateway is not None:
        query = query.where(companies.c.gateway == gateway)
    busy = await _busy(tx, now - LONGEST_WORK)
    return [_known_from_row(row, busy=row.id in busy) for row in await tx.execute(query)]


def _known_from_row(row: Any, *, busy: bool) -> Known:
    return Known(
        company=company_from_row(row),
        state=None if row.state is None else State(row.state),
        cause=None if row.cause is None else Cause(row.cause),
        since=row.since_at,
        down_since=row.down_since,
        was_connected=row.connected_at is not None,
        paired_at=row.paired_at,
        linked_phone=row.linked_phone,
        pairing=busy,
        creds=None if row.creds is None else CredsState(row.creds),
        copied_at=row.copied_at,
    )


async def _busy(tx: AsyncConnection, since: datetime) -> set[str]:
    """Companies that a person is pairing or resetting: what began before `since` hangs."""
    live = select(pairings.c.company_id).where(
        pairings.c.ended_at.is_(None), pairings.c.started_at > since
    )
    running = select(procedures.c.company_id).where(
        procedures.c.finished_at.is_(None), procedures.c.step_at > since
    )
    return {row.company_id for row in await tx.execute(live.union(running))}


async def reconnects_since(
    tx: AsyncConnection, gateway: GatewayName | None, since: datetime
) -> Mapping[CompanyId, int]:
    """How often each company became connected after having been away.

    The very first connection and those within two minutes of a proven pairing are no reconnects.
    """
    states = session_states
    query = (
        select(states.c.company_id, states.c.since_at, companies.c.paired_at, companies.c.added_at)
        .join(companies, companies.c.id == states.c.company_id)
        .where(states.c.state == State.CONNECTED, states.c.since_at >= since)
    )
    if gateway is not None:
        query = query.where(companies.c.gateway == gateway)
    first = await _first_connections(tx, since)
    counts: dict[CompanyId, int] = {}
    for row in await tx.execute(query):
        company_id = CompanyId(row.company_id)
        paired = row.paired_at
        by_pairing = paired is not None and abs((paired - row.since_at).total_seconds()) < 120
        if first.get(company_id) != row.since_at and not by_pairing:
            counts[company_id] = counts.get(company_id, 0) + 1
    return counts


async def _first_connections(tx: AsyncConnection, since: datetime) -> dict[CompanyId, datetime]:
    states = session_states
    query = (
        select(states.c.company_id, func.min(states.c.since_at).label("first_at"))
        .where(states.c.state == State.CONNECTED)
        .group_by(states.c.company_id)
        .having(func.min(states.c.since_at) >= since)
    )
    return {CompanyId(row.company_id): row.first_at for row in await tx.execute(query)}
