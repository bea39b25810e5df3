"""Chats the bot writes to: language, whether they are parked, and their moves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.statements import insert_new
from storage.tables import cards, chats, outbox, pairings, procedures, subscriptions


@dataclass(frozen=True, kw_only=True)
class Chat:
    """A chat. `language` is None until somebody chose; `parked_at` is set while it refuses us."""

    chat_id: int
    title: str
    language: str | None
    parked_at: datetime | None
    parked_reason: str | None
    trusts_admins: bool


def _from_row(row: Any) -> Chat:
    return Chat(
        chat_id=row.chat_id,
        title=row.title,
        language=row.language,
        parked_at=row.parked_at,
        parked_reason=row.parked_reason,
        trusts_admins=row.trusts_admins,
    )


async def get(tx: AsyncConnection, chat_id: int) -> Chat | None:
    """One chat."""
    row = (await tx.execute(select(chats).where(chats.c.chat_id == chat_id))).first()
    return None if row is None else _from_row(row)


async def add(tx: AsyncConnection, chat_id: int, title: str, now: datetime) -> bool:
    """Remember a chat; True when it is new, False when it was known (and keeps its row)."""
    statement = insert_new(tx, chats).values(chat_id=chat_id, title=title, added_at=now)
    return (await tx.execute(statement.returning(chats.c.chat_id))).first() is not None


async def languages(tx: AsyncConnection) -> dict[int, str]:
    """The chosen language of each chat that chose one."""
    query = select(chats.c.chat_id, chats.c.language).where(chats.c.language.is_not(None))
    return {row.chat_id: row.language for row in await tx.execute(query)}


async def set_language(tx: AsyncConnection, chat_id: int, language: str) -> None:
    """The chat speaks this language from now on."""
    await tx.execute(update(chats).where(chats.c.chat_id == chat_id).values(language=language))


async def park(tx: AsyncConnection, chat_id: int, reason: str, now: datetime) -> None:
    """It refuses our messages: keep everything, send nothing."""
    await tx.execute(
        update(chats)
        .where(chats.c.chat_id == chat_id, chats.c.parked_at.is_(None))
        .values(parked_at=now, parked_reason=reason)
    )


async def unpark(tx: AsyncConnection, chat_id: int) -> bool:
    """It takes messages again; True when it was parked."""
    statement = (
        update(chats)
        .where(chats.c.chat_id == chat_id, chats.c.parked_at.is_not(None))
        .values(parked_at=None, parked_reason=None)
        .returning(chats.c.chat_id)
    )
    return (await tx.execute(statement)).first() is not None


async def move(tx: AsyncConnection, old_id: int, new_id: int, now: datetime) -> None:
    """A group became a supergroup: everything that named the old id names the new one."""
    old = await get(tx, old_id)
    if old is None or old_id == new_id:
        return
    await add(tx, new_id, old.title, now)
    await tx.execute(
        update(chats)
        .where(chats.c.chat_id == new_id)
        .values(language=old.language, trusts_admins=old.trusts_admins)
    )
    await _move_subscriptions(tx, old_id, new_id)
    for table in (outbox, pairings, procedures):
        await tx.execute(update(table).where(table.c.chat_id == old_id).values(chat_id=new_id))
    # Messages of the old group cannot be edited any more; their incidents get a new card.
    await tx.execute(update(cards).where(cards.c.chat_id == old_id).values(chat_id=new_id))
    await tx.execute(delete(chats).where(chats.c.chat_id == old_id))


async def _move_subscriptions(tx: AsyncConnection, old_id: int, new_id: int) -> None:
    rows = (await tx.execute(select(subscriptions).where(subscriptions.c.chat_id == old_id))).all()
    await tx.execute(delete(subscriptions).where(subscriptions.c.chat_id == old_id))
    present = {
        (row.thread_id, row.company_id)
        for row in await tx.execute(select(subscriptions).where(subscriptions.c.chat_id == new_id))
    }
    fresh = [
        {
            "chat_id": new_id,
            "thread_id": row.thread_id,
            "company_id": row.company_id,
            "severity": row.severity,
            "added_by": row.added_by,
            "added_at": row.added_at,
        }
        for row in rows
        if (row.thread_id, row.company_id) not in present
    ]
    if fresh:
        await tx.execute(insert(subscriptions), fresh)
