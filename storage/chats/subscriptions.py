"""Which chat is subscribed to which company.

A private chat hears what its person may see at this moment, whatever it is subscribed to: `heard`
is what every audience is made of.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import Person, Right, UserId
from bot.domain.company import Company, CompanyId
from bot.domain.notice import ChatAddress
from bot.domain.trouble import Severity
from storage.alerts.outbox import address_from_row
from storage.people import persons
from storage.sessions.companies import company_from_row, watched
from storage.sql import upsert
from storage.tables import chats, companies, subscriptions


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """A chat or topic is subscribed to a company (None: all) from `severity` upwards."""

    address: ChatAddress
    company_id: CompanyId | None
    severity: Severity
    parked: bool = False
    added_by: UserId | None = field(default=None, compare=False)


class Audience:
    """Which chats are subscribed to which companies."""

    def __init__(self, all_subscriptions: Iterable[Subscription]) -> None:
        self._every = tuple(all_subscriptions)

    def of(self, companies: Container[CompanyId], severity: Severity) -> list[ChatAddress]:
        """Who is subscribed to any of these companies at this severity, each once.

        Parked chats are among them: what they are told waits for their return.
        """
        loud = (
            subscription.address
            for subscription in self._every
            if (subscription.company_id is None or subscription.company_id in companies)
            and severity.rank >= subscription.severity.rank
        )
        return list(dict.fromkeys(loud))


def _from_row(row: Any) -> Subscription:
    return Subscription(
        address=address_from_row(row),
        company_id=CompanyId(row.company_id) if row.company_id else None,
        severity=Severity(row.severity),
        parked=row.parked_at is not None,
        added_by=None if row.added_by is None else UserId(row.added_by),
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
    """What one chat or topic is subscribed to."""
    return [subscription for subscription in await all_ones(tx) if subscription.address == address]


async def of_chat(tx: AsyncConnection, chat_id: int) -> list[Subscription]:
    """What a chat and its topics are subscribed to."""
    return [
        subscription
        for subscription in await all_ones(tx)
        if subscription.address.chat_id == chat_id
    ]


async def all_ones(tx: AsyncConnection) -> list[Subscription]:
    """Every subscription as it was made, rights of today not considered."""
    query = (
        select(subscriptions, chats.c.parked_at)
        .join(chats, chats.c.chat_id == subscriptions.c.chat_id)
        .order_by(subscriptions.c.id)
    )
    return [_from_row(row) for row in await tx.execute(query)]


async def heard(tx: AsyncConnection) -> list[Subscription]:
    """The subscriptions in force, parked chats included: what waits is sent on their return.

    In a private chat that is no more than its person may see: of a subscription to all companies
    those that are left to them.
    """
    all_subscriptions = await all_ones(tx)
    if not any(subscription.address.chat_id > 0 for subscription in all_subscriptions):
        return all_subscriptions
    people = await persons.everybody(tx)
    return [
        allowed for subscription in all_subscriptions for allowed in _allowed(subscription, people)
    ]


def _allowed(wanted: Subscription, people: Mapping[UserId, Person]) -> list[Subscription]:
    if wanted.address.chat_id < 0:
        return [wanted]
    person = people.get(UserId(wanted.address.chat_id))
    if person is None:
        return []
    reach = person.reach(Right.LOOK)
    if reach is None or wanted.company_id in reach:
        return [wanted]
    if wanted.company_id is not None:
        return []
    return [replace(wanted, company_id=company_id) for company_id in sorted(reach)]


async def unheard(
    tx: AsyncConnection, added: tuple[datetime, datetime] | None = None
) -> list[Company]:
    """The watched companies without a subscriber that takes messages, by id.

    Of those alone that were `added` after the first moment, and not after the second.
    """
    covered = {
        subscription.company_id for subscription in await heard(tx) if not subscription.parked
    }
    if None in covered:
        return []
    query = select(companies).where(watched()).order_by(companies.c.id)
    if added is not None:
        query = query.where(companies.c.added_at > added[0], companies.c.added_at <= added[1])
    found = [company_from_row(row) for row in await tx.execute(query)]
    return [company for company in found if company.id not in covered]
