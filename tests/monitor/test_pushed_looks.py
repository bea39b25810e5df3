"""A push makes the checker look at once; what the look sees counts."""

from datetime import timedelta

import pytest
from watching import KEY, ONE, OTHER

from bot.domain.session import Cause, State
from bot.gateways.events import GatewayEvent, PushNews
from bot.monitor.pushes import PushedLooks
from storage.sessions import pushes


@pytest.fixture
def looks(watch):
    return PushedLooks(watch.db, watch.checker, clock=watch.clock)


def event(key=KEY, **values):
    return GatewayEvent(what=PushNews.STATE, key=key, **values)


async def taken(looks, *events):
    await looks.take(ONE, events)


async def test_a_push_and_a_look_that_agree_are_told_at_once(watch, looks):
    watch.gateway.forgets(KEY)
    watch.clock.push(3)
    await taken(looks, event(state=State.LOGGED_OUT, cause=Cause.DEVICE_REMOVED))
    assert await watch.told() == "opened revoked"


async def test_even_what_was_pushed_is_looked_at_twice_before_it_is_told(watch, looks):
    watch.gateway.says(KEY, (State.LOGGED_OUT, Cause.DEVICE_REMOVED))
    watch.clock.push(3)
    before = watch.gateway.looks.total()
    await taken(looks, event(state=State.LOGGED_OUT, cause=Cause.DEVICE_REMOVED))
    assert await watch.told() == "opened revoked"
    assert watch.gateway.looks.total() == before + 2


async def test_a_passing_cause_that_was_pushed_confirms_no_end(watch, looks):
    watch.gateway.says(KEY, (State.LOGGED_OUT, Cause.DEVICE_REMOVED))
    before = watch.gateway.looks.total()
    await taken(looks, event(state=State.DISCONNECTED, cause=Cause.CONNECTION_LOST))
    assert watch.gateway.looks.total() == before + 2


async def test_a_push_alone_changes_nothing(watch, looks):
    await taken(looks, event(state=State.LOGGED_OUT, cause=Cause.DEVICE_REMOVED))
    assert await watch.told() == "quiet"
    assert (await watch.known()).state is State.CONNECTED


async def test_an_old_push_makes_a_look_but_names_no_cause(watch, looks):
    watch.gateway.forgets(KEY)
    old = watch.clock() - timedelta(hours=1)
    await taken(looks, event(cause=Cause.DEVICE_REMOVED, at=old))
    assert await watch.told() == "opened gone"


async def test_a_push_about_a_stranger_makes_no_look(watch, looks):
    before = watch.gateway.looks.total()
    await taken(looks, event(key="someone-else"))
    assert watch.gateway.looks.total() == before


async def test_a_hundred_pushes_are_few_looks(pair):
    looks = PushedLooks(pair.db, pair.checker, clock=pair.clock)
    before = pair.gateway.looks.total()
    for _ in range(50):
        last = looks.take(ONE, [event(), event(key=OTHER)])
    await last
    assert pair.gateway.looks.total() - before <= 4


async def test_it_is_remembered_when_a_gateway_pushed_last(watch, looks):
    await taken(looks, event(), event(state=State.CONNECTED))
    watch.clock.push(60)
    await taken(looks, event())
    async with watch.db.reading() as tx:
        (found,) = (await pushes.by_gateway(tx)).items()
    assert found == (ONE, pushes.Pushes(count=3, last_at=watch.clock()))


async def test_a_look_that_breaks_is_followed_by_the_next(watch, looks):
    watch.gateway.failure = ValueError("nobody expected this")
    await taken(looks, event())
    watch.gateway.failure = None
    watch.gateway.forgets(KEY)
    await taken(looks, event())
    assert await watch.told() == "opened gone"
