"""Which message in which chat tells of which incidents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.incident import IncidentId
from bot.domain.notice import ChatAddress
from storage.outbox import address_from_row
from storage.tables import card_incidents, cards


@dataclass(frozen=True, kw_only=True)
class Card:
    """A sent alert message. `incident_ids` are those it tells of, in the order it shows them."""

    id: int
    address: ChatAddress
    message_id: int
    sent_at: datetime
    incident_ids: tuple[IncidentId, ...]


async def add(
    tx: AsyncConnection,
    address: ChatAddress,
    message_id: int,
    incident_ids: Sequence[IncidentId],
    now: datetime,
) -> None:
    """Remember a message that was sent."""
    statement = insert(cards).values(
        chat_id=address.chat_id,
        thread_id=address.thread_id or 0,
        message_id=message_id,
        sent_at=now,
    )
    card_id = (await tx.execute(statement.returning(cards.c.id))).scalar_one()
    await tx.execute(
        insert(card_incidents),
        [{"card_id": card_id, "incident_id": one} for one in dict.fromkeys(incident_ids)],
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
        )
        for row in rows
    ]
