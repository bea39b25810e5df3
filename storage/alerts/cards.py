"""Which message in which chat tells of which incidents."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.incident import IncidentId
from bot.domain.notice import ChatAddress, NoticeKind
from storage.alerts.outbox import address_from_row, address_maker
from storage.batches import parts
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
class SentCard:
    """A message that has just been sent: what it tells of, and which of that it shows as over."""

    address: ChatAddress
    message_id: int
    incident_ids: tuple[IncidentId, ...]
    ended: frozenset[IncidentId] = frozenset()


@dataclass(frozen=True, kw_only=True)
class CardPlace:
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
    sent = SentCard(
        address=address,
        message_id=message_id,
        incident_ids=tuple(incident_ids),
        ended=frozenset(ended),
    )
    await add_all(tx, [sent], now)


async def add_all(tx: AsyncConnection, sent: Iterable[SentCard], now: datetime) -> None:
    """Remember messages that were sent; of those without incidents nothing need be known."""
    by_message = {
        (card.address.chat_id, card.message_id): card for card in sent if card.incident_ids
    }
    if not by_message:
        return
    rows = [
        {
            "chat_id": card.address.chat_id,
            "thread_id": card.address.thread_id or 0,
            "message_id": card.message_id,
            "sent_at": now,
        }
        for card in by_message.values()
    ]
    key = (cards.c.id, cards.c.chat_id, cards.c.message_id)
    stored = (await tx.execute(insert(cards).returning(*key), rows)).all()
    links = [
        {"card_id": card_id, "incident_id": it, "shows_end": it in card.ended}
        for card_id, *message in stored
        for card in [by_message[message[0], message[1]]]
        for it in dict.fromkeys(card.incident_ids)
    ]
    await tx.execute(insert(card_incidents), links)


async def get(tx: AsyncConnection, card_id: int) -> Card | None:
    """One card."""
    return next(iter(await _complete(tx, [card_id])), None)


async def get_many(tx: AsyncConnection, card_ids: Collection[int]) -> dict[int, Card]:
    """Cards by id; unknown ids are left out."""
    found: dict[int, Card] = {}
    ordered = sorted(card_ids)
    for some in parts(ordered):
        for card in await _complete(tx, some):
            found[card.id] = card
    return found


async def by_message(tx: AsyncConnection, chat_id: int, message_id: int) -> Card | None:
    """The card that this message is."""
    where = (cards.c.chat_id == chat_id, cards.c.message_id == message_id, cards.c.lost.is_(False))
    row = (await tx.execute(select(cards.c.id).where(*where).order_by(cards.c.id.desc()))).first()
    return None if row is None else await get(tx, row.id)


async def places_pending(tx: AsyncConnection) -> list[CardPlace]:
    """Where each incident stands that has a change or a recovery still to be told, oldest first."""
    waiting = select(outbox.c.incident_id).where(
        outbox.c.settled_at.is_(None), outbox.c.kind != NoticeKind.OPENED
    )
    return await _places(tx, card_incidents.c.incident_id.in_(waiting))


async def places_of(
    tx: AsyncConnection, addresses: Collection[ChatAddress], ids: Sequence[IncidentId]
) -> list[CardPlace]:
    """Where these incidents stand in these chats and topics, oldest first."""
    found: list[CardPlace] = []
    chat_ids = sorted({address.chat_id for address in addresses})
    for some in parts(ids):
        part = card_incidents.c.incident_id.in_(some)
        found += await _places(tx, part, cards.c.chat_id.in_(chat_ids))
    return [place for place in found if place.address in addresses]


async def _places(tx: AsyncConnection, *where: ColumnElement[bool]) -> list[CardPlace]:
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
        CardPlace(
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


async def show_end(tx: AsyncConnection, shown: Iterable[tuple[int, IncidentId]]) -> None:
    """Each of these cards shows the incident named with it as over."""
    rows = [{"of_card": card_id, "of_incident": incident_id} for card_id, incident_id in shown]
    if rows:
        any_open = (
            card_incidents.c.card_id == bindparam("of_card"),
            card_incidents.c.incident_id == bindparam("of_incident"),
        )
        await tx.execute(update(card_incidents).where(*any_open).values(shows_end=True), rows)


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
    for some in parts(ids):
        part = select(card_incidents.c.card_id).where(card_incidents.c.incident_id.in_(some))
        card_ids.update(row.card_id for row in await tx.execute(part))
    return list((await get_many(tx, card_ids)).values())


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
