"""Open checklists: at most one of a company in a chat, none forgotten by a crash."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.checklist import ChecklistRow
from bot.domain.company import CompanyId
from bot.domain.notice import ChatAddress
from storage.alerts.outbox import address_from_row
from storage.tables import checklists


def _from_row(row: Any) -> ChecklistRow:
    return ChecklistRow(
        id=row.id,
        company_id=CompanyId(row.company_id),
        address=address_from_row(row),
        message_id=row.message_id,
        since_at=row.since_at,
        opened_at=row.opened_at,
    )


async def begin(
    tx: AsyncConnection,
    company_id: CompanyId,
    address: ChatAddress,
    since: datetime,
    now: datetime,
) -> ChecklistRow:
    """Open one; the open one of the same company in this chat is closed."""
    await tx.execute(
        update(checklists)
        .where(
            checklists.c.company_id == company_id,
            checklists.c.chat_id == address.chat_id,
            checklists.c.closed_at.is_(None),
        )
        .values(closed_at=now)
    )
    statement = insert(checklists).values(
        company_id=company_id,
        chat_id=address.chat_id,
        thread_id=address.thread_id or 0,
        since_at=since,
        opened_at=now,
    )
    return _from_row((await tx.execute(statement.returning(checklists))).one())


async def set_message(tx: AsyncConnection, checklist_id: int, message_id: int) -> None:
    """Name the message that shows it."""
    await tx.execute(
        update(checklists).where(checklists.c.id == checklist_id).values(message_id=message_id)
    )


async def move(
    tx: AsyncConnection, row: ChecklistRow, address: ChatAddress, message_id: int, now: datetime
) -> None:
    """It is shown by this message elsewhere; an open one of the same company there is closed."""
    await tx.execute(
        update(checklists)
        .where(
            checklists.c.company_id == row.company_id,
            checklists.c.chat_id == address.chat_id,
            checklists.c.id != row.id,
            checklists.c.closed_at.is_(None),
        )
        .values(closed_at=now)
    )
    values = {"chat_id": address.chat_id, "thread_id": address.thread_id or 0}
    await tx.execute(
        update(checklists).where(checklists.c.id == row.id).values(message_id=message_id, **values)
    )


async def is_open(tx: AsyncConnection, checklist_id: int) -> bool:
    """Whether it still is the one of its company in its chat."""
    query = select(checklists.c.id).where(
        checklists.c.id == checklist_id, checklists.c.closed_at.is_(None)
    )
    return (await tx.execute(query)).first() is not None


async def close(tx: AsyncConnection, checklist_id: int, now: datetime) -> None:
    """It is no longer kept current."""
    await tx.execute(
        update(checklists)
        .where(checklists.c.id == checklist_id, checklists.c.closed_at.is_(None))
        .values(closed_at=now)
    )


async def open_ones(tx: AsyncConnection) -> list[ChecklistRow]:
    """Those that a stop or a crash has left open."""
    query = select(checklists).where(checklists.c.closed_at.is_(None)).order_by(checklists.c.id)
    return [_from_row(row) for row in await tx.execute(query)]
