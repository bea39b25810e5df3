"""What is old goes: told a day before, and nothing but what is meant."""

from datetime import UTC, datetime, timedelta

import pytest
from doubles import Clock
from sqlalchemy import func, select

from bot.authdir import SessionsTemplate
from bot.domain.access import UserId
from bot.domain.company import Company, CompanyId, GatewayName
from bot.domain.files import FilesLook
from bot.domain.session import State
from bot.monitor.housekeeping import Housekeeping
from storage import companies, files, states
from storage.states import Change
from storage.tables import audit, file_counts, remarks, session_states

ONE = CompanyId("962302")
MAIN = GatewayName("main")


class House:
    """A database, a disk, and a clock to push."""

    def __init__(self, db, folder):
        self.db = db
        self.clock = Clock()
        self.template = SessionsTemplate.parse(str(folder / "company_{company}"))
        self.kept = folder / "set_aside"
        self.kept.mkdir(mode=0o700)
        templates = {MAIN: self.template}
        self.keeping = Housekeeping(
            db, templates, [UserId(1)], clock=self.clock, on_written=lambda: None
        )

    def set_aside(self, days_ago, suffix="", key=ONE):
        at = (self.clock() - timedelta(days=days_ago)).astimezone(UTC)
        path = self.kept / f"{key}-{at:%Y%m%dT%H%M%SZ}{suffix}"
        if suffix == ".json":
            path.write_text("{")
        else:
            path.mkdir()
            (path / "creds.json").write_text("{}")
        return path

    async def rows(self, table):
        async with self.db.reading() as tx:
            return [dict(row) for row in (await tx.execute(select(table))).mappings()]


@pytest.fixture
async def house(db, tmp_path):
    async with db.writing() as tx:
        new = Company(id=ONE, gateway=MAIN, session_key=ONE, name="")
        await companies.add_new(tx, [new], datetime(2024, 1, 1, tzinfo=UTC))
    return House(db, tmp_path)


async def test_what_is_old_is_told_of_and_goes_a_day_later(house):
    old, spent = house.set_aside(13.5), house.set_aside(13.5, ".spent")
    file, young = house.set_aside(13.5, ".json"), house.set_aside(12)
    await house.keeping.turn()
    (told,) = await house.rows(remarks)
    assert (told["chat_id"], told["facts"]["count"]) == (1, 3)
    assert all(one.exists() for one in (old, spent, file, young))
    house.clock.push(days=1, minutes=1)
    await house.keeping.turn()
    assert [one.exists() for one in (old, spent, file, young)] == [False, False, False, True]
    done = [row for row in await house.rows(audit) if row["outcome"] == "done"]
    assert {row["details"]["name"] for row in done} == {old.name, spent.name, file.name}


async def test_however_old_nothing_goes_untold(house):
    old = house.set_aside(100)
    for _ in range(2):
        await house.keeping.turn()
    assert old.exists()
    assert len(await house.rows(remarks)) == 1


async def test_what_was_put_back_meanwhile_stays(house, tmp_path):
    old = house.set_aside(13.5)
    await house.keeping.turn()
    back = old.rename(tmp_path / "company_962302")
    house.clock.push(days=2)
    await house.keeping.turn()
    assert (back / "creds.json").exists()
    assert [row["outcome"] for row in await house.rows(audit)] == ["gone"]


async def test_a_link_is_no_way_out(house, tmp_path):
    outside = tmp_path / "precious"
    outside.mkdir()
    (outside / "creds.json").write_text("{}")
    old = house.set_aside(14.5)
    (old / "way").symlink_to(outside)
    await house.keeping.turn()
    (house.kept / f"{ONE}-20200101T000000Z").symlink_to(outside)
    house.clock.push(days=1, minutes=1)
    await house.keeping.turn()
    assert not old.exists()
    assert (outside / "creds.json").exists()


async def test_a_foreign_name_is_left_alone(house):
    foreign = house.kept / "notes"
    foreign.mkdir()
    for _ in range(2):
        await house.keeping.turn()
        house.clock.push(days=30)
    assert foreign.exists()


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
        await house.keeping.turn()
    found = await counts(house)
    assert [n for at, n in sorted(found) if at <= day] == [90, 35]
    assert len([n for at, n in found if at > day]) == 4


async def test_after_a_year_the_last_count_still_holds(house):
    begin = house.clock() - timedelta(days=500)
    async with house.db.writing() as tx:
        for days, total in ((0, 31), (30, 40)):
            at = begin + timedelta(days=days)
            await files.put(tx, [FilesLook(company_id=ONE, at=at, total=total, size_bytes=1)])
    await house.keeping.turn()
    assert [n for _, n in await counts(house)] == [40]


async def test_old_states_go_and_the_present_one_stays(house):
    begin = house.clock() - timedelta(days=500)
    async with house.db.writing() as tx:
        for days, state in ((0, State.CONNECTING), (1, State.CONNECTED)):
            at = begin + timedelta(days=days)
            await states.write(tx, [Change(company_id=ONE, state=state, cause=None, at=at)])
    await house.keeping.turn()
    assert [row["state"] for row in await house.rows(session_states)] == ["connected"]
    async with house.db.reading() as tx:
        assert await tx.scalar(select(func.count()).select_from(session_states)) == 1
