"""Chats the bot writes to: their choices, whether they are parked, and their moves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Table, and_, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.notice import ChatAddress
from bot.domain.pairing import PairingPlace
from bot.domain.quiet_hours import QuietHours
from bot.domain.trouble import Severity
from storage.sql import insert_new
from storage.tables import (
    boards,
    cards,
    chats,
    digests,
    held,
    outbox,
    pairings,
    place_names,
    procedures,
    remarks,
    subscriptions,
)

# How long after each refusal a chat is tried again; the last for ever.
RETRY_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))


@dataclass(frozen=True, kw_only=True)
class Chat:
    """A chat. `parked_at` is set while it refuses us.

    `language` and `time_zone` are None until somebody chose: then the settings' word counts.
    """

    chat_id: int
    title: str
    language: str | None
    pairing_place: PairingPlace
    time_zone: ZoneInfo | None
    quiet: QuietHours | None
    parked_at: datetime | None
    parked_reason: str | None


def _from_row(row: Any) -> Chat:
    return Chat(
        chat_id=row.chat_id,
        title=row.title,
        language=row.language,
        pairing_place=PairingPlace(row.pairing_place),
        time_zone=None if row.time_zone is None else ZoneInfo(row.time_zone),
        quiet=None if row.quiet_from is None else QuietHours(row.quiet_from, row.quiet_to),
        parked_at=row.parked_at,
        parked_reason=row.parked_reason,
    )


async def get(tx: AsyncConnection, chat_id: int) -> Chat | None:
    """One chat."""
    row = (await tx.execute(select(chats).where(chats.c.chat_id == chat_id))).first()
    return None if row is None else _from_row(row)


async def add(tx: AsyncConnection, chat_id: int, title: str, now: datetime) -> bool:
    """Remember a chat by its newest title; True when it is new.

    One that was known keeps all else, and its title where none is given.
    """
    statement = insert_new(tx, chats).values(chat_id=chat_id, title=title, added_at=now)
    if (await tx.execute(statement.returning(chats.c.chat_id))).first() is not None:
        return True
    if title:
        renamed = chats.c.chat_id == chat_id, chats.c.title != title
        await tx.execute(update(chats).where(*renamed).values(title=title))
    return False


async def titles(tx: AsyncConnection) -> dict[int, str]:
    """What each chat was called when something was chosen for it; a private one has no title."""
    query = select(chats.c.chat_id, chats.c.title).where(chats.c.title != "")
    return {row.chat_id: row.title for row in await tx.execute(query)}


async def languages(tx: AsyncConnection, among: Sequence[int] | None = None) -> dict[int, str]:
    """The chosen language of each chat that chose one: of all, or of these."""
    query = select(chats.c.chat_id, chats.c.language).where(chats.c.language.is_not(None))
    if among is not None:
        query = query.where(chats.c.chat_id.in_(among))
    return {row.chat_id: row.language for row in await tx.execute(query)}


async def set_language(tx: AsyncConnection, chat_id: int, language: str) -> None:
    """The chat speaks this language from now on."""
    await tx.execute(update(chats).where(chats.c.chat_id == chat_id).values(language=language))


async def set_pairing_place(tx: AsyncConnection, chat_id: int, place: PairingPlace) -> None:
    """Codes that are asked for in the chat appear there from now on."""
    await tx.execute(update(chats).where(chats.c.chat_id == chat_id).values(pairing_place=place))


async def set_time_zone(tx: AsyncConnection, chat_id: int, zone: ZoneInfo) -> None:
    """The chat's day begins and ends by this zone from now on."""
    await tx.execute(update(chats).where(chats.c.chat_id == chat_id).values(time_zone=zone.key))


async def set_quiet(
    tx: AsyncConnection, chat_id: int, hours: QuietHours | None, default_zone: ZoneInfo
) -> None:
    """The chat is quiet in these hours from now on, by its own clock; never when None.

    Its zone is stored with them where it had none, so that the hours alone say when it is quiet.
    """
    values = {
        "quiet_from": None if hours is None else hours.start,
        "quiet_to": None if hours is None else hours.end,
        "time_zone": func.coalesce(chats.c.time_zone, default_zone.key),
    }
    await tx.execute(update(chats).where(chats.c.chat_id == chat_id).values(values))


async def quiet_at(tx: AsyncConnection, moment: datetime) -> frozenset[int]:
    """The chats that are in their quiet hours."""
    columns = (chats.c.chat_id, chats.c.time_zone, chats.c.quiet_from, chats.c.quiet_to)
    rows = await tx.execute(select(*columns).where(chats.c.quiet_from.is_not(None)))
    return frozenset(
        chat_id
        for chat_id, zone, start, end in rows
        if QuietHours(start, end).cover(moment, ZoneInfo(zone))
    )


async def park(tx: AsyncConnection, chat_id: int, reason: str, now: datetime) -> bool:
    """It refuses our messages: keep everything, and try again later, ever more seldom.

    False when it did so before.
    """
    await add(tx, chat_id, "", now)
    columns = (chats.c.parked_at, chats.c.parked_reason, chats.c.parked_tries)
    query = select(*columns).where(chats.c.chat_id == chat_id)
    parked_at, first_reason, tries = (await tx.execute(query)).one()
    values = {
        "parked_at": parked_at or now,
        "parked_reason": first_reason or reason[:40],
        "parked_tries": tries + 1,
        "retry_at": now + RETRY_AFTER[min(tries, len(RETRY_AFTER) - 1)],
    }
    await tx.execute(update(chats).where(chats.c.chat_id == chat_id).values(values))
    return parked_at is None


