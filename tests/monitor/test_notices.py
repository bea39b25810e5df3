"""Who hears of what, and that telling and storing are one."""

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from watching import KEY, ONE, OTHER, Watch

from bot.domain.company import CompanyId
from bot.domain.notice import ChatAddress
from bot.domain.session import State
from bot.domain.trouble import Severity
from storage.alerts import incidents
from storage.chats import chats
from storage.tables import metadata

UP, STOPPED = State.CONNECTED, State.STOPPED
ALL, MINE, LOUD = ChatAddress(-1), ChatAddress(-2), ChatAddress(-3)
TOPIC = ChatAddress(-1, 45)


async def test_a_chat_hears_of_its_companies_alone(pair):
    await pair.subscribe(ALL)
    await pair.subscribe(MINE, OTHER)
    await pair.tape(STOPPED)
    assert await pair.told(ALL) == "opened gone"
    assert await pair.told(MINE) == "quiet"


async def test_a_topic_and_its_group_are_two_places(pair):
    await pair.subscribe(TOPIC, KEY)
    await pair.tape(STOPPED)
    assert [await pair.told(TOPIC), await pair.told(ALL)] == ["opened gone", "quiet"]


async def test_a_chat_that_is_subscribed_twice_hears_once(pair):
    await pair.subscribe(ALL)
    await pair.subscribe(ALL, KEY)
    await pair.tape(STOPPED)
    assert await pair.told(ALL) == "opened gone"


async def test_a_warning_does_not_reach_those_who_want_the_worst_alone(db):
    watch = Watch(db, [ONE])
    await watch.add(KEY)
    await watch.subscribe(ALL, severity=Severity.WARNING)
    await watch.subscribe(LOUD, severity=Severity.CRITICAL)
    await watch.tape(STOPPED, STOPPED, every_s=100)
    assert [await watch.told(ALL), await watch.told(LOUD)] == ["opened gone", "quiet"]


async def test_what_is_critical_reaches_everybody(pair):
    await pair.subscribe(ALL, severity=Severity.INFO)
    await pair.subscribe(LOUD, severity=Severity.CRITICAL)
    await pair.tape(STOPPED)
    assert [await pair.told(ALL), await pair.told(LOUD)] == ["opened gone"] * 2


async def test_a_parked_chat_is_told_when_it_returns(pair):
    await pair.subscribe(ALL)
    async with pair.db.writing() as tx:
        await chats.park(tx, ALL.chat_id, "blocked", pair.clock())
    await pair.tape(STOPPED)
    assert await pair.told(ALL) == "opened gone"


async def test_without_a_subscriber_the_incident_is_stored_all_the_same(pair):
    await pair.tape(STOPPED)
    assert len(await pair.open_incidents()) == 1


async def test_the_timeline_names_every_step_and_its_reason(watch):
    await watch.tape(STOPPED)
    await watch.tape(UP, UP, every_s=20)
    [incident] = await watch.closed_incidents()
    async with watch.db.reading() as tx:
        events = await incidents.events_of(tx, incident.id)
    assert [event.event for event in events] == ["opened", "changed", "closed"]
    assert events[0].facts["reason"] == "stopped after having been connected"


async def test_a_write_that_fails_leaves_nothing_behind(watch):
    async with watch.db.writing() as tx:
        await tx.execute(text("ALTER TABLE outbox RENAME TO away"))
    with pytest.raises(DBAPIError):
        await watch.tape(STOPPED)
    assert await watch.open_incidents() == []
    assert await watch.intervals() == ["connected"]
    async with watch.db.writing() as tx:
        await tx.execute(text("ALTER TABLE away RENAME TO outbox"))
    assert await watch.tick() == "opened gone"


async def extent(db):
    """The rows of every table, and the pages where the database is a file."""
    async with db.reading() as tx:
        counting = (select(func.count()).select_from(one) for one in metadata.sorted_tables)
        rows = [(await tx.execute(one)).scalar_one() for one in counting]
        if tx.dialect.name != "sqlite":
            return rows
        return rows, (await tx.execute(text("PRAGMA page_count"))).scalar_one()


async def test_10_000_ordinary_looks_leave_the_database_no_larger_than_1_000_do(db):
    watch = Watch(db, [ONE])
    many = [CompanyId(f"c{number}") for number in range(250)]
    await watch.add(*many)
    await watch.subscribe()
    await watch.settle(*many)
    for _ in range(4):
        await watch.tick()
    after_1_000 = await extent(db)
    for _ in range(36):
        await watch.tick()
    assert await extent(db) == after_1_000
