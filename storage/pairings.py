"""Live QR messages: at most one for each company, none forgotten by a crash."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import UserId
from bot.domain.company import CompanyId
from bot.domain.notice import ChatAddress
from storage.outbox import address_from_row
from storage.tables import pairings


@dataclass(frozen=True, kw_only=True)
class PairingRow:
    """A live QR. `message_id` is None until its photo was sent, and again when it shows no code."""

    id: int
    company_id: CompanyId
    asked_by: UserId
    address: ChatAddress
    message_id: int | None


def _from_row(row: Any) -> PairingRow:
    return PairingRow(
        id=row.id,
        company_id=CompanyId(row.company_id),
        asked_by=UserId(row.asked_by),
        address=address_from_row(row),
        message_id=row.message_id,
    )


async def begin(
    tx: AsyncConnection,
    company_id: CompanyId,
    asked_by: UserId,
    address: ChatAddress,
    now: datetime,
) -> int:
    """Begin one; a live one of the same company ends as "moved"."""
    await tx.execute(
        update(pairings)
        .where(pairings.c.company_id == company_id, pairings.c.ended_at.is_(None))
        .values(ended_at=now, outcome="moved")
    )
    statement = insert(pairings).values(
        company_id=company_id,
        asked_by=asked_by,
        chat_id=address.chat_id,
        thread_id=address.thread_id or 0,
        started_at=now,
    )
    return int((await tx.execute(statement.returning(pairings.c.id))).scalar_one())


async def is_live(tx: AsyncConnection, pairing_id: int) -> bool:
    """Whether it still is the one of its company."""
    query = select(pairings.c.id).where(pairings.c.id == pairing_id, pairings.c.ended_at.is_(None))
    return (await tx.execute(query)).first() is not None


async def set_message(tx: AsyncConnection, pairing_id: int, message_id: int | None) -> None:
    """Name the message that may show its code; None when none does any more."""
    await tx.execute(
        update(pairings).where(pairings.c.id == pairing_id).values(message_id=message_id)
    )


async def end(tx: AsyncConnection, pairing_id: int, outcome: str, now: datetime) -> None:
    """It has ended; one that had ended before keeps its outcome."""
    await tx.execute(
        update(pairings)
        .where(pairings.c.id == pairing_id, pairings.c.ended_at.is_(None))
        .values(ended_at=now, outcome=outcome)
    )


async def on_show(tx: AsyncConnection, company_id: CompanyId, but: int) -> bool:
    """Whether a message of another pairing of the company may still show a code."""
    query = select(pairings.c.id).where(
        pairings.c.company_id == company_id,
        pairings.c.id != but,
        pairings.c.message_id.is_not(None),
    )
    return (await tx.execute(query)).first() is not None


async def left_over(tx: AsyncConnection) -> list[PairingRow]:
    """Those that have not ended, or whose message may still show a code, after a crash."""
    query = (
        select(pairings)
        .where(pairings.c.ended_at.is_(None) | pairings.c.message_id.is_not(None))
        .order_by(pairings.c.id)
    )
    return [_from_row(row) for row in await tx.execute(query)]
