"""What is old goes, and nothing but what is meant."""

from datetime import UTC, datetime, timedelta

import pytest
from doubles import Clock
from sqlalchemy import func, select

from bot.domain.company import Company, CompanyId, GatewayName
from bot.domain.files import FilesLook
from bot.domain.session import State
from bot.monitor.housekeeping import Housekeeping
from storage.sessions import companies, files, states
from storage.sessions.states import Change
from storage.tables import file_counts, session_states

ONE = CompanyId("962302")
MAIN = GatewayName("main")


class House:
    """A database, and a clock to push."""

    def __init__(self, db):
        self.db = db
        self.clock = Clock()
        self.keeping = Housekeeping(db, clock=self.clock)

    async def rows(self, table):
        async with self.db.reading() as tx:
            return [dict(row) for row in (await tx.execute(select(table))).mappings()]


@pytest.fixture
async def house(db):
    async with db.writing() as tx:
        new = Company(id=ONE, gateway=MAIN, session_key=ONE, name="")
        await companies.add_new(tx, [new], datetime(2024, 1, 1, tzinfo=UTC))
    return House(db)


async def counts(house):
    return [(row["hour"], row["total"]) for row in await house.rows(file_counts)]


async def test_of_an_old_day_the_highest_and_the_last_count_stay(house):
    noon = house.clock().replace(hour=12, minute=0, second=0, microsecond=0)
    day = noon - timedelta(days=20)
    async with house.db.writing() as tx:
        for hour, total in ((-3, 31), (-2, 90), (-1, 40), (0, 35)):
            for begin in (day, noon - timedelta(days=3)):
                at = begin + timedelta(hours=hour)
                await files.put(tx, [FilesLook(company_id=ONE, at=at, total=total, size_bytes=1)])
    for _ in range(2):
        await house.keeping.tick()
    found = await counts(house)
    assert [n for at, n in sorted(found) if at <= day] == [90, 35]
    assert len([n for at, n in found if at > day]) == 4


async def test_after_a_year_the_last_count_still_holds(house):
    begin = house.clock() - timedelta(days=500)
    async with house.db.writing() as tx:
        for days, total in ((0, 31), (30, 40)):
            at = begin + timedelta(days=days)
            await files.put(tx, [FilesLook(company_id=ONE, at=at, total=total, size_bytes=1)])
    await house.keeping.tick()
    assert [n for _, n in await counts(house)] == [40]


async def test_old_states_go_and_the_present_one_stays(house):
    begin = house.clock() - timedelta(days=500)
    async with house.db.writing() as tx:
        for days, state in ((0, State.CONNECTING), (1, State.CONNECTED)):
            at = begin + timedelta(days=days)
            await states.write(tx, [Change(company_id=ONE, state=state, cause=None, at=at)])
    await house.keeping.tick()
    assert [row["state"] for row in await house.rows(session_states)] == ["connected"]
    async with house.db.reading() as tx:
        assert await tx.scalar(select(func.count()).select_from(session_states)) == 1
