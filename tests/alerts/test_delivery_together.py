"""Many chats at once: they share what is read and written, and nobody suffers for another."""

import contextlib

import pytest
from alerting import GROUP, Counted, Office
from sqlalchemy import update

from bot.alerts.courier import Delivered, MessageKind
from bot.domain.database_trouble import DatabaseTrouble
from bot.domain.notice import ChatAddress
from bot.domain.urgency import Urgency
from storage.alerts import incidents
from storage.chats import chats
from storage.errors import DatabaseMoved
from storage.tables import incidents as incidents_table

CHATS = [ChatAddress(1000 + number) for number in range(20)]
IN_FLIGHT = 8  # alerts at once, as the pace has it


class Watched:
    """A database that counts transactions, and can be told to keep nothing any more."""

    def __init__(self, db):
        self._db = db
        self.readings, self.writings = 0, 0
        self.dead = False

    @contextlib.asynccontextmanager
    async def reading(self):
        self.readings += 1
        async with self._db.reading() as tx:
            yield tx

    @contextlib.asynccontextmanager
    async def writing(self):
        if self.dead:
            raise DatabaseMoved(DatabaseTrouble.DELETED)
        self.writings += 1
        async with self._db.writing() as tx:
            yield tx


@pytest.fixture
async def many(db):
    """Twenty private chats."""
    place = Office(Watched(db))
    await place.subscribe(*CHATS)
    return place


async def lose_one_each(office):
    """An incident for each chat, of which nobody else hears."""
    return [(await office.open(to=[address]))[0] for address in CHATS]


def heard(office):
    return {
        address: [list(message.shows) for message in office.service.cards(address)]
        for address in CHATS
    }


async def test_letters_under_way_at_once_share_their_statements(many):
    ids = await lose_one_each(many)
    many.db.readings = many.db.writings = 0
    await many.after(3, step_s=1)
    assert heard(many) == {address: [[one]] for address, one in zip(CHATS, ids, strict=True)}
    assert many.db.writings <= len(CHATS) / 2
    assert many.db.readings <= len(CHATS)


async def test_an_incident_that_cannot_be_read_holds_up_its_own_chat_only(many):
    ids = await lose_one_each(many)
    async with many.db.writing() as tx:
        spoilt = update(incidents_table).where(incidents_table.c.id == ids[3])
        await tx.execute(spoilt.values(symptom="of a newer version"))
    await many.after(12, step_s=1)
    untold = [address for address, cards in heard(many).items() if not cards]
    assert untold == [CHATS[3]]
    async with many.db.writing() as tx:
        await tx.execute(spoilt.values(symptom="gone"))
    await many.after(12, step_s=1)
    assert heard(many)[CHATS[3]] == [[ids[3]]]


class Odd(Counted):
    """Names a message by what no database can hold, in one chat."""

    async def deliver(self, message):
        outcome = await super().deliver(message)
        return Delivered(2**80) if message.address == CHATS[3] else outcome


async def test_a_receipt_that_cannot_be_written_holds_up_its_own_chat_only(many):
    many.courier = Odd(many.service)
    many.restart()
    await lose_one_each(many)
    await many.after(12, step_s=1)
    later = await lose_one_each(many)
    await many.after(14, step_s=1)
    told = {address: cards[-1:] for address, cards in heard(many).items()}
    for address, one in zip(CHATS, later, strict=True):
        if address != CHATS[3]:
            assert told[address] == [[one]]
    assert len(heard(many)[CHATS[3]]) == 1  # known to be there: it is not sent again and again


@pytest.mark.parametrize("calls", [0, 7, 19])
async def test_a_kill_loses_nothing_and_repeats_what_was_in_flight_at_most(many, calls):
    ids = await lose_one_each(many)
    many.service = Dying(many.service, many.db, calls)
    many.courier = Counted(many.service)
    many.restart()
    with contextlib.suppress(DatabaseMoved):
        await many.after(3, step_s=1)
    many.db.dead, many.service.left = False, 10_000
    many.restart()
    await many.after(12, step_s=1)
    told = heard_of(many.service.within)
    assert {address: {card[0] for card in cards} for address, cards in told.items()} == {
        address: {one} for address, one in zip(CHATS, ids, strict=True)
    }
    assert sum(len(cards) - 1 for cards in told.values()) <= IN_FLIGHT


class Dying:
    """A chat service; after so many letters the process can write nothing down any more."""

    def __init__(self, within, db, left):
        self.within, self._db, self.left = within, db, left

    async def deliver(self, message):
        if self.left == 0:
            self._db.dead = True
        self.left -= 1
        return await self.within.deliver(message)


def heard_of(service):
    return {
        address: [list(message.shows) for message in service.cards(address)] for address in CHATS
    }


async def test_each_chat_is_told_in_order_however_many_are_served(many):
    first = await lose_one_each(many)
    await many.after(1)
    for address, one in zip(CHATS, first, strict=True):
        await many.change(one, to=[address])
        await many.recover(one, to=[address], changed=False)
    await lose_one_each(many)
    await many.after(30, step_s=1)
    for address in CHATS:
        kinds = [
            call.message.kind for call in many.service.calls if call.message.address == address
        ]
        aloud = [kind for kind in kinds if kind is not MessageKind.EDIT]
        assert aloud == [MessageKind.NEW, MessageKind.NEW, MessageKind.BACK]


async def test_a_code_overtakes_the_alerts_that_wait_for_its_chat(office):
    ids = await office.open(600)
    await office.after(0.5)
    code = office.line.join(GROUP.chat_id, Urgency.CODE)
    assert await office.pending() > 0
    told_before = len(office.service.messages)
    office.clock.push(1)
    office.line.advance()
    assert code.has_come
    assert len(office.service.messages) == told_before
    code.leave()
    await office.after(40, step_s=1)
    assert sorted(show for card in office.service.cards() for show in card.shows) == ids


async def test_an_edit_of_one_of_hundreds_of_cards_does_not_have_all_read_anew(many):
    ids = await lose_one_each(many)
    await many.after(3, step_s=1)
    for address, one in zip(CHATS, ids, strict=True):
        await many.change(one, to=[address])
    many.db.readings = 0
    await many.after(6, step_s=1)
    assert all(card.edits == 1 for card in many.service.messages)
    assert many.db.readings <= 2 * len(CHATS)


async def test_of_moved_and_told_chats_in_one_batch_each_gets_its_own(many):
    ids = await lose_one_each(many)
    new_home = ChatAddress(-1009)
    many.service.moved[CHATS[0].chat_id] = new_home.chat_id
    many.service.gone.add(CHATS[1].chat_id)
    await many.after(12, step_s=1)
    assert [list(card.shows) for card in many.service.cards(new_home)] == [[ids[0]]]
    async with many.db.reading() as tx:
        assert (await chats.get(tx, CHATS[1].chat_id)).parked_at is not None
        assert [event.event for event in await incidents.events_of(tx, ids[2])] == ["told"]
    assert [heard(many)[address] for address in CHATS[2:]] == [[[one]] for one in ids[2:]]
