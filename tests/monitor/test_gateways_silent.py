"""Gateways that do not answer: what is concluded of them, and what is not of their companies."""

import asyncio

import pytest
from watching import GROUP, KEY, ONE, OTHER, TWO, Watch

from bot.domain.company import Company, CompanyId
from bot.domain.notice import ChatAddress
from bot.domain.session import State
from bot.domain.trouble import Severity, Symptom, Trouble
from bot.gateways.base import (
    GatewayAuthError,
    GatewayConfused,
    GatewayUnreachable,
    RateLimited,
)

NORTH, SOUTH = ChatAddress(-1), ChatAddress(-2)


async def silence(watch, looks, error=None):
    watch.gateway.failure = error or GatewayUnreachable("refused")
    return [await watch.tick(after_s=5) for _ in range(looks)]


@pytest.mark.parametrize(
    ("error", "symptom"),
    [
        (GatewayUnreachable("refused"), "unreachable"),
        (GatewayConfused("html"), "confused"),
        (GatewayAuthError("key"), "refused_key"),
        (RateLimited("slow down"), "unreachable"),
    ],
)
async def test_two_failed_looks_are_an_incident_of_the_gateway(watch, error, symptom):
    assert await silence(watch, 3, error) == ["quiet", f"opened {symptom}", "quiet"]
    [incident] = await watch.open_incidents()
    assert (incident.trouble, incident.company_id) == (Trouble.GATEWAY_UNREACHABLE, None)
    assert (incident.severity, incident.facts) == (Severity.CRITICAL, {"companies": 1})


@pytest.mark.parametrize(
    ("error", "symptom"),
    [
        (GatewayAuthError("the gateway refused the key (401)"), "refused_key"),
        (GatewayConfused("html"), "confused"),
        (GatewayUnreachable("refused"), "unreachable"),
        (RateLimited("slow down"), "unreachable"),
    ],
)
@pytest.mark.parametrize("by", ["tick, then one by one", "one by one"])
async def test_single_looks_tell_the_same_of_the_gateway_as_its_list(watch, error, symptom, by):
    watch.gateway.failure = error
    if by == "one by one":
        await watch.checker.check(ONE, KEY)
    else:
        await watch.checker.tick(ONE)
    await watch.checker.check(ONE, KEY)
    assert await watch.told() == f"opened {symptom}"


async def test_whoever_answered_counts_more_than_who_refused(pair):
    """A key can be bound to one session: the gateway is well then."""
    pair.gateway.refusing = {OTHER}
    looker = pair.lookers[ONE]
    both = [company_of(KEY), company_of(OTHER)]
    look = await looker.some(both)
    assert set(look.seen) == {KEY}
    pair.gateway.refusing = {KEY, OTHER}
    assert (await looker.some(both)).symptom is Symptom.REFUSED_KEY


async def test_one_refusal_among_answers_that_did_not_come_is_a_refused_key(pair):
    pair.gateway.failing, pair.gateway.refusing = {KEY}, {OTHER}
    look = await pair.lookers[ONE].some([company_of(KEY), company_of(OTHER)])
    assert look.symptom is Symptom.REFUSED_KEY


def company_of(key):
    return Company(id=key, gateway=ONE, session_key=key, name="")


async def test_one_failed_look_is_none(watch):
    assert await silence(watch, 1) == ["quiet"]
    watch.gateway.failure = None
    assert await watch.tick() == "quiet"
    assert await silence(watch, 1) == ["quiet"]


async def test_a_silent_gateway_silences_its_companies(watch):
    await silence(watch, 20)
    assert [incident.trouble for incident in await watch.open_incidents()] == [
        Trouble.GATEWAY_UNREACHABLE
    ]
    assert await watch.intervals() == ["connected"]


async def test_it_is_back_with_one_answer_and_its_companies_as_they_were(watch):
    await silence(watch, 2)
    watch.gateway.failure = None
    assert await watch.tick() == "recovered"
    assert await watch.open_incidents() == []
    assert await watch.intervals() == ["connected"]


async def test_a_session_lost_behind_the_silence_is_told_when_it_ends(watch):
    await silence(watch, 2)
    watch.gateway.failure = None
    watch.gateway.says(KEY, State.STOPPED)
    assert await watch.tick() == "opened gone + recovered"


async def test_a_gateway_that_turns_from_silence_to_nonsense_is_one_incident(watch):
    await silence(watch, 2)
    assert await silence(watch, 1, GatewayConfused("html")) == ["changed confused"]
    assert [incident.symptom for incident in await watch.open_incidents()] == [Symptom.CONFUSED]


async def test_the_incident_begins_with_the_first_failed_look(watch):
    await silence(watch, 2)
    [incident] = await watch.open_incidents()
    assert (incident.opened_at - incident.began_at).total_seconds() == 5


async def test_a_silent_gateway_is_tried_again_before_its_next_turn(watch):
    await silence(watch, 1)
    watch.clock.push(5)
    await watch.checker.look_again(ONE)
    assert await watch.told() == "opened unreachable"


