"""Which chat wants to hear of which company."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.company import Company, CompanyId
from bot.domain.incident import Severity
from bot.domain.notice import ChatAddress
from storage.companies import company_from_row, watched
from storage.outbox import address_from_row
from storage.statements import upsert
from storage.tables import chats, companies, subscriptions


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """A chat or topic hears of a company (None: of all) from `severity` upwards."""

    address: ChatAddress
    company_id: CompanyId | None
    severity: Severity
    parked: bool = False


class Audience:
    """Which chats hear of which companies."""

    def __init__(self, every: Iterable[Subscription]) -> None:
        self._every = tuple(every)

    def of(self, companies: Container[CompanyId], severity: Severity) -> list[ChatAddress]:
        """Who hears of any of these companies when it is as severe as that, each once.

        Parked chats are among them: what they are told waits for their return.
        """
        loud = (
            one.address
            for one in self._every
            if (one.company_id is None or one.company_id in companies)
            and severity.rank >= one.severity.rank
        )
        return list(dict.fromkeys(loud))


def _from_row(row: Any) -> Subscription:
    return Subscription(
        address=address_from_row(row),
        company_id=CompanyId(row.company_id) if row.company_id else None,
        severity=Severity(row.severity),
        parked=row.parked_at is not None,
    )


async def put(
    tx: AsyncConnection, subscription: Subscription, added_by: int | None, now: datetime
) -> None:
    """Subscribe, or change the severity of what is subscribed."""
    statement = upsert(
        tx, subscriptions, ("chat_id", "thread_id", "company_id"), ("severity", "added_by")
    )
    await tx.execute(
        statement.values(
            chat_id=subscription.address.chat_id,
            thread_id=subscription.address.thread_id or 0,
            company_id=subscription.company_id or "",
            severity=subscription.severity,
            added_by=added_by,
            added_at=now,
        )
    )


async def remove(tx: AsyncConnection, address: ChatAddress, company_id: CompanyId | None) -> bool:
    """Unsubscribe; False when there was no such subscription."""
    statement = delete(subscriptions).where(
        subscriptions.c.chat_id == address.chat_id,
        subscriptions.c.thread_id == (address.thread_id or 0),
        subscriptions.c.company_id == (company_id or ""),
    )
    return (await tx.execute(statement)).rowcount > 0


async def of_address(tx: AsyncConnection, address: ChatAddress) -> list[Subscription]:
    """What one chat or topic hears of."""
    return [one for one in await all_ones(tx) if one.address == address]


async def of_chat(tx: AsyncConnection, chat_id: int) -> list[Subscription]:
    """What a chat and its topics hear of."""
    return [one for one in await all_ones(tx) if one.address.chat_id == chat_id]


async def all_ones(tx: AsyncConnection) -> list[Subscription]:
    """Every subscription, parked chats included: what waits for them is sent on their return."""
    query = (
        select(subscriptions, chats.c.parked_at)
        .join(chats, chats.c.chat_id == subscriptions.c.chat_id)
        .order_by(subscriptions.c.id)
    )
    return [_from_row(row) for row in await tx.execute(query)]


async def unheard(
    tx: AsyncConnection, added: tuple[datetime, datetime] | None = None
) -> list[Company]:
    """The watched companies of which no chat hears that takes messages, by id.

    Of those alone that were `added` after the first moment, and not after the second.
    """
    heard = (
        select(subscriptions.c.id)
        .join(chats, chats.c.chat_id == subscriptions.c.chat_id)
        .where(
            chats.c.parked_at.is_(None),
            or_(
                subscriptions.c.company_id == "",
                subscriptions.c.company_id == companies.c.id,
            ),
        )
        .exists()
    )
    query = select(companies).where(watched(), ~heard).order_by(companies.c.id)
    if added is not None:
        query = query.where(companies.c.added_at > added[0], companies.c.added_at <= added[1])
    return [company_from_row(row) for row in await tx.execute(query)]
