"""How many companies a gateway may bring: sixty thousand at once neither flood nor vanish."""

import pytest
from doubles import START

from bot.domain.company import Company, CompanyId, GatewayName, WhyAbsent
from bot.domain.notice import ChatAddress
from bot.domain.roster import ListedSession
from bot.domain.session import State
from bot.monitor.newcomers import Newcomers, Room
from storage.alerts import system_notices
from storage.sessions import companies, gateways
from storage.sessions.gateways import GatewayLook

GATEWAY, OTHER = GatewayName("one"), GatewayName("two")
OWNER = ChatAddress(1)


def listed(many, gateway=GATEWAY):
    ids = [CompanyId(f"c{number:05d}") for number in range(many)]
    return [Company(id=one, gateway=gateway, session_key=one, name="") for one in ids]


async def looked(db, room, sessions, gateway=GATEWAY):
    seen = sessions and [ListedSession(company=one, state=State.CONNECTED) for one in sessions]
    async with db.writing() as tx:
        taken = await Newcomers([OWNER], room).take(tx, gateway, seen, START)
        return len(taken)


async def told(db):
    async with db.reading() as tx:
        return [one.system_notice for one in await system_notices.pending(tx)]


async def test_a_large_gateway_is_taken_in_over_several_looks_and_nobody_hears_of_it(db):
    room, every = Room(at_a_look=20, most=100), listed(50)
    taken = 0
    counts = []
    while taken < 50:
        counts.append(await looked(db, room, every[taken:]))
        taken += counts[-1]
    assert counts == [20, 20, 10]
    assert await told(db) == []


async def test_what_there_is_no_room_for_is_told_to_owners_once(db):
    room = Room(at_a_look=20, most=30)
    assert [await looked(db, room, listed(40)) for _ in range(3)] == [20, 10, 0]
    (system_notice,) = await told(db)
    assert (system_notice.kind, system_notice.gateway, system_notice.facts) == (
        "companies_too_many",
        GATEWAY,
        {"count": 10, "most": 30},
    )


@pytest.mark.parametrize(("most", "taken"), [(39, 19), (40, 20), (20, 0), (1, 0)])
async def test_the_limit_counts_companies_of_all_gateways(db, most, taken):
    await looked(db, Room(), listed(20))
    more = [
        Company(id=CompanyId(f"x{one.id}"), gateway=OTHER, session_key=one.id, name="")
        for one in listed(20, OTHER)
    ]
    assert await looked(db, Room(most=most), more, OTHER) == taken


async def left_out(db):
    async with db.reading() as tx:
        return {look.name: look.left_out for look in await gateways.all_looks(tx)}


@pytest.fixture
async def looked_at(db):
    """The gateways have been looked at before."""
    async with db.writing() as tx:
        for name in (GATEWAY, OTHER):
            look = GatewayLook(
                name=name, failures=0, since_at=START, last_look_at=START, last_ok_at=START
            )
            await gateways.put(tx, look)


async def test_how_many_there_is_no_room_for_is_kept_until_there_is(db, looked_at):
    await looked(db, Room(at_a_look=20, most=30), listed(40))
    assert await left_out(db) == {GATEWAY: 10, OTHER: 0}  # the other 10 come with the next look
    await looked(db, Room(at_a_look=20, most=30), listed(45)[20:])
    assert await left_out(db) == {GATEWAY: 15, OTHER: 0}
    await looked(db, Room(at_a_look=20, most=30), None)  # a look at a few: nobody was looked for
    assert await left_out(db) == {GATEWAY: 15, OTHER: 0}
    await looked(db, Room(most=50), listed(45))
    assert await left_out(db) == {GATEWAY: 0, OTHER: 0}


async def test_sessions_that_are_gone_again_are_left_out_no_more(db, looked_at):
    await looked(db, Room(most=30), listed(40))
    await looked(db, Room(most=30), [])
    assert await left_out(db) == {GATEWAY: 0, OTHER: 0}


async def test_who_was_dropped_takes_no_room(db):
    await looked(db, Room(), listed(10))
    async with db.writing() as tx:
        for one in listed(10):
            await companies.set_absence(tx, one.id, WhyAbsent.DROPPED)
    new = [Company(id=CompanyId("new"), gateway=GATEWAY, session_key="new", name="")]
    assert await looked(db, Room(most=10), [*listed(10), *new]) == 1


async def test_of_six_thousand_two_thousand_are_taken_in(db):
    assert await looked(db, Room(), listed(6_000)) == 2_000
