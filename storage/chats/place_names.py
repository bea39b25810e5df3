"""What chats and topics are called, by whatever was last seen of them.

A chat without a name goes by its id: whoever shows it says so in the reader's words.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.notice import ChatAddress
from storage import tables
from storage.batches import parts
from storage.chats import chats
from storage.sql import upsert
from storage.tables import people, place_names


async def note(tx: AsyncConnection, names: Mapping[ChatAddress, str]) -> None:
    """From now on these places are called so."""
    statement = upsert(tx, place_names, ("chat_id", "thread_id"), ("name",))
    rows = [
        {"chat_id": place.chat_id, "thread_id": place.thread_id or 0, "name": name}
        for place, name in names.items()
    ]
    if rows:
        await tx.execute(statement, rows)


async def every(tx: AsyncConnection) -> dict[ChatAddress, str]:
    """Every name that was noted."""
    return {_place(row): row.name for row in await tx.execute(select(place_names))}


async def are_known(tx: AsyncConnection, chat_ids: Iterable[int]) -> set[int]:
    """Those of the chats on which something hangs."""
    query = select(tables.chats.c.chat_id).where(tables.chats.c.chat_id.in_(list(chat_ids)))
    return set(await tx.scalars(query))


async def of_chats(tx: AsyncConnection, chat_ids: Iterable[int]) -> dict[int, str]:
    """What these chats are called, as far as that is known; a private one by its person."""
    ids = list(dict.fromkeys(chat_ids))
    found: dict[int, str] = {}
    titles = await chats.titles(tx)
    for part in parts(ids):
        whole = and_(place_names.c.chat_id.in_(part), place_names.c.thread_id == 0)
        # The later ones outweigh those before them.
        found |= await _pairs(tx, people.c.user_id, people.c.name, people.c.user_id.in_(part))
        found |= {chat_id: titles[chat_id] for chat_id in part if chat_id in titles}
        found |= await _pairs(tx, place_names.c.chat_id, place_names.c.name, whole)
    return found


async def of_topics(tx: AsyncConnection, places: Iterable[ChatAddress]) -> dict[ChatAddress, str]:
    """What these topics are called, as far as that is known."""
    wanted = [
        and_(place_names.c.chat_id == place.chat_id, place_names.c.thread_id == place.thread_id)
        for place in dict.fromkeys(places)
        if place.thread_id is not None
    ]
    found: dict[ChatAddress, str] = {}
    for part in parts(wanted):
        query = select(place_names).where(or_(*part))
        found |= {_place(row): row.name for row in await tx.execute(query)}
    return found


async def name_of(tx: AsyncConnection, chat_id: int) -> str | int:
    """What a chat is called; its id where nobody knows."""
    return (await of_chats(tx, [chat_id])).get(chat_id) or chat_id


async def _pairs(
    tx: AsyncConnection,
    key: ColumnElement[int],
    name: ColumnElement[str],
    where: ColumnElement[bool],
) -> dict[int, str]:
    rows = await tx.execute(select(key, name).where(where, name != ""))
    return {row[0]: row[1] for row in rows}


def _place(row: Any) -> ChatAddress:
    return ChatAddress(row.chat_id, row.thread_id or None)