def takes_messages(now: datetime | None) -> ColumnElement[bool]:
    """Chats that are not parked, and with `now` those that are due to be tried again."""
    free = chats.c.parked_at.is_(None)
    return free if now is None else or_(free, chats.c.retry_at <= now)


async def unpark(tx: AsyncConnection, chat_id: int) -> bool:
    """It takes messages again; True when it was parked."""
    return bool(await unpark_all(tx, [chat_id]))


async def unpark_all(tx: AsyncConnection, chat_ids: Sequence[int]) -> list[int]:
    """They take messages again; those among them that were parked."""
    statement = (
        update(chats)
        .where(chats.c.chat_id.in_(chat_ids), chats.c.parked_at.is_not(None))
        .values(parked_at=None, parked_reason=None, parked_tries=0, retry_at=None)
        .returning(chats.c.chat_id)
    )
    return sorted(await tx.scalars(statement))


async def move(tx: AsyncConnection, old_id: int, new_id: int, now: datetime) -> None:
    """A group became a supergroup: everything that named the old id names the new one."""
    if old_id == new_id:
        return
    await _copy_names(tx, old_id, new_id)
    old = await get(tx, old_id)
    await add(tx, new_id, "" if old is None else old.title, now)
    if old is not None:
        await tx.execute(
            update(chats)
            .where(chats.c.chat_id == new_id)
            .values(
                language=func.coalesce(chats.c.language, old.language),
                pairing_place=old.pairing_place,
                time_zone=func.coalesce(chats.c.time_zone, _key(old.time_zone)),
                quiet_from=None if old.quiet is None else old.quiet.start,
                quiet_to=None if old.quiet is None else old.quiet.end,
            )
        )
    await _move_subscriptions(tx, subscriptions.c.chat_id == old_id, chat_id=new_id)
    for table in (boards, digests):
        await _move_standing(tx, table, table.c.chat_id == old_id, chat_id=new_id)
    # The old group's messages cannot be edited, and their ids may be others' in the new one.
    await tx.execute(update(cards).where(cards.c.chat_id == old_id).values(lost=True))
    for table in (outbox, held, remarks, cards, pairings, procedures):
        await tx.execute(update(table).where(table.c.chat_id == old_id).values(chat_id=new_id))
    await tx.execute(delete(chats).where(chats.c.chat_id == old_id))


async def leave_topic(tx: AsyncConnection, address: ChatAddress) -> None:
    """A topic is gone: everything that named it names the group's general part."""
    for table in (outbox, held, remarks, cards, pairings, procedures):
        await tx.execute(update(table).where(*_at(table, address)).values(thread_id=0))
    await _move_subscriptions(tx, and_(*_at(subscriptions, address)), thread_id=0)
    for table in (boards, digests):
        await _move_standing(tx, table, and_(*_at(table, address)), thread_id=0)


async def _copy_names(tx: AsyncConnection, old_id: int, new_id: int) -> None:
    """The group and its topics are called as before; what tells of the old id is so as well."""
    query = select(place_names).where(place_names.c.chat_id == old_id)
    for row in (await tx.execute(query)).mappings().all():
        await tx.execute(insert_new(tx, place_names).values({**row, "chat_id": new_id}))


def _key(zone: ZoneInfo | None) -> str | None:
    return None if zone is None else zone.key


def _at(table: Table, address: ChatAddress) -> tuple[ColumnElement[bool], ...]:
    return (
        table.c.chat_id == address.chat_id,
        table.c.thread_id == (address.thread_id or 0),
    )


async def _move_subscriptions(
    tx: AsyncConnection, which: ColumnElement[bool], **destination: int
) -> None:
    """Give them another place; where the same is subscribed there, the wider of both stays."""
    moving = (await tx.execute(select(subscriptions).where(which))).mappings().all()
    await tx.execute(delete(subscriptions).where(which))
    for row in moving:
        wanted = {**row, **destination}
        key = {name: wanted[name] for name in ("chat_id", "thread_id", "company_id")}
        there = (await tx.execute(select(subscriptions).filter_by(**key))).first()
        if there is None:
            await tx.execute(insert(subscriptions).values(wanted))
        elif Severity(wanted["severity"]).rank < Severity(there.severity).rank:
            await tx.execute(
                update(subscriptions)
                .where(subscriptions.c.id == there.id)
                .values(severity=wanted["severity"])
            )


async def _move_standing(
    tx: AsyncConnection, table: Table, which: ColumnElement[bool], **destination: int
) -> None:
    """Give them another place, unless that has one; a board is sent anew there."""
    moving = (await tx.execute(select(table).where(which))).mappings().all()
    await tx.execute(delete(table).where(which))
    anew = {"message_id": None} if table is boards else {}
    for row in moving:
        await tx.execute(insert_new(tx, table).values({**row, **destination, **anew}))
