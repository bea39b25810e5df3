"""Boards: which chat or topic has one, and in which message."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import UserId
from bot.domain.notice import ChatAddress
from storage.alerts.outbox import address_from_row
from storage.sql import upsert
from storage.tables import boards, chats, gateways, incidents, mutes, session_states


@dataclass(frozen=True, kw_only=True)
class BoardRow:
    """A board. `message_id` is None while it is to be sent; `pin_refused` if we may not pin it."""

    address: ChatAddress
    message_id: int | None
    pin_refused: bool
    opened_by: UserId | None = field(default=None, compare=False)
    opened_at: datetime | None = field(default=None, compare=False)


def _from_row(row: Any) -> BoardRow:
    return BoardRow(
        address=address_from_row(row),
        message_id=row.message_id,
        pin_refused=row.pin_refused,
        opened_by=UserId(row.opened_by),
        opened_at=row.opened_at,
    )


def _at(address: ChatAddress) -> tuple[ColumnElement[bool], ...]:
    return (
        boards.c.chat_id == address.chat_id,
        boards.c.thread_id == (address.thread_id or 0),
    )


async def get(tx: AsyncConnection, address: ChatAddress) -> BoardRow | None:
    """The board of a place."""
    row = (await tx.execute(select(boards).where(*_at(address)))).first()
    return None if row is None else _from_row(row)


async def put(tx: AsyncConnection, address: ChatAddress, by: UserId, now: datetime) -> None:
    """Let this place have a board, to be sent anew where there was one."""
    change = ("message_id", "pin_refused", "opened_by", "opened_at")
    await tx.execute(
        upsert(tx, boards, ("chat_id", "thread_id"), change).values(
            chat_id=address.chat_id,
            thread_id=address.thread_id or 0,
            message_id=None,
            pin_refused=False,
            opened_by=by,
            opened_at=now,
        )
    )


async def remove(tx: AsyncConnection, address: ChatAddress) -> None:
    """The place has no board any more."""
    await tx.execute(delete(boards).where(*_at(address)))


async def shown(tx: AsyncConnection) -> list[BoardRow]:
    """Every board outside parked chats."""
    query = (
        select(boards)
        .select_from(boards.outerjoin(chats, chats.c.chat_id == boards.c.chat_id))
        .where(chats.c.parked_at.is_(None))
        .order_by(boards.c.opened_at)
    )
    return [_from_row(row) for row in await tx.execute(query)]


async def set_message(
    tx: AsyncConnection, address: ChatAddress, message_id: int | None, *, was: int | None
) -> bool:
    """It now is this message; False when somebody has taken it away or renewed it meanwhile."""
    unchanged = boards.c.message_id.is_(None) if was is None else boards.c.message_id == was
    statement = update(boards).where(*_at(address), unchanged)
    return (await tx.execute(statement.values(message_id=message_id))).rowcount == 1


async def refuse_pin(tx: AsyncConnection, address: ChatAddress) -> None:
    """It could not be pinned."""
    await tx.execute(update(boards).where(*_at(address)).values(pin_refused=True))


async def signature(tx: AsyncConnection) -> tuple[object, ...]:
    """Something that is another once anything has changed that boards show: cheap to read."""
    states = await tx.execute(select(func.max(session_states.c.id)))
    changed = await tx.execute(
        select(func.count(), func.max(incidents.c.id), func.sum(incidents.c.version)).where(
            incidents.c.closed_at.is_(None)
        )
    )
    silent = await tx.execute(
        select(gateways.c.name, gateways.c.since_at)
        .where(gateways.c.failures > 1)  # a single missed look is none yet
        .order_by(gateways.c.name)
    )
    muted = await tx.execute(
        select(mutes.c.company_id, mutes.c.until_at).order_by(mutes.c.company_id)
    )
    return (
        states.scalar(),
        *changed.one(),
        tuple(tuple(row) for row in silent),
        tuple(tuple(row) for row in muted),
    )
