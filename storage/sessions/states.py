"""The states of sessions, as intervals: one row for each change, none for each look."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    delete,
    exists,
    false,
    func,
    insert,
    not_,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import BOT_ITSELF
from bot.domain.calm_query import Calm
from bot.domain.company import CompanyId, GatewayName
from bot.domain.files import CredsState
from bot.domain.observation import CompanyStatus, Watched
from bot.domain.procedure import ProcedureKind
from bot.domain.session import Cause, State
from storage.alerts import rests
from storage.batches import parts, rows_of
from storage.sessions.companies import company_from_row, watched
from storage.tables import companies, incidents, pairings, procedures, session_states

# Longer than any step or window takes: whatever lasts longer must not keep an alarm back.
LONGEST_WORK = timedelta(minutes=10)

# Each company beside its present state, if it was ever looked at.
WITH_STATE = companies.outerjoin(
    session_states,
    and_(session_states.c.company_id == companies.c.id, session_states.c.until_at.is_(None)),
)
_KNOWN = select(
    companies, session_states.c.state, session_states.c.cause, session_states.c.since_at
).select_from(WITH_STATE)


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
    for chunk in parts(changes):
        ids = [change.company_id for change in chunk]
        await tx.execute(
            update(session_states)
            .where(session_states.c.company_id.in_(ids), session_states.c.until_at.is_(None))
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
                for change in chunk
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


async def known_of(
    tx: AsyncConnection,
    gateway: GatewayName | None,
    now: datetime,
    *,
    ids: Sequence[CompanyId] | None = None,
    restless: Calm | None = None,
) -> list[CompanyStatus]:
    """What is remembered of each watched company of a gateway (None: of all), without incidents.

    Of these `ids` alone, or of those alone that are `restless`: not as calm as that.
    """
    query = _KNOWN.where(watched()).order_by(companies.c.id)
    if gateway is not None:
        query = query.where(companies.c.gateway == gateway)
    if ids is not None:
        query = query.where(companies.c.id.in_(ids))
    if restless is not None:
        query = query.where(not_(_calm(restless, now)))
    return await _read(tx, query, now)


async def unwell(
    tx: AsyncConnection, silent: Collection[GatewayName], now: datetime
) -> list[CompanyStatus]:
    """What is remembered of each company that is not connected, or in trouble, or out of sight.

    Out of sight are all those of the `silent` gateways. Without incidents, as in `known_of`.
    """
    away = func.coalesce(session_states.c.state != State.CONNECTED, true())
    unseen = companies.c.gateway.in_(silent)
    query = _KNOWN.where(watched(), or_(away, companies.c.id.in_(_open_ones()), unseen))
    return await _read(tx, query, now)


async def _read(tx: AsyncConnection, query: Select[Any], now: datetime) -> list[CompanyStatus]:
    since = now - LONGEST_WORK
    busy, acted_at = await _busy(tx, since), await last_acts(tx, since)
    resting = rests.by_company(await rests.active(tx))
    return [
        replace(
            _known_from_row(row, busy=row.id in busy),
            acted_at=acted_at.get(row.id),
            rest=resting.get(row.id),
        )
        async for row in rows_of(tx, query)
    ]


async def calm_of(
    tx: AsyncConnection, gateway: GatewayName, calm: Calm, now: datetime
) -> list[Watched]:
    """The calm companies of a gateway; what that means is said in `bot.monitor.rules.calm`."""
    columns = (companies.c.id, companies.c.session_key, companies.c.linked_phone)
    query = (
        select(*columns)
        .select_from(WITH_STATE)
        .where(watched(), companies.c.gateway == gateway, _calm(calm, now))
    )
    return [
        Watched(id=company_id, session_key=key, phone=phone)
        async for company_id, key, phone in rows_of(tx, query)
    ]


def _calm(calm: Calm, now: datetime) -> ColumnElement[bool]:
    """The first three conditions of `bot.monitor.rules.calm`, as they are asked of the database."""
    agree = (
        or_(left.is_(None), right.is_(None), left == right)
        for left, right in ([companies.c[name] for name in pair] for pair in calm.agreeing)
    )
    held = and_(
        session_states.c.state == State.CONNECTED, session_states.c.since_at <= now - calm.after
    )
    return and_(
        func.coalesce(held, false()),  # of a company that was never looked at nothing is known
        companies.c.id.not_in(_open_ones()),
        companies.c.id.not_in(working(now - LONGEST_WORK)),
        *agree,
    )


def _open_ones() -> Select[Any]:
    """Companies that an open incident is about."""
    return select(incidents.c.company_id).where(incidents.c.closed_at.is_(None))


def _known_from_row(row: Any, *, busy: bool) -> CompanyStatus:
    return CompanyStatus(
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
    return {row.company_id for row in await tx.execute(working(since))}


def working(since: datetime) -> CompoundSelect[Any]:
    """Companies that a person is pairing or resetting: what began before `since` hangs."""
    live = select(pairings.c.company_id).where(
        pairings.c.ended_at.is_(None), pairings.c.started_at > since
    )
    running = select(procedures.c.company_id).where(
        procedures.c.finished_at.is_(None), procedures.c.step_at > since
    )
    return live.union(running)


async def last_acts(tx: AsyncConnection, since: datetime) -> Mapping[CompanyId, datetime]:
    """When something was done last to each session since a moment: by people, or a reset.

    What the bot does by itself with the keys that lie there explains no loss: it follows one.
    """
    by_bot = and_(
        procedures.c.asked_by == BOT_ITSELF, procedures.c.kind != ProcedureKind.RESET.value
    )
    done = select(
        procedures.c.company_id,
        func.coalesce(procedures.c.finished_at, procedures.c.step_at).label("at"),
    ).where(procedures.c.step_at > since, not_(by_bot))
    shown = select(
        pairings.c.company_id,
        func.coalesce(pairings.c.ended_at, pairings.c.started_at).label("at"),
    ).where(or_(pairings.c.started_at > since, pairings.c.ended_at > since))
    found: dict[CompanyId, datetime] = {}
    for row in await tx.execute(done.union_all(shown)):
        company_id = CompanyId(row.company_id)
        found[company_id] = max(found.get(company_id, row.at), row.at)
    return found


async def reconnects_since(
    tx: AsyncConnection,
    gateway: GatewayName | None,
    since: datetime,
    ids: Sequence[CompanyId] | None = None,
) -> Mapping[CompanyId, int]:
    """How often each company, or each of these `ids`, became connected after having been away.

    The very first connection and those within two minutes of a proven pairing are no reconnects.
    """
    states, earlier = session_states, session_states.alias()
    before = exists().where(
        earlier.c.company_id == states.c.company_id,
        earlier.c.state == State.CONNECTED,
        earlier.c.since_at < states.c.since_at,
    )
    query = (
        select(states.c.company_id, states.c.since_at, companies.c.paired_at)
        .join(companies, companies.c.id == states.c.company_id)
        .where(states.c.state == State.CONNECTED, states.c.since_at >= since, before)
    )
    if gateway is not None:
        query = query.where(companies.c.gateway == gateway)
    if ids is not None:
        query = query.where(states.c.company_id.in_(ids))
    counts: dict[CompanyId, int] = {}
    for row in await tx.execute(query):
        company_id, paired = CompanyId(row.company_id), row.paired_at
        if paired is None or abs((paired - row.since_at).total_seconds()) >= 120:
            counts[company_id] = counts.get(company_id, 0) + 1
    return counts
