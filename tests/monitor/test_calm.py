"""Companies about which nothing is new: looked at as all are, thought of only when they differ."""

import pytest
from watching import KEY, ONE, OTHER, Watch

from bot.domain.company import CompanyId
from bot.domain.observation import Watched
from bot.domain.session import State
from bot.gateways.base import GatewayUnreachable
from storage import companies
from storage.states import CALM_AFTER

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
    return {one.id for one in await watch.ledger.calm(ONE, watch.clock())}


async def restless(watch):
    return {one.company.id for one in await watch.ledger.restless(ONE, watch.clock())}


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
    assert sum(watch.gateway.looks[one] for one in many) == 64
    assert {one.company.id for one in await watch.ledger.known(ONE, watch.clock())} == set(many)
    assert set(await watch.intervals(many[-1])) == {"connected", "stopped"}


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
    [one] = [one for one in await calm.ledger.calm(ONE, calm.clock()) if one.id == KEY]
    assert one == Watched(id=KEY, session_key=KEY, phone=None)


async def test_a_silent_gateway_concerns_the_calm_as_well(calm):

    calm.gateway.failure = GatewayUnreachable("refused")
    await calm.tick()
    await calm.tick(after_s=5)
    [incident] = await calm.open_incidents()
    assert incident.facts["companies"] == 2
