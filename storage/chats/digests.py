"""Digests: which chat or topic wants one, and when the next is due."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import UserId
from bot.domain.digest import DigestWish
from bot.domain.notice import ChatAddress
from storage.alerts.outbox import address_from_row
from storage.sql import upsert
from storage.tables import chats, digests

_JOINED = digests.outerjoin(chats, chats.c.chat_id == digests.c.chat_id)


@dataclass(frozen=True, kw_only=True)
class DigestRow:
    """A place's wish. `zone` is None where the chat has chosen none."""

    address: ChatAddress
    wish: DigestWish
    due_at: datetime
    zone: ZoneInfo | None
    added_by: UserId | None = field(default=None, compare=False)


def _from_row(row: Any) -> DigestRow:
    return DigestRow(
        address=address_from_row(row),
        wish=DigestWish(hour=row.hour, when_well=row.when_well),
        due_at=row.due_at,
        zone=None if row.time_zone is None else ZoneInfo(row.time_zone),
        added_by=None if row.added_by is None else UserId(row.added_by),
    )


def _at(address: ChatAddress) -> tuple[ColumnElement[bool], ...]:
    return (
        digests.c.chat_id == address.chat_id,
        digests.c.thread_id == (address.thread_id or 0),
    )


async def _found(tx: AsyncConnection, *where: ColumnElement[bool]) -> list[DigestRow]:
    query = select(digests, chats.c.time_zone).select_from(_JOINED).where(*where)
    return [_from_row(row) for row in await tx.execute(query.order_by(digests.c.due_at))]


async def get(tx: AsyncConnection, address: ChatAddress) -> DigestRow | None:
    """The wish of a place."""
    return next(iter(await _found(tx, *_at(address))), None)


async def put(
    tx: AsyncConnection,
    address: ChatAddress,
    wish: DigestWish,
    due_at: datetime,
    added_by: UserId | None = None,
) -> None:
    """The place wants a digest, or wants it otherwise."""
    statement = upsert(
        tx, digests, ("chat_id", "thread_id"), ("hour", "when_well", "due_at", "added_by")
    )
    await tx.execute(
        statement.values(
            chat_id=address.chat_id,
            thread_id=address.thread_id or 0,
            hour=wish.hour,
            when_well=wish.when_well,
            due_at=due_at,
            added_by=added_by,
        )
    )


async def remove(tx: AsyncConnection, address: ChatAddress) -> bool:
    """The place wants no digest; False when it wanted none before."""
    return (await tx.execute(delete(digests).where(*_at(address)))).rowcount > 0


async def due(tx: AsyncConnection, now: datetime) -> list[DigestRow]:
    """Those whose time has come; parked chats get theirs when they are back."""
    return await _found(tx, digests.c.due_at <= now, chats.c.parked_at.is_(None))


async def move_due(
    tx: AsyncConnection, address: ChatAddress, due_at: datetime, *, was: datetime
) -> bool:
    """The next is due then; False when it has been moved since it `was` read."""
    statement = update(digests).where(*_at(address), digests.c.due_at == was)
    return (await tx.execute(statement.values(due_at=due_at))).rowcount == 1


async def change_zone(tx: AsyncConnection, chat_id: int, zone: ZoneInfo, now: datetime) -> None:
    """The chat lives by another clock: its digests keep their hour."""
    for row in await _found(tx, digests.c.chat_id == chat_id):
        await move_due(tx, row.address, row.wish.next_after(now, zone), was=row.due_at)
