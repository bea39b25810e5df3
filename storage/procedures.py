"""Resets and restores, each with the step it has reached: what a crash must not forget."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import UserId
from bot.domain.company import CompanyId
from bot.domain.notice import ChatAddress
from bot.domain.procedure import ProcedureKind
from storage.outbox import address_from_row
from storage.statements import insert_new
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
) -> Procedure | None:
    """Begin one; None when another is running for this company."""
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
    tx: AsyncConnection, procedure_id: int, step: str, facts: dict[str, Any], now: datetime
) -> None:
    """It has come to `step`."""
    await tx.execute(
        update(procedures)
        .where(procedures.c.id == procedure_id)
        .values(step=step, facts=facts, step_at=now)
    )


async def finish(tx: AsyncConnection, procedure_id: int, outcome: str, now: datetime) -> None:
    """It has ended."""
    await tx.execute(
        update(procedures)
        .where(procedures.c.id == procedure_id)
        .values(finished_at=now, outcome=outcome)
    )


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
    every = [row.facts for row in await tx.execute(query.order_by(procedures.c.id))]
    return {it["aside"]: it["device"] for it in every if it.get("aside") and it.get("device")}


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
