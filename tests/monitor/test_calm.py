"""Companies about which nothing is new: looked at as all are, thought of only when they differ."""

import asyncio

import pytest
from watching import KEY, ONE, OTHER, Watch

from bot.domain.calm_query import CALM_AFTER
from bot.domain.company import CompanyId
from bot.domain.observation import Watched
from bot.domain.session import State
from bot.domain.timing import Timing
from bot.domain.trouble import Symptom
from bot.gateways.base import GatewayUnreachable
from storage.sessions import companies

STOPPED = State.STOPPED


@pytest.fixture
async def calm(db):
    """Two sessions that have worked for so long that nobody thinks of them."""
    watch = Watch(db, [ONE])
    await watch.add(KEY, OTHER)
    await watch.subscribe()
    await watch.settle(KEY, OTHER)
    await watch.tick(after_s=CALM_AFTER.total_seconds())
    assert await ids_of_calm(watch) == {KEY, OTHER}
    return watch


async def ids_of_calm(watch):
    return {one.id for one in await watch.statuses.calm(ONE, watch.clock())}


async def restless(watch):
    return {one.company.id for one in await watch.statuses.restless(ONE, watch.clock())}


async def test_who_is_not_calm_is_restless(calm):
    assert await restless(calm) == set()
    await calm.tape(STOPPED)
    assert (await ids_of_calm(calm), await restless(calm)) == ({OTHER}, {KEY})


async def test_a_calm_session_that_is_lost_is_told_as_any_other(calm):
    assert await calm.tape(STOPPED) == ["opened gone"]


async def test_a_calm_session_that_the_list_lacks_is_asked_for(calm):
    calm.gateway.unlisted.add(KEY)
    looks = calm.gateway.looks[KEY]
    assert await calm.tick() == "quiet"
    assert calm.gateway.looks[KEY] > looks
    calm.gateway.says(KEY, STOPPED)
    assert await calm.tick() == "opened gone"


async def test_where_hundreds_are_lacking_a_few_speak_for_all(db):
    watch = Watch(db, [ONE])
    many = [CompanyId(f"c{number}") for number in range(200)]
    await watch.add(*many)
    await watch.settle(*many)
    for one in many:
        watch.gateway.forgets(one)
    watch.gateway.looks.clear()
    await watch.tick()
    assert sum(watch.gateway.looks[one] for one in many) == 2 * 64  # and at the second look
    assert {one.company.id for one in await watch.statuses.known(ONE, watch.clock())} == set(many)
    assert set(await watch.intervals(many[-1])) == {"connected", "stopped"}


async def test_a_list_taken_for_many_that_are_not_well_tells_of_the_calm_too(db):
    watch = Watch(db, [ONE])
    lost = [CompanyId(f"c{number}") for number in range(9)]
    well = [KEY, OTHER, *(CompanyId(f"d{number}") for number in range(20))]
    await watch.add(*well, *lost)
    await watch.subscribe()
    await watch.settle(*well, *lost)
    await watch.tick(after_s=CALM_AFTER.total_seconds())
    for one in lost:
        watch.gateway.says(one, STOPPED)
    assert await watch.tick() == " + ".join(["opened gone"] * 9)
    watch.gateway.says(KEY, STOPPED)
    watch.gateway.looks.clear()
    watch.clock.push(5)
    await watch.checker.look_again(ONE)
    assert watch.gateway.looks["list"] == 1
    assert await watch.told() == "opened gone"


async def test_a_list_that_lacks_what_is_there_is_not_believed(db):
    watch = Watch(db, [ONE])
    many = [CompanyId(f"c{number}") for number in range(200)]
    await watch.add(*many)
    await watch.settle(*many)
    watch.gateway.unlisted.update(many)
    watch.gateway.looks.clear()
    await watch.tick()
    assert all(watch.gateway.looks[one] for one in many)
    assert await watch.open_incidents() == []


async def test_the_second_look_counts_from_the_first_not_from_what_was_thought_of_it(db):
    watch = Watch(db, [ONE], timing=Timing(confirm_after_s=3600))
    await watch.add(KEY)
    await watch.subscribe()
    await watch.settle()
    watch.gateway.says(KEY, STOPPED)
    watch.clock.pace_s = 3600  # every thought takes an hour
    await asyncio.wait_for(watch.checker.tick(ONE), 30)
    assert await watch.told() == "opened gone"


