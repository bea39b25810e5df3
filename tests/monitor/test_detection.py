"""By what an incident was noticed, and when all was last seen well."""

import pytest
from watching import KEY, ONE

from bot.domain.observation import DetectedBy
from bot.domain.session import Cause, State
from bot.monitor.hints import ConnectionEvent
from storage.alerts import incidents


async def opening(watch):
    async with watch.db.reading() as tx:
        (one,) = await incidents.open_ones(tx)
        return (await incidents.events_of(tx, one.id))[0].facts


async def test_a_tick_names_the_last_look_at_which_all_was_well(watch):
    well_at = watch.clock()
    watch.clock.push(60)
    watch.gateway.says(KEY, (State.LOGGED_OUT, Cause.DEVICE_REMOVED))
    await watch.checker.tick(ONE)
    facts = await opening(watch)
    assert (facts["sign"], facts["well_at"]) == (DetectedBy.POLL, well_at.isoformat())


@pytest.mark.parametrize("sign", [DetectedBy.PUSH, DetectedBy.LOG])
@pytest.mark.parametrize("cause", [Cause.DEVICE_REMOVED, None])
async def test_what_told_of_it_is_remembered(watch, sign, cause):
    watch.gateway.says(KEY, (State.LOGGED_OUT, Cause.DEVICE_REMOVED))
    await watch.checker.hint(ONE, {KEY: ConnectionEvent(cause=cause, by=sign)})
    assert (await opening(watch))["sign"] == sign


async def test_a_push_that_came_before_the_session_was_lost_counts(watch):
    await watch.checker.hint(
        ONE, {KEY: ConnectionEvent(cause=Cause.DEVICE_REMOVED, by=DetectedBy.PUSH)}
    )
    watch.clock.push(5)
    watch.gateway.says(KEY, (State.LOGGED_OUT, Cause.DEVICE_REMOVED))
    await watch.checker.look_again(ONE)
    assert (await opening(watch))["sign"] == DetectedBy.PUSH
