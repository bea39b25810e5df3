"""Incidents and what happened in each."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.company import CompanyId, GatewayName
from bot.domain.incident import Ack, Incident, IncidentId
from bot.domain.session import Cause
from bot.domain.trouble import Severity, Symptom, Trouble
from storage.batches import parts, rows_of
from storage.tables import incident_events, incidents


@dataclass(frozen=True, kw_only=True)
class IncidentEvent:
    """One line of an incident's timeline."""

    incident_id: IncidentId
    at: datetime
    event: str
    facts: dict[str, Any]


def incident_from_row(row: Any) -> Incident:
    """A row of the table."""
    return Incident(
        id=IncidentId(row.id),
        trouble=Trouble(row.trouble),
        symptom=Symptom(row.symptom),
        severity=Severity(row.severity),
        gateway=GatewayName(row.gateway),
        company_id=CompanyId(row.company_id) if row.company_id else None,
        cause=None if row.cause is None else Cause(row.cause),
        facts=row.facts,
        began_at=row.began_at,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        version=row.version,
        ack=None if row.acked_at is None else Ack(row.acked_by, row.acked_at),
    )


def _values(incident: Incident) -> dict[str, Any]:
    return {
        "trouble": incident.trouble,
        "symptom": incident.symptom,
        "severity": incident.severity,
        "gateway": incident.gateway,
        "company_id": incident.company_id or "",
        "cause": incident.cause,
        "facts": incident.facts,
        "began_at": incident.began_at,
        "opened_at": incident.opened_at,
        "closed_at": incident.closed_at,
        "version": incident.version,
        "acked_by": None if incident.ack is None else incident.ack.by,
        "acked_at": None if incident.ack is None else incident.ack.at,
    }


async def open_ones(
    tx: AsyncConnection,
    *,
    gateway: GatewayName | None = None,
    company_id: CompanyId | None = None,
    among: Sequence[CompanyId] | None = None,
) -> list[Incident]:
    """The incidents that are still on, oldest first: all, or those of one gateway or companies."""
    query = select(incidents).where(incidents.c.closed_at.is_(None)).order_by(incidents.c.id)
    if gateway is not None:
        query = query.where(incidents.c.gateway == gateway)
    if company_id is not None:
        query = query.where(incidents.c.company_id == company_id)
    if among is not None:
        query = query.where(incidents.c.company_id.in_(among))
    return [incident_from_row(row) async for row in rows_of(tx, query)]


async def get_many(tx: AsyncConnection, ids: Sequence[IncidentId]) -> dict[IncidentId, Incident]:
    """Incidents by id; unknown ids are left out."""
    found: dict[IncidentId, Incident] = {}
    for part in parts(ids):
        for row in await tx.execute(select(incidents).where(incidents.c.id.in_(part))):
            found[IncidentId(row.id)] = incident_from_row(row)
    return found


async def on_again(tx: AsyncConnection, ids: Sequence[IncidentId]) -> set[IncidentId]:
    """Those of these incidents after whose end the same trouble has begun anew, and is on."""
    newer = incidents.alias("newer")
    same = and_(
        newer.c.trouble == incidents.c.trouble,
        newer.c.gateway == incidents.c.gateway,
        newer.c.company_id.is_not_distinct_from(incidents.c.company_id),
        newer.c.closed_at.is_(None),
    )
    query = select(incidents.c.id).join(newer, same).where(incidents.c.closed_at.is_not(None))
    found: set[IncidentId] = set()
    for part in parts(ids):
        found |= set((await tx.execute(query.where(incidents.c.id.in_(part)))).scalars())
    return found


async def add(tx: AsyncConnection, new: Sequence[Incident]) -> list[IncidentId]:
    """Store new, open incidents (their `id` is ignored); the ids they got, in the same order."""
    if not new:
        return []
    rows = [_values(incident) | {"told_at": incident.opened_at} for incident in new]
    await tx.execute(insert(incidents), rows)
    # In a storm less than half the time of RETURNING; each key has one open (uq_incidents_open).
    key = (incidents.c.trouble, incidents.c.gateway, incidents.c.company_id)
    query = select(incidents.c.id, *key).where(incidents.c.closed_at.is_(None))
    ids = {tuple(names): IncidentId(row_id) async for row_id, *names in rows_of(tx, query)}
    return [
        ids[incident.trouble.value, incident.gateway, incident.company_id or ""] for incident in new
    ]


async def put(tx: AsyncConnection, incident: Incident, *, was: int) -> bool:
    """Overwrite a stored incident that still is at version `was`; False when it has moved on.

    Whoever read it earlier then judges by something old, and has to look again.
    """
    where = (incidents.c.id == incident.id, incidents.c.version == was)
    done = await tx.execute(update(incidents).where(*where).values(_values(incident)))
    return done.rowcount == 1


async def move(tx: AsyncConnection, company_id: CompanyId, gateway: GatewayName) -> None:
    """The company is on another gateway: so are its open incidents."""
    where = (incidents.c.company_id == company_id, incidents.c.closed_at.is_(None))
    await tx.execute(update(incidents).where(*where).values(gateway=gateway))


async def openings_since(
    tx: AsyncConnection, moment: datetime
) -> dict[tuple[CompanyId | None, Trouble], list[datetime]]:
    """When the troubles of companies that are over by now have opened since a moment."""
    columns = (incidents.c.company_id, incidents.c.trouble, incidents.c.opened_at)
    where = (incidents.c.opened_at >= moment, incidents.c.closed_at.is_not(None))
    query = select(*columns).where(*where, incidents.c.company_id != "")
    found: dict[tuple[CompanyId | None, Trouble], list[datetime]] = {}
    for row in await tx.execute(query):
        key = (CompanyId(row.company_id), Trouble(row.trouble))
        found.setdefault(key, []).append(row.opened_at)
    return found


