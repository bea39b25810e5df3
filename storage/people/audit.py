"""Who did what: a row before the act, its result after."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import UserId
from bot.domain.audit import AuditRow
from bot.domain.company import CompanyId
from storage.sql import insert_new
from storage.tables import audit


async def begin(
    tx: AsyncConnection,
    *,
    user_id: UserId,
    chat_id: int,
    action: str,
    company_id: CompanyId | None,
    details: dict[str, Any],
    update_key: str | None,
    now: datetime,
) -> int | None:
    """Write the row of an act that is about to begin.

    None when the same Telegram update has begun it already: a redelivered one must not act twice.
    """
    statement = insert_new(tx, audit).values(
        at=now,
        user_id=user_id,
        chat_id=chat_id,
        action=action,
        company_id=company_id or "",
        details=details,
        update_key=update_key,
    )
    row = (await tx.execute(statement.returning(audit.c.id))).first()
    return None if row is None else int(row.id)


@dataclass(frozen=True, kw_only=True)
class Unfinished:
    """An act that has begun and not ended."""

    id: int
    at: datetime
    update_key: str | None
    details: dict[str, Any]


async def unfinished(tx: AsyncConnection, action: str) -> list[Unfinished]:
    """The acts of one kind that have not ended, oldest first."""
    where = (audit.c.action == action, audit.c.finished_at.is_(None))
    query = select(audit).where(*where).order_by(audit.c.id)
    return [
        Unfinished(id=row.id, at=row.at, update_key=row.update_key, details=row.details)
        for row in await tx.execute(query)
    ]


async def last_done(tx: AsyncConnection, action: str, chat_id: int) -> datetime | None:
    """When an act of this kind was last brought to a good end in a chat."""
    query = select(func.max(audit.c.finished_at)).where(
        audit.c.action == action, audit.c.chat_id == chat_id, audit.c.outcome == "done"
    )
    found: datetime | None = (await tx.execute(query)).scalar()
    return found


async def finish(
    tx: AsyncConnection,
    audit_id: int,
    outcome: str,
    now: datetime,
    details: dict[str, Any] | None = None,
) -> None:
    """Write how it ended; `details`, if any, take the place of those it began with."""
    values: dict[str, Any] = {"finished_at": now, "outcome": outcome}
    if details:
        values["details"] = details
    await tx.execute(update(audit).where(audit.c.id == audit_id).values(values))


async def finish_open(
    tx: AsyncConnection,
    user_id: UserId,
    action: str,
    company_id: CompanyId,
    outcome: str,
    now: datetime,
) -> None:
    """Finish the open row of an act, found by user, action and company."""
    await tx.execute(
        update(audit)
        .where(
            audit.c.user_id == user_id,
            audit.c.action == action,
            audit.c.company_id == company_id,
            audit.c.finished_at.is_(None),
        )
        .values(finished_at=now, outcome=outcome)
    )


def _act(row: Any) -> AuditRow:
    return AuditRow(
        id=row.id,
        at=row.at,
        user_id=UserId(row.user_id),
        chat_id=row.chat_id,
        action=row.action,
        company_id=CompanyId(row.company_id) if row.company_id else None,
        details=row.details,
        finished_at=row.finished_at,
        outcome=row.outcome,
    )


async def page(tx: AsyncConnection, limit: int, offset: int) -> list[AuditRow]:
    """Some rows, the newest first."""
    query = select(audit).order_by(audit.c.id.desc()).limit(limit).offset(offset)
    return [_act(row) for row in await tx.execute(query)]


async def count(tx: AsyncConnection) -> int:
    """How many rows there are."""
    return int((await tx.execute(select(func.count()).select_from(audit))).scalar_one())


async def after(tx: AsyncConnection, last_id: int, limit: int) -> list[AuditRow]:
    """The rows that follow one, oldest first."""
    query = select(audit).where(audit.c.id > last_id).order_by(audit.c.id).limit(limit)
    return [_act(row) for row in await tx.execute(query)]


async def within(
    tx: AsyncConnection, company_id: CompanyId | None, begin: datetime, end: datetime
) -> list[AuditRow]:
    """What was done between two moments to a company, or to none by name, oldest first."""
    ids = ("",) if company_id is None else ("", company_id)
    where = (audit.c.at >= begin, audit.c.at <= end, audit.c.company_id.in_(ids))
    query = select(audit).where(*where).order_by(audit.c.id)
    return [_act(row) for row in await tx.execute(query)]
