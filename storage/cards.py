"""Which message in which chat tells of which incidents."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.incident import IncidentId
from bot.domain.notice import ChatAddress, NoticeKind
from storage.outbox import address_from_row, address_maker
from storage.tables import card_incidents, cards, outbox


@dataclass(frozen=True, kw_only=True)
class Card:
    """A sent alert message. `incident_ids` are those it tells of, in the order it shows them.

    `lost` when Telegram no longer lets it be edited.
    """

    id: int
    address: ChatAddress
    message_id: int
    sent_at: datetime
    incident_ids: tuple[IncidentId, ...]
    lost: bool = False


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where an incident stands in a chat: on which card, and whether that card shows its end."""

    address: ChatAddress
    incident_id: IncidentId
    card_id: int
    lost: bool
    shows_end: bool


async def add(
    tx: AsyncConnection,
    address: ChatAddress,
    message_id: int,
    incident_ids: Sequence[IncidentId],
    now: datetime,
    ended: Collection[IncidentId] = (),
) -> None:
    """Remember a message that was sent; it shows those of `ended` as over."""
    if not incident_ids:
        return
    statement = insert(cards).values(
        chat_id=address.chat_id,
        thread_id=address.thread_id or 0,
        message_id=message_id,
        sent_at=now,
    )
    card_id = (await tx.execute(statement.returning(cards.c.id))).scalar_one()
    await tx.execute(
        insert(card_incidents),
        [
            {"card_id": card_id, "incident_id": one, "shows_end": one in ended}
            for one in dict.fromkeys(incident_ids)
        ],
    )


async def get(tx: AsyncConnection, card_id: int) -> Card | None:
    """One card."""
    return next(iter(await _complete(tx, [card_id])), None)


async def by_message(tx: AsyncConnection, chat_id: int, message_id: int) -> Card | None:
    """The card that this message is."""
    where = (cards.c.chat_id == chat_id, cards.c.message_id == message_id, cards.c.lost.is_(False))
    row = (await tx.execute(select(cards.c.id).where(*where).order_by(cards.c.id.desc()))).first()
    return None if row is None else await get(tx, row.id)


async def places_pending(tx: AsyncConnection) -> list[Place]:
    """Where each incident stands that has a change or a recovery still to be told, oldest first."""
    waiting = select(outbox.c.incident_id).where(
        outbox.c.settled_at.is_(None), outbox.c.kind != NoticeKind.OPENED
    )
    return await _places(tx, card_incidents.c.incident_id.in_(waiting))


async def places_of(
    tx: AsyncConnection, address: ChatAddress, ids: Sequence[IncidentId]
) -> list[Place]:
    """Where these incidents stand in one chat or topic, oldest first."""
    found: list[Place] = []
    for start in range(0, len(ids), 500):
        found += await _places(
            tx,
            card_incidents.c.incident_id.in_(ids[start : start + 500]),
            cards.c.chat_id == address.chat_id,
            cards.c.thread_id == (address.thread_id or 0),
        )
    return found


async def _places(tx: AsyncConnection, *where: ColumnElement[bool]) -> list[Place]:
    query = (
        select(
            card_incidents.c.incident_id,
            card_incidents.c.shows_end,
            cards.c.id,
            cards.c.chat_id,
            cards.c.thread_id,
            cards.c.lost,
        )
        .join(cards, cards.c.id == card_incidents.c.card_id)
        .where(*where)
        .order_by(cards.c.id)
    )
    address_of = address_maker()
    return [
        Place(
            address=address_of(chat_id, thread_id),
            incident_id=incident_id,
            card_id=card_id,
            lost=lost,
            shows_end=shows_end,
        )
        for incident_id, shows_end, card_id, chat_id, thread_id, lost in (
            (await tx.execute(query)).all()
        )
    ]


async def show_end(tx: AsyncConnection, card_id: int, incident_ids: Sequence[IncidentId]) -> None:
    """The card shows these incidents as over."""
    for start in range(0, len(incident_ids), 500):
        part = card_incidents.c.incident_id.in_(incident_ids[start : start + 500])
        await tx.execute(
            update(card_incidents)
            .where(card_incidents.c.card_id == card_id, part)
            .values(shows_end=True)
        )


async def mark_lost(tx: AsyncConnection, card_id: int) -> None:
    """Its message cannot be edited any more."""
    await tx.execute(update(cards).where(cards.c.id == card_id).values(lost=True))


async def replace(tx: AsyncConnection, card_id: int, message_id: int, now: datetime) -> None:
    """Another message has taken the card's place."""
    await tx.execute(
        update(cards)
        .where(cards.c.id == card_id)
        .values(message_id=message_id, sent_at=now, lost=False)
    )


async def of_incidents(tx: AsyncConnection, ids: Sequence[IncidentId]) -> list[Card]:
    """Every card that tells of any of the incidents, oldest first, complete."""
    card_ids: set[int] = set()
    for start in range(0, len(ids), 500):
        part = select(card_incidents.c.card_id).where(
            card_incidents.c.incident_id.in_(ids[start : start + 500])
        )
        card_ids.update(row.card_id for row in await tx.execute(part))
    found: list[Card] = []
    ordered = sorted(card_ids)
    for start in range(0, len(ordered), 500):
        found.extend(await _complete(tx, ordered[start : start + 500]))
    return found


async def _complete(tx: AsyncConnection, card_ids: Sequence[int]) -> list[Card]:
    members: dict[int, list[IncidentId]] = {}
    links = select(card_incidents).where(card_incidents.c.card_id.in_(card_ids))
    for row in await tx.execute(links.order_by(card_incidents.c.incident_id)):
        members.setdefault(row.card_id, []).append(IncidentId(row.incident_id))
    rows = await tx.execute(select(cards).where(cards.c.id.in_(card_ids)).order_by(cards.c.id))
    return [
        Card(
            id=row.id,
            address=address_from_row(row),
            message_id=row.message_id,
            sent_at=row.sent_at,
            incident_ids=tuple(members.get(row.id, ())),
            lost=row.lost,
        )
        for row in rows
    ]
