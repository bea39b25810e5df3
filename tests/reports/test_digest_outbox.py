"""Digests on their way into the outbox."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from telling import ONE, T0, company

from bot.domain.access import UserId
from bot.domain.company import CompanyId
from bot.domain.digest import DigestWish
from bot.domain.notice import ChatAddress
from bot.domain.trouble import Severity
from bot.reports.digests import Digests
from bot.reports.reporter import Reporter, ReportLimits
from storage.alerts import system_notices
from storage.chats import chats, digests, subscriptions
from storage.chats.subscriptions import Subscription
from storage.people import persons
from storage.sessions import companies

GROUP, OWNER = ChatAddress(-1001), ChatAddress(7)
UTC = ZoneInfo("UTC")
NO_LIMITS = ReportLimits(files_of=lambda _company, _baseline: None, reconnects_per_day=5)


class Morning:
    """A database with one company, and nine o'clock."""

    def __init__(self, db):
        self.db = db
        self.now = T0 + timedelta(hours=9)
        self.digests = Digests(
            db,
            Reporter(db, NO_LIMITS),
            UTC,
            [UserId(OWNER.chat_id)],
            clock=lambda: self.now,
            on_written=lambda: None,
        )

    async def wish(self, address, *, when_well=True, company_id=None):
        async with self.db.writing() as tx:
            await chats.add(tx, address.chat_id, "", T0)
            heard = Subscription(address=address, company_id=company_id, severity=Severity.INFO)
            await subscriptions.put(tx, heard, None, T0)
            await digests.put(tx, address, DigestWish(hour=9, when_well=when_well), self.now)

    async def told(self):
        async with self.db.reading() as tx:
            return {
                one.address: one.system_notice.facts for one in await system_notices.pending(tx)
            }

    async def due_at(self, address):
        async with self.db.reading() as tx:
            return (await digests.get(tx, address)).due_at


@pytest.fixture
async def morning(db):
    await db.open()
    async with db.writing() as tx:
        await companies.add_new(tx, [company(), company(CompanyId("962303"), "Юг")], T0)
        await persons.set_owners(tx, [UserId(OWNER.chat_id)])
    return Morning(db)


async def test_it_is_stored_and_the_next_is_due_tomorrow(morning):
    await morning.wish(GROUP)
    await morning.digests.tick()
    await morning.digests.tick()
    assert (await morning.told())[GROUP]["total"] == 2
    assert await morning.due_at(GROUP) == morning.now + timedelta(days=1)


async def test_when_all_is_well_it_is_silent_where_that_is_wished(morning):
    await morning.wish(GROUP, when_well=False)
    await morning.digests.tick()
    assert await morning.told() == {}
    assert await morning.due_at(GROUP) == morning.now + timedelta(days=1)


async def test_only_an_owner_is_told_of_whom_nobody_hears(morning):
    await morning.wish(GROUP, company_id=ONE)
    await morning.wish(OWNER, company_id=ONE, when_well=False)
    await morning.digests.tick()
    told = await morning.told()
    assert told[GROUP]["unheard"] == []
    assert told[OWNER]["unheard"] == ["962303"]


async def test_an_hour_chosen_meanwhile_is_kept(morning):
    await morning.wish(GROUP)
    async with morning.db.reading() as tx:
        (row,) = await digests.due(tx, morning.now)
    async with morning.db.writing() as tx:
        await digests.put(tx, GROUP, DigestWish(hour=12), morning.now + timedelta(hours=3))
    await morning.digests._tell(row, morning.now)
    assert await morning.told() == {}
