"""Resets and restores, each with the step it has reached: what a crash must not forget."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, false, func, not_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import UserId
from bot.domain.company import CompanyId
from bot.domain.notice import ChatAddress
from bot.domain.procedure import ProcedureKind, ProcedureStep
from storage.alerts.outbox import address_from_row
from storage.sql import insert_new
from storage.tables import procedures


@dataclass(frozen=True, kw_only=True)
class Procedure:
    """A reset or a restore in the making, or one that has ended."""

    id: int
    kind: str
    company_id: CompanyId
    step: str
    asked_by: UserId
    address: ChatAddress
    started_at: datetime
    step_at: datetime
    finished_at: datetime | None = None
    outcome: str | None = None
    wanted_at: datetime | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def _from_row(row: Any) -> Procedure:
    return Procedure(
        id=row.id,
        kind=row.kind,
        company_id=CompanyId(row.company_id),
        step=row.step,
        asked_by=UserId(row.asked_by),
        address=address_from_row(row),
        started_at=row.started_at,
        step_at=row.step_at,
        finished_at=row.finished_at,
        outcome=row.outcome,
        wanted_at=row.wanted_at,
        facts=row.facts,
    )


async def begin(
    tx: AsyncConnection,
    *,
    kind: str,
    company_id: CompanyId,
    step: str,
    asked_by: UserId,
    address: ChatAddress,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    after: int | None = None,
) -> Procedure | None:
    """Begin one; None when another is running for this company.

    None as well when another than the one numbered `after` was the last that was begun.
    """
    if after is not None and await last_id(tx, company_id) != after:
        return None
    statement = insert_new(tx, procedures).values(
        kind=kind,
        company_id=company_id,
        step=step,
        asked_by=asked_by,
        chat_id=address.chat_id,
        thread_id=address.thread_id or 0,
        facts=dict(facts or {}),
        started_at=now,
        step_at=now,
    )
    row = (await tx.execute(statement.returning(procedures))).first()
    return None if row is None else _from_row(row)


async def put_step(
    tx: AsyncConnection,
    procedure_id: int,
    step: str,
    facts: dict[str, Any],
    now: datetime,
    *,
    unless_wanted_since: datetime | None = None,
) -> bool:
    """It has come to `step`; False where a person has wanted it before its first step."""
    statement = update(procedures).where(procedures.c.id == procedure_id)
    if unless_wanted_since is not None:
        wanted = procedures.c.wanted_at >= unless_wanted_since
        first = procedures.c.step == ProcedureStep.BEGUN
        statement = statement.where(not_(func.coalesce(and_(first, wanted), false())))
    taken = await tx.execute(statement.values(step=step, facts=facts, step_at=now))
    return taken.rowcount == 1


async def want(tx: AsyncConnection, procedure_id: int, now: datetime) -> None:
    """A person wants it to give way, whichever replica runs it."""
    where = (procedures.c.id == procedure_id, procedures.c.finished_at.is_(None))
    await tx.execute(update(procedures).where(*where).values(wanted_at=now))


async def is_wanted(tx: AsyncConnection, procedure_id: int, since: datetime) -> bool:
    """Whether a person has wanted it to give way since then."""
    where = (procedures.c.id == procedure_id, procedures.c.wanted_at >= since)
    return (await tx.execute(select(procedures.c.id).where(*where))).first() is not None


async def was_wanted(tx: AsyncConnection, company_id: CompanyId, since: datetime) -> bool:
    """Whether a person has wanted the bot's act on a company to give way since then."""
    where = (procedures.c.company_id == company_id, procedures.c.wanted_at >= since)
    return (await tx.execute(select(procedures.c.id).where(*where).limit(1))).first() is not None


async def running(tx: AsyncConnection, company_id: CompanyId) -> Procedure | None:
    """The one that is being done to a company."""
    where = (procedures.c.company_id == company_id, procedures.c.finished_at.is_(None))
    row = (await tx.execute(select(procedures).where(*where))).first()
    return None if row is None else _from_row(row)


async def last_id(tx: AsyncConnection, company_id: CompanyId) -> int:
    """The number of the last that was begun for a company; 0 before the first."""
    query = select(func.max(procedures.c.id)).where(procedures.c.company_id == company_id)
    return (await tx.execute(query)).scalar_one() or 0


async def ended_after(tx: AsyncConnection, company_id: CompanyId, after: int) -> list[Procedure]:
    """Those of a company that have ended, with a number above `after`, oldest first.

    At most one runs at a time, so they end in the order of their numbers.
    """
    where = (
        procedures.c.company_id == company_id,
        procedures.c.id > after,
        procedures.c.finished_at.is_not(None),
    )
    query = select(procedures).where(*where).order_by(procedures.c.id)
    return [_from_row(row) for row in await tx.execute(query)]


async def finish(
    tx: AsyncConnection,
    procedure_id: int,
    outcome: str,
    now: datetime,
    facts: dict[str, Any] | None = None,
) -> None:
    """It has ended; its facts stay as they are where none are given."""
    values: dict[str, Any] = {"finished_at": now, "outcome": outcome}
    if facts is not None:
        values["facts"] = facts
    await tx.execute(update(procedures).where(procedures.c.id == procedure_id).values(**values))


async def first_since(
    tx: AsyncConnection, company_id: CompanyId, asked_by: UserId, since: datetime
) -> Procedure | None:
    """The first that somebody began for a company since then, running or ended."""
    query = (
        select(procedures)
        .where(
            procedures.c.company_id == company_id,
            procedures.c.asked_by == asked_by,
            procedures.c.started_at >= since,
        )
        .order_by(procedures.c.id)
        .limit(1)
    )
    row = (await tx.execute(query)).first()
    return None if row is None else _from_row(row)


async def devices_aside(tx: AsyncConnection, company_id: CompanyId) -> dict[str, str]:
    """By the name under which it was set aside: which device a directory belonged to."""
    query = select(procedures.c.facts).where(procedures.c.company_id == company_id)
    all_facts = [row.facts for row in await tx.execute(query.order_by(procedures.c.id))]
    return {it["aside"]: it["device"] for it in all_facts if it.get("aside") and it.get("device")}


async def kept_since(tx: AsyncConnection, since: datetime) -> set[CompanyId]:
    """Companies of which a reset or a restore has set a directory aside since then."""
    query = select(procedures).where(
        procedures.c.kind.in_((ProcedureKind.RESET, ProcedureKind.RESTORE)),
        procedures.c.finished_at >= since,
    )
    rows = map(_from_row, await tx.execute(query))
    return {row.company_id for row in rows if row.facts.get("kept") or row.facts.get("which")}


async def since(tx: AsyncConnection, company_id: CompanyId, moment: datetime) -> list[Procedure]:
    """What was begun for a company since then, oldest first."""
    query = (
        select(procedures)
        .where(procedures.c.company_id == company_id, procedures.c.started_at >= moment)
        .order_by(procedures.c.id)
    )
    return [_from_row(row) for row in await tx.execute(query)]


async def unfinished(tx: AsyncConnection) -> list[Procedure]:
    """Those a crash has left in the middle."""
    query = select(procedures).where(procedures.c.finished_at.is_(None)).order_by(procedures.c.id)
    return [_from_row(row) for row in await tx.execute(query)]