async def test_every_subscriber_of_any_of_its_companies_hears_of_a_gateway(pair):
    await pair.subscribe(NORTH, KEY)
    await pair.subscribe(SOUTH, OTHER)
    pair.gateway.failure = GatewayUnreachable("refused")
    for _ in range(2):
        await pair.checker.check(ONE, KEY)
    assert [await pair.told(NORTH), await pair.told(SOUTH)] == ["opened unreachable"] * 2
    pair.gateway.failure = None
    await pair.checker.check(ONE, OTHER)
    assert [await pair.told(NORTH), await pair.told(SOUTH)] == ["recovered"] * 2


async def test_a_look_at_one_company_counts_all_that_its_gateway_takes_along(pair):
    pair.gateway.failure = GatewayUnreachable("refused")
    await pair.checker.tick(ONE)
    await pair.checker.check(ONE, KEY)
    assert [incident.facts for incident in await pair.open_incidents()] == [{"companies": 2}]


async def test_a_single_status_that_fails_says_nothing_of_the_session(pair):
    pair.gateway.unlisted = {KEY}
    pair.gateway.failing = {KEY}
    for _ in range(5):
        assert await pair.tick() == "quiet"
    assert await pair.intervals() == ["connected"]


async def test_a_single_status_that_fails_is_no_recovery(watch):
    await watch.tape(State.STOPPED)
    await watch.tape(State.CONNECTED, every_s=1)
    watch.gateway.unlisted = watch.gateway.failing = {KEY}
    assert await watch.tick() == "quiet"
    assert len(await watch.open_incidents()) == 1


async def test_a_company_never_seen_is_not_lost_by_a_failing_status(db):
    watch = Watch(db, [ONE])
    await watch.add(KEY)
    watch.gateway.failing = {KEY}
    await watch.tick()
    assert await watch.intervals() == []


async def test_what_the_list_lacks_is_asked_for_by_itself(watch):
    watch.gateway.unlisted = {KEY}
    watch.gateway.says(KEY, State.STOPPED)
    assert await watch.tick() == "opened gone"


async def test_what_is_gone_and_still_not_listed_costs_no_single_look(watch):
    watch.gateway.forgets(KEY)
    await watch.tick()
    looks = watch.gateway.looks[KEY]
    assert await watch.tick() == "quiet"
    assert watch.gateway.looks[KEY] == looks
    assert await watch.intervals() == ["connected", "stopped"]


async def test_a_gateway_that_hangs_delays_nobody_elses_check(two_gateways):
    watch = two_gateways
    near, far = watch.gateways[ONE], watch.gateways[TWO]
    near.hung, near.reached = asyncio.Event(), asyncio.Event()
    hanging = asyncio.create_task(watch.checker.tick(ONE))
    await asyncio.wait_for(near.reached.wait(), 5)
    far.says("far", State.STOPPED)
    await asyncio.wait_for(watch.checker.tick(TWO), 5)
    assert await watch.told() == "opened gone"
    assert not hanging.done()
    near.hung.set()
    await hanging


async def test_two_looks_at_one_gateway_never_overlap(watch):
    watch.gateway.says(KEY, State.STOPPED)
    await asyncio.gather(*[watch.checker.tick(ONE) for _ in range(5)])
    assert await watch.told() == "opened gone"
    assert len(await watch.open_incidents()) == 1


async def test_hundreds_that_drop_together_are_confirmed_by_one_list(db):
    watch = Watch(db, [ONE])
    many = [CompanyId(f"c{number}") for number in range(200)]
    await watch.add(*many)
    await watch.settle(*many)
    for company_id in many:
        watch.gateway.says(company_id, State.STOPPED)
    watch.gateway.looks.clear()
    await watch.checker.tick(ONE)
    assert [incident.trouble for incident in await watch.open_incidents()] == [Trouble.MASS_DROP]
    assert watch.gateway.looks["list"] == 2
    assert watch.gateway.looks.total() < 40  # a few speak for all


async def test_newcomers_are_found_when_all_are_watched(db):
    watch = Watch(db, [ONE], discover=True)
    watch.gateway.says("962302", State.CONNECTED)
    watch.gateway.says("../../etc", State.CONNECTED)
    await watch.tick()
    assert [one.company.id for one in await watch.statuses.known(None, watch.clock())] == ["962302"]
    await watch.tick()
    await watch.subscribe(GROUP)
    watch.gateway.says("962302", State.STOPPED)
    assert await watch.tick() == "opened gone"


async def test_newcomers_are_left_alone_when_companies_are_named(watch):
    watch.gateway.says("newcomer", State.STOPPED)
    await watch.tick()
    assert [one.company.id for one in await watch.statuses.known(None, watch.clock())] == [KEY]


async def test_a_company_that_nobody_watches_is_not_looked_at(watch):
    await watch.checker.check(TWO, KEY)
    assert await watch.told() == "quiet"