async def not_told_since(tx: AsyncConnection, moment: datetime) -> list[Incident]:
    """The open ones that nobody has taken on, and of which nothing was said aloud since."""
    where = (
        incidents.c.closed_at.is_(None),
        incidents.c.acked_at.is_(None),
        incidents.c.told_at <= moment,
    )
    query = select(incidents).where(*where).order_by(incidents.c.id)
    return [incident_from_row(row) for row in await tx.execute(query)]


async def set_told(tx: AsyncConnection, ids: Sequence[IncidentId], now: datetime) -> None:
    """They are told aloud now."""
    for some in parts(ids):
        where = incidents.c.id.in_(some)
        await tx.execute(update(incidents).where(where).values(told_at=now))


async def last_of(
    tx: AsyncConnection, company_id: CompanyId, trouble: Trouble, limit: int
) -> list[Incident]:
    """A company's last incidents of one kind, newest first."""
    where = (incidents.c.company_id == company_id, incidents.c.trouble == trouble)
    query = select(incidents).where(*where).order_by(incidents.c.id.desc()).limit(limit)
    return [incident_from_row(row) for row in await tx.execute(query)]


async def with_trouble_since(
    tx: AsyncConnection, gateway: GatewayName, trouble: Trouble, since: datetime
) -> set[CompanyId | None]:
    """Whose incidents of one kind are on, or were at some time from `since` on."""
    where = (
        incidents.c.gateway == gateway,
        incidents.c.trouble == trouble,
        or_(incidents.c.closed_at.is_(None), incidents.c.closed_at >= since),
    )
    found = await tx.execute(select(incidents.c.company_id).where(*where))
    return {CompanyId(row.company_id) if row.company_id else None for row in found}


async def add_events(tx: AsyncConnection, events: Sequence[IncidentEvent]) -> None:
    """Append to the timelines."""
    if events:
        await tx.execute(
            insert(incident_events),
            [
                {"incident_id": e.incident_id, "at": e.at, "event": e.event, "facts": e.facts}
                for e in events
            ],
        )


async def events_since(
    tx: AsyncConnection, ids: Sequence[IncidentId], events: Sequence[str], since: datetime
) -> Mapping[IncidentId, int]:
    """How many of these events each of these incidents has had, later than `since`."""
    rows = incident_events.c
    found: Counter[IncidentId] = Counter()
    for chunk in parts(ids):
        query = select(rows.incident_id, func.count()).where(
            rows.incident_id.in_(chunk), rows.event.in_(events), rows.at > since
        )
        for incident_id, count in await tx.execute(query.group_by(rows.incident_id)):
            found[IncidentId(incident_id)] = count
    return found


async def events_of(tx: AsyncConnection, incident_id: IncidentId) -> list[IncidentEvent]:
    """An incident's timeline, oldest first."""
    query = (
        select(incident_events)
        .where(incident_events.c.incident_id == incident_id)
        .order_by(incident_events.c.id)
    )
    return [
        IncidentEvent(incident_id=incident_id, at=row.at, event=row.event, facts=row.facts)
        for row in await tx.execute(query)
    ]


@dataclass(frozen=True, kw_only=True)
class VisibleIncidents:
    """Which incidents are meant: those of these companies, and of these gateways themselves."""

    company_ids: tuple[CompanyId, ...]
    gateways: tuple[GatewayName, ...] = ()


def _meant(seen: VisibleIncidents | None, *, only_open: bool) -> list[ColumnElement[bool]]:
    of = incidents.c
    where: list[ColumnElement[bool]] = [of.closed_at.is_(None)] if only_open else []
    if seen is not None:
        of_gateways = and_(of.company_id == "", of.gateway.in_(seen.gateways))
        where.append(or_(of.company_id.in_(seen.company_ids), of_gateways))
    return where


async def page(
    tx: AsyncConnection,
    seen: VisibleIncidents | None,
    *,
    only_open: bool,
    limit: int,
    offset: int = 0,
) -> list[Incident]:
    """Some incidents (None: of all), the newest first."""
    where = _meant(seen, only_open=only_open)
    query = select(incidents).where(*where).order_by(incidents.c.id.desc())
    rows = await tx.execute(query.limit(limit).offset(offset))
    return [incident_from_row(row) for row in rows]


async def count(tx: AsyncConnection, seen: VisibleIncidents | None, *, only_open: bool) -> int:
    """How many those are."""
    query = select(func.count()).select_from(incidents).where(*_meant(seen, only_open=only_open))
    return int((await tx.execute(query)).scalar_one())


async def before(
    tx: AsyncConnection, company_id: CompanyId, incident_id: IncidentId, limit: int
) -> list[Incident]:
    """A company's last incidents before one of them, newest first."""
    where = (incidents.c.company_id == company_id, incidents.c.id < incident_id)
    query = select(incidents).where(*where).order_by(incidents.c.id.desc()).limit(limit)
    return [incident_from_row(row) for row in await tx.execute(query)]


async def after(tx: AsyncConnection, last_id: int, limit: int) -> list[Incident]:
    """The incidents that follow one, oldest first."""
    query = select(incidents).where(incidents.c.id > last_id).order_by(incidents.c.id).limit(limit)
    return [incident_from_row(row) for row in await tx.execute(query)]