async def test_whom_the_list_lacks_is_not_called_gone_at_the_second_look(db):
    watch = Watch(db, [ONE])
    lost = [CompanyId(f"c{number}") for number in range(9)]
    well = [CompanyId(f"d{number}") for number in range(20)]
    await watch.add(*well, *lost)
    await watch.subscribe()
    watch.gateway.unlisted.update(lost)
    await watch.settle(*well, *lost)
    for one in lost:
        watch.gateway.says(one, State.AWAITING_SCAN)
    assert await watch.tick() == " + ".join(["opened awaiting_scan"] * 9)


async def test_a_session_that_just_came_back_is_not_calm_yet(calm):
    await calm.tape(STOPPED, State.CONNECTED)
    assert KEY in await restless(calm)
    await calm.tick(after_s=30)
    await calm.tick(after_s=CALM_AFTER.total_seconds())
    assert await restless(calm) == set()


async def test_another_number_than_expected_is_never_calm(calm):
    async with calm.db.writing() as tx:
        await companies.set_linked_phone(tx, KEY, "79000000002")
        await companies.set_paired(tx, KEY, "79000000001", calm.clock())
    assert KEY in await restless(calm)


async def test_what_is_asked_of_a_gateway_names_the_session_there(calm):
    [one] = [one for one in await calm.statuses.calm(ONE, calm.clock()) if one.id == KEY]
    assert one == Watched(id=KEY, session_key=KEY, phone=None)


async def test_a_silent_gateway_concerns_the_calm_as_well(calm):

    calm.gateway.failure = GatewayUnreachable("refused")
    await calm.tick()
    await calm.tick(after_s=5)
    [incident] = await calm.open_incidents()
    assert incident.facts["companies"] == 2


@pytest.fixture
async def unlisted(db):
    """Two hundred calm sessions of a gateway whose list holds none of them."""
    watch = Watch(db, [ONE])
    watch.many = [CompanyId(f"c{number:03}") for number in range(200)]
    await watch.add(*watch.many)
    await watch.subscribe()
    await watch.settle(*watch.many)
    await watch.tick(after_s=CALM_AFTER.total_seconds())
    watch.gateway.unlisted.update(watch.many)
    watch.gateway.looks.clear()
    return watch


def asked(watch):
    return [watch.gateway.looks[one] for one in watch.many]


async def troubles(watch):
    return [incident.symptom for incident in await watch.open_incidents()]


async def test_calm_sessions_that_no_list_holds_are_asked_once_each(unlisted):
    assert await unlisted.tick() == "quiet"
    assert asked(unlisted) == [1] * 200


async def test_they_are_asked_a_few_at_a_time_and_others_have_their_turn(unlisted):
    unlisted.gateway.hung = asyncio.Event()
    tick = asyncio.create_task(unlisted.checker.tick(ONE))
    await unlisted.gateway.reached.wait()
    between = asyncio.create_task(unlisted.checker.check(ONE, unlisted.many[-1]))
    unlisted.gateway.hung.set()
    await between
    assert sum(asked(unlisted)) <= 64 + 1
    await tick
    assert asked(unlisted) == [1] * 199 + [2]


async def test_one_that_is_lost_among_them_is_told_as_any_other(unlisted):
    unlisted.gateway.says(unlisted.many[-1], STOPPED)
    assert await unlisted.tick() == "opened gone"


@pytest.mark.parametrize("well", [0, 64, 100])
async def test_when_many_are_lost_all_are_looked_at_at_once(unlisted, well):
    for one in unlisted.many[well:]:
        unlisted.gateway.says(one, State.DISCONNECTED)
    await unlisted.tick()
    await unlisted.tick(after_s=16)
    assert await troubles(unlisted) == [Symptom.MASS_DROP]


async def test_a_gateway_that_stops_answering_is_not_asked_on(unlisted):
    unlisted.gateway.failing.update(unlisted.many[64:])
    assert await unlisted.tick() == "quiet"
    assert asked(unlisted) == [1] * 128 + [0] * 72
