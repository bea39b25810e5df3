"""What was set aside long ago goes: told a day before, and nothing but what is meant."""

import json
from datetime import UTC, timedelta

import pytest
from doubles import Clock
from sqlalchemy import insert, select, update

from bot.authdir import SessionsTemplate
from bot.domain.access import UserId
from bot.domain.company import Company, CompanyId, GatewayName
from bot.domain.session import State
from bot.monitor.set_aside_expiry import SetAsideExpiry
from storage.sessions import companies
from storage.tables import audit, remarks, session_states

ONE = CompanyId("962302")
MAIN, FAR = GatewayName("main"), GatewayName("far")


class House:
    """A database, a disk, and a clock to push."""

    def __init__(self, db, folder):
        self.db = db
        self.clock = Clock()
        self.template = SessionsTemplate.parse(str(folder / "company_{company}"))
        self.kept = folder / "set_aside"
        self.kept.mkdir(mode=0o700)
        self.kept_far = folder / "far" / "set_aside"
        far = SessionsTemplate.parse(str(folder / "far" / "company_{company}"))
        templates = {MAIN: self.template, FAR: far}
        self.pruning = SetAsideExpiry(
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

    def link(self, path, number=1):
        """Credentials of a linked device, each number another."""
        me = {"id": "79000962302:3@s.whatsapp.net"}
        creds = {"me": me, "account": {"details": "fake"}, "registrationId": number}
        (path / "creds.json").write_text(json.dumps(creds))
        return path

    async def connect(self, since):
        async with self.db.writing() as tx:
            company = Company(id=ONE, gateway=MAIN, session_key=ONE, name="")
            await companies.add_new(tx, [company], self.clock())
            row = {"company_id": ONE, "state": State.CONNECTED, "since_at": since}
            await tx.execute(insert(session_states).values(row))

    async def tick(self, gateway=MAIN):
        await self.pruning.tick(gateway)

    async def rows(self, table):
        async with self.db.reading() as tx:
            return [dict(row) for row in (await tx.execute(select(table))).mappings()]


@pytest.fixture
def house(db, tmp_path):
    return House(db, tmp_path)


async def test_what_is_old_is_told_of_and_goes_a_day_later(house):
    old, spent = house.set_aside(13.5), house.set_aside(13.5, ".spent")
    file, young = house.set_aside(13.5, ".json"), house.set_aside(12)
    await house.tick()
    (told,) = await house.rows(remarks)
    assert (told["chat_id"], told["facts"]["count"]) == (1, 3)
    assert all(one.exists() for one in (old, spent, file, young))
    house.clock.push(days=1, minutes=1)
    await house.tick()
    assert [one.exists() for one in (old, spent, file, young)] == [False, False, False, True]
    done = [row for row in await house.rows(audit) if row["outcome"] == "done"]
    assert {row["details"]["name"] for row in done} == {old.name, spent.name, file.name}


async def test_however_old_nothing_goes_untold(house):
    old = house.set_aside(100)
    for _ in range(2):
        await house.tick()
    assert old.exists()
    assert len(await house.rows(remarks)) == 1


async def test_what_was_put_back_meanwhile_stays(house, tmp_path):
    old = house.set_aside(13.5)
    await house.tick()
    back = old.rename(tmp_path / "company_962302")
    house.clock.push(days=2)
    await house.tick()
    assert (back / "creds.json").exists()
    assert [row["outcome"] for row in await house.rows(audit)] == ["gone"]


async def test_a_link_is_no_way_out(house, tmp_path):
    outside = tmp_path / "precious"
    outside.mkdir()
    (outside / "creds.json").write_text("{}")
    old = house.set_aside(14.5)
    house.link(house.set_aside(1))  # so that the old one is not the last
    (old / "way").symlink_to(outside)
    await house.tick()
    (house.kept / f"{ONE}-20200101T000000Z").symlink_to(outside)
    house.clock.push(days=1, minutes=1)
    await house.tick()
    assert not old.exists()
    assert (outside / "creds.json").exists()


async def test_a_foreign_name_is_left_alone(house):
    foreign = house.kept / "notes"
    foreign.mkdir()
    for _ in range(2):
        await house.tick()
        house.clock.push(days=30)
    assert foreign.exists()


async def test_each_gateway_is_looked_through_by_itself(house):
    house.set_aside(20)
    await house.tick(FAR)
    assert await house.rows(remarks) == []
    await house.tick(MAIN)
    assert len(await house.rows(remarks)) == 1


async def test_a_gateway_without_directories_here_has_nothing_to_prune(house):
    await house.tick(GatewayName("elsewhere"))
    assert await house.rows(audit) == []


async def test_who_does_not_see_the_disk_calls_nothing_gone(house, tmp_path):
    old = house.set_aside(20)
    await house.tick()
    house.kept.rename(tmp_path / "on another machine")
    house.clock.push(days=2)
    await house.tick()
    assert [row["finished_at"] for row in await house.rows(audit)] == [None]
    (tmp_path / "on another machine").rename(house.kept)
    await house.tick()
    assert not old.exists()


async def test_the_last_linked_keys_of_each_device_stay_while_nothing_works(house):
    older, newer = house.link(house.set_aside(90)), house.link(house.set_aside(60))
    other = house.link(house.set_aside(70), number=2)
    unused = house.set_aside(50)
    for _ in range(4):
        await house.tick()
        house.clock.push(days=2)
    there = [one.exists() for one in (older, newer, other, unused)]
    assert there == [False, True, True, False]


async def test_once_the_company_works_its_old_keys_go_as_well(house):
    old = house.link(house.set_aside(60))
    await house.connect(since=house.clock() - timedelta(days=2))
    await house.tick()
    house.clock.push(days=1, minutes=1)
    await house.tick()
    assert not old.exists()


async def test_what_was_told_of_stays_when_the_session_is_lost_meanwhile(house):
    old = house.link(house.set_aside(60))
    await house.connect(since=house.clock() - timedelta(days=2))
    await house.tick()
    async with house.db.writing() as tx:
        await tx.execute(update(session_states).values(state=State.STOPPED))
    house.clock.push(days=3)
    await house.tick()
    assert old.exists()


async def test_a_session_of_a_minute_is_no_reason_to_delete(house):
    old = house.link(house.set_aside(60))
    await house.tick()
    house.clock.push(days=3)
    await house.connect(since=house.clock() - timedelta(minutes=1))
    await house.tick()
    assert old.exists()
