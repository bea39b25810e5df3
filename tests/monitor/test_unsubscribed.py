"""A company that nobody would hear of is pointed out: once, and not in a flood."""

import pytest
from doubles import Clock
from sqlalchemy import select

from bot.domain.company import Company, CompanyId, GatewayName
from bot.domain.notice import ChatAddress
from bot.domain.trouble import Severity
from bot.monitor.unsubscribed import Unsubscribed
from storage.chats import chats, subscriptions
from storage.chats.subscriptions import Subscription
from storage.sessions import companies
from storage.tables import remarks

OWNER, GROUP = ChatAddress(1), ChatAddress(-1001)
MAIN = GatewayName("main")


class Town:
    """Companies that come, and an owner who is told."""

    def __init__(self, db):
        self.db = db
        self.clock = Clock()
        self.rung = 0
        self.unheard = Unsubscribed(db, [OWNER], clock=self.clock, on_written=self._ring)
        self._read = 0

    def _ring(self):
        self.rung += 1

    async def found(self, *ids):
        new = [Company(id=CompanyId(one), gateway=MAIN, session_key=one, name="") for one in ids]
        async with self.db.writing() as tx:
            await companies.add_new(tx, new, self.clock())

    async def subscribe(self, key=None):
        wanted = Subscription(address=GROUP, company_id=key, severity=Severity.INFO)
        async with self.db.writing() as tx:
            await chats.add(tx, GROUP.chat_id, "", self.clock())
            await subscriptions.put(tx, wanted, None, self.clock())

    async def told_after(self, **time):
        """What the owner is told by turns of an hour, as `2: a, b`."""
        self.clock.push(**time)
        await self.unheard.tick()
        async with self.db.reading() as tx:
            rows = (await tx.execute(select(remarks).order_by(remarks.c.id))).all()
        new, self._read = rows[self._read :], len(rows)
        return [f"{row.facts['count']}: {row.facts['names']}" for row in new]


@pytest.fixture
def town(db):
    return Town(db)


async def test_all_are_named_in_one_message(town):
    await town.found("a", "b", "c")
    assert await town.told_after(minutes=31) == ["3: a, b, c"]
    assert town.rung == 1


async def test_who_was_just_found_gets_time_to_be_subscribed_to(town):
    await town.found("a")
    assert await town.told_after(minutes=29) == []
    await town.subscribe()
    assert await town.told_after(minutes=60) == []
    assert town.rung == 0


async def test_each_is_told_of_once(town):
    await town.found("a")
    await town.told_after(hours=1)
    for _ in range(100):
        assert await town.told_after(days=1) == []


async def test_there_is_one_message_a_day_at_most_and_nobody_is_left_out(town):
    await town.found("a")
    town.clock.push(minutes=20)
    await town.found("b")  # too young to be told of beside the first
    assert await town.told_after(minutes=11) == ["1: a"]
    await town.found("c")
    assert await town.told_after(hours=23) == []
    assert await town.told_after(hours=1) == ["2: b, c"]


async def test_who_has_a_subscriber_of_its_own_is_not_among_them(town):
    await town.found("a", "b")
    await town.subscribe("a")
    assert await town.told_after(hours=1) == ["1: b"]
