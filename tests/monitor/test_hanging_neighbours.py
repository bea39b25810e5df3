"""Sessions whose own answers hang cost nobody else anything: each is waited for by itself."""

import asyncio

import pytest
from watching import ONE, Watch

from bot.domain.company import CompanyId
from bot.domain.session import Cause, State
from bot.gateways.base import Caps
from bot.monitor.hanging_sessions import AT_ONCE
from bot.monitor.hints import ConnectionEvent

UP, DOWN, STOPPED = State.CONNECTED, State.DISCONNECTED, State.STOPPED
REMOVED = (State.LOGGED_OUT, Cause.DEVICE_REMOVED)
LOST = CompanyId("lost")
FIVE = [CompanyId(f"c{number}") for number in range(5)]
MANY = [CompanyId(f"d{number:02}") for number in range(30)]
OTHERS = [CompanyId(f"e{number}") for number in range(12)]
UNHINDERED_S = 10  # no look may wait for a hanging one, which here hangs for ever


async def watching(db, hanging, **caps):
    """All work; then `hanging` change and answer no more, each time they are asked singly."""
    watch = Watch(db, [ONE])
    watch.gateway.caps = Caps(**({"bulk_list": True, "owner": False} | caps))
    everybody = [LOST, *hanging, *OTHERS]
    await watch.add(*everybody)
    await watch.subscribe()
    await watch.settle(*everybody)
    watch.gateway.hanging |= set(hanging)
    for one in hanging:
        watch.gateway.says(one, DOWN)
    return watch


async def unhindered(look):
    return await asyncio.wait_for(look, UNHINDERED_S)


@pytest.fixture(params=[FIVE, MANY], ids=["five", "thirty"])
async def watch(db, request):
    watch = await watching(db, request.param)
    yield watch
    await watch.checker.stop()


async def test_the_alarm_of_another_waits_for_none_of_them(watch):
    await unhindered(watch.checker.look_again(ONE))
    watch.gateway.says(LOST, REMOVED)
    assert await unhindered(watch.tick(after_s=5)) == "opened revoked"


async def test_a_push_about_another_is_told_while_they_hang(watch):
    await unhindered(watch.tick(after_s=5))
    await unhindered(watch.checker.look_again(ONE))
    watch.gateway.says(LOST, REMOVED)
    await unhindered(watch.checker.hint(ONE, {LOST: ConnectionEvent(cause=Cause.DEVICE_REMOVED)}))
    assert await watch.told() == "opened revoked"


async def test_the_second_look_at_others_waits_for_none_of_them(watch):
    """They are lost in the same look: its confirming look asks for all of them together."""
    for one in watch.gateway.hanging:
        watch.gateway.says(one, STOPPED)
    for one in OTHERS:
        watch.gateway.says(one, UP)
    watch.gateway.says(LOST, REMOVED)
    assert "opened revoked" in await unhindered(watch.tick(after_s=5))


async def test_hanging_ones_that_no_list_holds_hold_up_nobody(db):
    watch = await watching(db, FIVE)
    watch.gateway.unlisted |= set(FIVE)
    watch.gateway.says(LOST, REMOVED)
    assert await unhindered(watch.tick(after_s=5)) == "opened revoked"
    await watch.checker.stop()


async def test_few_are_asked_at_a_time_so_that_connections_stay_free(db):
    watch = await watching(db, FIVE)
    watch.gateway.unlisted |= set(FIVE)
    await unhindered(watch.tick(after_s=5))
    before = watch.gateway.looks.copy()
    for _ in range(4):
        await unhindered(watch.tick(after_s=5))
    asked = {one: watch.gateway.looks[one] - before[one] for one in FIVE}
    assert sum(asked.values()) <= AT_ONCE
    await watch.checker.stop()


async def test_an_answer_that_comes_late_is_judged_when_it_comes(db):
    watch = await watching(db, FIVE)
    watch.gateway.unlisted |= set(FIVE)
    for one in FIVE[:1]:
        watch.gateway.says(one, REMOVED)
    await unhindered(watch.tick(after_s=5))
    assert await watch.told() == "quiet"
    watch.gateway.let_go.set()
    await unhindered(watch.checker.check(ONE, FIVE[0]))
    assert "opened revoked" in await watch.told()
    await watch.checker.stop()


async def test_who_asks_after_one_that_hangs_gets_its_answer(db):
    watch = await watching(db, FIVE)
    watch.gateway.unlisted |= set(FIVE)
    await unhindered(watch.tick(after_s=5))
    asking = asyncio.create_task(watch.checker.check(ONE, FIVE[0]))
    await asyncio.sleep(0)
    watch.gateway.let_go.set()
    await unhindered(asking)
    assert (await watch.known(FIVE[0])).state is DOWN
    await watch.checker.stop()


async def test_that_some_hang_does_not_say_that_the_gateway_is_silent(db):
    watch = await watching(db, FIVE)
    for _ in range(4):
        await unhindered(watch.checker.look_again(ONE))
        watch.clock.push(5)
    assert await watch.told() == "quiet"
    assert await watch.open_incidents() == []
    await watch.checker.stop()


async def test_one_that_answers_again_is_asked_with_the_others_again(db):
    watch = await watching(db, FIVE)
    watch.gateway.unlisted |= set(FIVE)
    await unhindered(watch.tick(after_s=5))
    watch.gateway.let_go.set()
    watch.gateway.hanging.clear()
    for one in FIVE:
        await unhindered(watch.checker.check(ONE, one))
    watch.gateway.unlisted.clear()
    for one in FIVE:
        watch.gateway.says(one, UP)
    await unhindered(watch.tick(after_s=5))
    assert {(await watch.known(one)).state for one in FIVE} == {UP}
    await watch.checker.stop()
