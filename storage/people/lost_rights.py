"""Ends what hangs on the rights of somebody who has fewer of them now.

A private chat keeps what its person may still see. What they subscribed a group to stays only where
somebody else who may see it has acted in that group: the bot cannot know who else reads there, so
without such a person nobody vouches for it. Boards and digests stand on subscriptions, and go with
the last of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Join, Table, delete, select, update

from bot.domain.access import Person, Right, UserId
from bot.domain.company import CompanyId
from bot.domain.notice import ChatAddress
from bot.domain.pairing import Ending
from storage.batches import parts
from storage.chats import boards, digests, place_names, subscriptions
from storage.chats.subscriptions import Subscription
from storage.database import Transaction
from storage.people import confirmations, persons
from storage.recovery import checklists, pairings
from storage.tables import audit, card_incidents, cards, held, incidents, outbox

Hides = Callable[[CompanyId | None], bool]


@dataclass(frozen=True, kw_only=True)
class Left:
    """What was ended, and the groups that still hear and in which the person acted.

    A group is named, or goes by its id where no name is known.

    `boards` are the messages that showed one: chat, then message.
    """

    codes: tuple[CompanyId, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    boards: tuple[tuple[int, int], ...] = ()
    digests: int = 0
    questions: int = 0
    groups: tuple[str | int, ...] = ()

    @property
    def count(self) -> int:
        """How many things were ended."""
        named = len(self.codes) + len(self.subscriptions) + len(self.boards)
        return named + self.digests + self.questions


async def close_doors(tx: Transaction, user_id: UserId, now: datetime) -> Left:
    """End what the person may have no more; called once their grants are as they are to be."""
    people = await persons.everybody(tx)
    person = people.get(user_id) or Person(user_id=user_id, name="")
    codes = await _end_codes(tx, person, now)
    questions = await confirmations.forget_of(tx, user_id)
    ended = [
        *await _narrow_private(tx, person, now),
        *await _end_in_groups(tx, person, people),
    ]
    places = {subscription.address for subscription in ended} | {ChatAddress(user_id)}
    shown, closed = [], 0
    for place in sorted(places, key=str):
        left = await subscriptions.of_address(tx, place)
        board = None if left else await boards.get(tx, place)
        if board is not None:
            await boards.remove(tx, place)
            shown.append((place.chat_id, board.message_id or 0))
        closed += bool(not left and await digests.remove(tx, place))
        await _hush(tx, place, _hidden(person, place, left), now)
    return Left(
        codes=tuple(codes),
        subscriptions=tuple(ended),
        boards=tuple(shown),
        digests=closed,
        questions=questions,
        groups=tuple(await _groups(tx, person)),
    )


def _hidden(person: Person, place: ChatAddress, left: Sequence[Subscription]) -> Hides:
    """Which companies are hidden from a place from now on; None stands for gateways."""
    if place.chat_id == person.user_id:
        return lambda company_id: (
            not person.may(Right.LOOK, company_id)
            if company_id is not None
            else not person.may_somewhere(Right.LOOK)
        )
    ids = {subscription.company_id for subscription in left}
    return lambda company_id: not ids & {company_id, None} if company_id else not ids


async def _end_codes(tx: Transaction, person: Person, now: datetime) -> list[CompanyId]:
    ended = []
    for row in await pairings.live_of(tx, person.user_id):
        if not person.may(Right.PAIR, row.company_id):
            await pairings.end(tx, row.id, Ending.NOT_ALLOWED, now)
            ended.append(row.company_id)
    return ended


async def _narrow_private(tx: Transaction, person: Person, now: datetime) -> list[Subscription]:
    """End what the private chat may not hear; one to all becomes one to each that is left."""
    ended = []
    place = ChatAddress(person.user_id)
    present = await subscriptions.of_address(tx, place)
    named = {subscription.company_id for subscription in present}
    for subscription in present:
        if person.may(Right.SUBSCRIBE, subscription.company_id):
            continue
        await subscriptions.remove(tx, place, subscription.company_id)
        ended.append(subscription)
        left = () if subscription.company_id is not None else person.reach(Right.SUBSCRIBE) or ()
        for company_id in sorted(set(left) - named):
            narrower = Subscription(
                address=place, company_id=company_id, severity=subscription.severity
            )
            await subscriptions.put(tx, narrower, subscription.added_by, now)
    return ended


async def _end_in_groups(
    tx: Transaction, person: Person, people: dict[UserId, Person]
) -> list[Subscription]:
    ended = []
    for subscription in await subscriptions.all_ones(tx):
        if subscription.address.chat_id > 0 or subscription.added_by != person.user_id:
            continue
        if person.may(Right.SUBSCRIBE, subscription.company_id):
            continue
        others = await _others(tx, subscription.address.chat_id, person.user_id)
        vouching = (people[user_id] for user_id in others if user_id in people)
        if any(other.may(Right.SUBSCRIBE, subscription.company_id) for other in vouching):
            continue
        await subscriptions.remove(tx, subscription.address, subscription.company_id)
        ended.append(subscription)
    return ended


async def _others(tx: Transaction, chat_id: int, but: UserId) -> list[UserId]:
    """Who else has done something in a chat."""
    query = select(audit.c.user_id).where(audit.c.chat_id == chat_id, audit.c.user_id != but)
    return [UserId(user_id) for user_id in await tx.scalars(query.distinct())]


async def _hush(tx: Transaction, place: ChatAddress, hides: Hides, now: datetime) -> None:
    """Nothing that waits is told there any more, and nothing that stands there is kept true."""
    for_outbox = {"settled_at": now, "outcome": "not allowed"}
    waiting = await _of_hidden(tx, outbox.c.id, outbox, place, hides, outbox.c.settled_at.is_(None))
    for part in parts(waiting):
        await tx.execute(update(outbox).where(outbox.c.id.in_(part)).values(for_outbox))
    for part in parts(await _of_hidden(tx, held.c.id, held, place, hides)):
        await tx.execute(delete(held).where(held.c.id.in_(part)))
    shown = cards.join(card_incidents, card_incidents.c.card_id == cards.c.id)
    for part in parts(await _of_hidden(tx, cards.c.id, shown, place, hides)):
        await tx.execute(update(cards).where(cards.c.id.in_(part)).values(lost=True))
    for row in await checklists.open_ones(tx):
        if row.address == place and hides(row.company_id):
            await checklists.close(tx, row.id, now)


async def _of_hidden(
    tx: Transaction,
    key: ColumnElement[int],
    source: Table | Join,
    place: ChatAddress,
    hides: Hides,
    *where: ColumnElement[bool],
) -> list[int]:
    """The keys of what a place has that concerns a company which is hidden from it."""
    columns = {column.name: column for column in source.c}
    query = (
        select(key, incidents.c.company_id)
        .select_from(source.join(incidents, incidents.c.id == columns["incident_id"]))
        .where(
            columns["chat_id"] == place.chat_id,
            columns["thread_id"] == (place.thread_id or 0),
            *where,
        )
    )
    rows = (await tx.execute(query)).all()
    return list(dict.fromkeys(row[0] for row in rows if hides(row[1] or None)))


async def _groups(tx: Transaction, person: Person) -> list[str | int]:
    """The groups that still hear, and in which somebody has acted who may see less than they."""
    acted = set(
        await tx.scalars(
            select(audit.c.chat_id).where(audit.c.user_id == person.user_id).distinct()
        )
    )
    heard = {
        subscription.address.chat_id
        for subscription in await subscriptions.all_ones(tx)
        if subscription.address.chat_id < 0 and not person.may(Right.LOOK, subscription.company_id)
    }
    names = await place_names.of_chats(tx, acted & heard)
    return [names.get(chat_id) or chat_id for chat_id in sorted(acted & heard)]
