"""All companies in one order, the worst first: sorted and counted by the database, not here.

The order is that of `Known.rank`.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Label, Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.company import CompanyId, GatewayName
from bot.domain.session import WORST_FIRST, State
from bot.domain.trouble import Severity
from storage.sessions.companies import watched
from storage.sessions.states import WITH_STATE
from storage.sql import bytewise
from storage.tables import companies, incidents, session_states

Only = Collection[CompanyId] | None  # None: all there are

_NONE = -1  # no incident, no state yet
_WELL = (_NONE, WORST_FIRST.index(State.CONNECTED))
_UNSEEN = (_NONE, _NONE)

_RANKS = {severity.value: severity.rank for severity in Severity}
_open_ones = (
    select(
        incidents.c.company_id,
        func.max(case(_RANKS, value=incidents.c.severity)).label("severity"),
    )
    .where(incidents.c.closed_at.is_(None))
    .group_by(incidents.c.company_id)
    .subquery()
)


@dataclass(frozen=True, kw_only=True)
class GatewayCompanies:
    """The companies of one gateway.

    `well` are connected and untroubled, `unseen` untroubled and never looked at.
    """

    gateway: GatewayName
    total: int
    well: int
    unseen: int


async def shares(tx: AsyncConnection, only: Only) -> list[GatewayCompanies]:
    """How it stands at each gateway that has a company, the one with the worst first."""
    severity, state = _severity(), _state()
    first = func.min(bytewise(tx, companies.c.id))
    query = (
        _select(only, companies.c.gateway, severity, state, func.count().label("n"))
        .group_by(companies.c.gateway, severity, state)
        .order_by(severity.desc(), state, first)
    )
    total: Counter[str] = Counter()
    alike: Counter[tuple[str, int, int]] = Counter()
    for row in await tx.execute(query):
        total[row.gateway] += row.n
        alike[row.gateway, row.severity, row.state] += row.n
    return [
        GatewayCompanies(
            gateway=GatewayName(name),
            total=number,
            well=alike[name, *_WELL],
            unseen=alike[name, *_UNSEEN],
        )
        for name, number in total.items()
    ]


async def by_state(tx: AsyncConnection, only: Only) -> dict[GatewayName, Counter[State | None]]:
    """How many companies of each gateway are in each state; None: never looked at."""
    query = _select(only, companies.c.gateway, session_states.c.state, func.count().label("n"))
    query = query.group_by(companies.c.gateway, session_states.c.state)
    found: dict[GatewayName, Counter[State | None]] = {}
    for row in await tx.execute(query):
        state = None if row.state is None else State(row.state)
        found.setdefault(GatewayName(row.gateway), Counter())[state] = row.n
    return found


async def page(tx: AsyncConnection, only: Only, start: int, size: int) -> list[CompanyId]:
    """`size` companies from the place `start` on, which counts from 0."""
    order = (_severity().desc(), _state(), bytewise(tx, companies.c.id))
    query = _select(only, companies.c.id).order_by(*order).offset(start).limit(size)
    return [CompanyId(row.id) for row in await tx.execute(query)]


def _severity() -> Label[int]:
    """Of the worst open incident."""
    return func.coalesce(_open_ones.c.severity, _NONE).label("severity")


def _state() -> Label[int]:
    places = {state.value: place for place, state in enumerate(WORST_FIRST)}
    return case(places, value=session_states.c.state, else_=_NONE).label("state")


def _select(only: Only, *columns: ColumnElement[Any]) -> Select[Any]:
    with_incidents = WITH_STATE.outerjoin(_open_ones, _open_ones.c.company_id == companies.c.id)
    query = select(*columns).select_from(with_incidents).where(watched())
    return query if only is None else query.where(companies.c.id.in_(only))
