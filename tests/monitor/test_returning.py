"""Who did not come back with its gateway: told together, the worst first."""

from watching import KEY, ONE, OTHER

from bot.domain.company import CompanyId
from bot.domain.session import Cause, State
from bot.gateways.base import GatewayUnreachable

THIRD = CompanyId("962304")


async def test_those_who_did_not_come_back_are_named_worst_first(pair):
    await pair.add(THIRD)
    await pair.settle(KEY, OTHER, THIRD)
    await pair.subscribe()
    pair.gateway.failure = GatewayUnreachable("refused")
    for _ in range(2):
        await pair.tick(after_s=5)
    pair.gateway.failure = None
    pair.gateway.says(KEY, State.STOPPED)
    pair.gateway.says(OTHER, (State.LOGGED_OUT, Cause.DEVICE_REMOVED))
    heard = await pair.tick(after_s=5)
    assert heard == "opened revoked + opened gone + recovered"
    first, second = await pair.open_incidents()
    assert (first.company_id, second.company_id) == (OTHER, KEY)
    assert {one.facts["after"] for one in (first, second)} == {"gateway_unreachable"}


async def test_who_is_lost_at_any_other_time_was_not_left_behind(watch):
    await watch.tape(State.STOPPED)
    [incident] = await watch.open_incidents()
    assert incident.facts.get("after") is None


async def test_after_a_mass_drop_that_lasts_they_are_told_together_as_well(pair):
    await pair.add(THIRD)
    await pair.settle(KEY, OTHER, THIRD)
    await pair.subscribe()
    for one in (KEY, OTHER, THIRD):
        pair.gateway.says(one, State.STOPPED)
    assert await pair.tick(after_s=5) == "opened mass_drop"
    await pair.tick(after_s=121)
    every = await pair.open_incidents()
    assert [one.facts.get("after") for one in every] == ["mass_drop"] * 3
    assert {one.gateway for one in every} == {ONE}
