"""A gateway that contradicts itself: one verdict, told once."""

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from test_random_lives import watching
from watching import KEY, ONE, Watch

from bot.domain.company import CompanyId
from bot.domain.observation import DetectedBy
from bot.domain.session import Cause, State
from bot.domain.trouble import Symptom, Trouble
from bot.gateways.base import GatewayConfused, GatewayUnreachable
from bot.monitor.hints import ConnectionEvent
from storage.sessions import companies
from storage.tables import incident_events

UP, STOPPED, FAILED = State.CONNECTED, State.STOPPED, State.FAILED
REMOVED = (State.LOGGED_OUT, Cause.DEVICE_REMOVED)
CODE = ConnectionEvent(by=DetectedBy.PUSH, code=True)


# The list against the single answer.


@pytest.mark.parametrize(
    ("listed", "single", "symptom"),
    [
        (UP, None, Symptom.GONE),
        (UP, FAILED, Symptom.FAILED),
        (UP, State.AWAITING_SCAN, Symptom.AWAITING_SCAN),
        (UP, REMOVED, Symptom.REVOKED),
    ],
)
async def test_a_list_that_goes_on_with_what_is_past_is_not_believed(
    watch, listed, single, symptom
):
    watch.gateway.lists(KEY, listed)
    watch.gateway.says(KEY, *([] if single is None else [single]))
    if single is None:
        watch.gateway.forgets(KEY)
    assert [await watch.tick() for _ in range(6)] == [f"opened {symptom}", *["quiet"] * 5]
    [incident] = await watch.open_incidents()
    assert incident.symptom is symptom


@pytest.mark.parametrize("listed", [STOPPED, FAILED, State.CONNECTING, REMOVED])
async def test_a_list_that_calls_lost_what_answers_for_itself_raises_no_alarm(watch, listed):
    watch.gateway.lists(KEY, listed)
    assert [await watch.tick() for _ in range(6)] == ["quiet"] * 6
    assert await watch.intervals() == ["connected"]


async def test_it_is_told_once_however_it_is_looked_at(watch):
    watch.gateway.lists(KEY, UP)
    watch.gateway.says(KEY, FAILED)
    heard = []
    for _ in range(8):
        watch.clock.push(3)
        await watch.checker.tick(ONE)
        await watch.checker.look_again(ONE)
        await watch.checker.check(ONE, KEY)
        heard.append(await watch.told())
    assert heard == ["opened failed", *["quiet"] * 7]


async def test_a_single_answer_that_makes_no_sense_leaves_the_list_standing(watch):
    watch.gateway.lists(KEY, UP)
    watch.gateway.says(KEY, State.UNKNOWN)
    assert [await watch.tick() for _ in range(3)] == ["quiet"] * 3
    assert await watch.intervals() == ["connected"]


async def test_a_hanging_single_answer_holds_up_nobody(watch):
    watch.gateway.hanging = {KEY}
    assert await watch.tick() == "quiet"


# Good news after a proven revocation.


async def test_connected_without_a_witness_is_told_once_and_is_no_recovery(watch):
    assert await watch.tape(REMOVED) == ["opened revoked"]
    assert await watch.tape(*[UP] * 30) == ["changed unwitnessed", *["quiet"] * 29]
    [incident] = await watch.open_incidents()
    assert (incident.symptom, incident.cause) == (Symptom.UNWITNESSED, Cause.DEVICE_REMOVED)
    assert await watch.intervals() == ["connected", "logged_out"]


async def test_and_is_revoked_again_when_the_gateway_says_so(watch):
    await watch.tape(REMOVED, UP)
    assert await watch.tape(STOPPED) == ["changed revoked"]


async def test_a_number_is_a_witness(watch):
    await watch.tape(REMOVED, UP)
    watch.gateway.phones[KEY] = "79000000001"
    assert await watch.tape(UP, UP) == ["changed settling", "recovered"]


async def test_a_code_that_was_shown_is_a_witness(watch):
    await watch.tape(REMOVED)
    assert await watch.tape(State.AWAITING_SCAN, UP, UP) == [
        "changed awaiting_scan",
        "changed settling",
        "recovered",
    ]


async def test_a_code_that_a_push_told_of_is_a_witness_and_an_old_one_is_none(watch):
    await watch.tape(REMOVED)
    await watch.checker.hint(ONE, {KEY: CODE})
    assert await watch.tape(UP, UP, every_s=30) == ["changed settling", "recovered"]
    await watch.tape(REMOVED, UP, every_s=400)
    [incident] = await watch.open_incidents()
    assert incident.symptom is Symptom.UNWITNESSED


async def test_a_proven_pairing_is_a_witness(watch):
    await watch.tape(REMOVED)
    async with watch.db.writing() as tx:
        await companies.set_paired(tx, KEY, None, watch.clock())
    assert await watch.tape(UP, UP) == ["changed settling", "recovered"]


async def test_a_kind_that_never_names_a_number_is_believed_after_ten_minutes(db):
    watch = Watch(db, [ONE])
    watch.gateway.caps = replace(watch.gateway.caps, owner=False)
    await watch.add(KEY)
    await watch.subscribe()
    await watch.settle()
    await watch.tape(REMOVED, UP)
    assert await watch.tape(*[UP] * 9) == ["quiet"] * 9
    assert await watch.tape(UP, UP) == ["changed settling", "recovered"]


@pytest.mark.parametrize("lost", [STOPPED, State.DISCONNECTED, (FAILED, Cause.BAD_SESSION)])
async def test_what_was_not_revoked_needs_no_witness(watch, lost):
    await watch.tape(lost, lost, lost)
    assert await watch.tape(UP, UP) == ["changed settling", "recovered"]


async def test_an_account_that_is_allowed_again_needs_no_witness(watch):
    await watch.tape((State.LOGGED_OUT, Cause.ACCOUNT_LOCKED))
    assert await watch.tape(UP, UP) == ["changed settling", "recovered"]


# A list that fails.


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (GatewayUnreachable("the gateway answered 500", 500), "500"),
        (GatewayUnreachable("no answer within 10 s"), "silent"),
        (GatewayConfused("the answer (200) is no JSON"), "nonsense"),
        (GatewayConfused("the gateway answered 404", 404), "404"),
    ],
)
async def test_a_list_that_fails_is_told_as_that_and_losses_are_told(pair, error, fault):
    await pair.subscribe()
    pair.gateway.list_failure = error
    assert [await pair.tick() for _ in range(3)] == ["quiet", "opened list_failed", "quiet"]
    [incident] = await pair.open_incidents()
    assert (incident.trouble, incident.facts) == (Trouble.GATEWAY_UNREACHABLE, {"fault": fault})
    pair.gateway.says(KEY, REMOVED)
    assert await pair.tick() == "opened revoked"
    pair.gateway.list_failure = None
    assert await pair.tick() == "recovered"


async def test_single_looks_do_not_end_what_is_told_of_the_list(pair):
    await pair.subscribe()
    pair.gateway.list_failure = GatewayUnreachable("the gateway answered 500", 500)
    for _ in range(2):
        await pair.tick()
    await pair.told()
    await pair.checker.check(ONE, KEY)
    assert await pair.told() == "quiet"
    assert len(await pair.open_incidents()) == 1


async def test_a_gateway_that_answers_nothing_at_all_is_not_answering(pair):
    await pair.subscribe()
    pair.gateway.failure = GatewayUnreachable("the gateway answered 500", 500)
    assert [await pair.tick() for _ in range(2)] == ["quiet", "opened unreachable"]
    pair.gateway.list_failure, pair.gateway.failure = pair.gateway.failure, None
    assert [await pair.tick() for _ in range(2)] == ["recovered", "opened list_failed"]


async def test_hundreds_are_asked_a_few_at_a_time_behind_a_list_that_fails(db):
    watch = Watch(db, [ONE])
    many = [CompanyId(f"c{number}") for number in range(100)]
    await watch.add(*many)
    await watch.subscribe()
    await watch.settle(*many)
    watch.clock.push(300)
    watch.gateway.list_failure = GatewayUnreachable("the gateway answered 500", 500)
    watch.gateway.says(many[-1], REMOVED)
    assert await watch.tick() == "opened revoked"


# Sessions that vanish.

MANY = [CompanyId(f"96230{number}") for number in range(6)]


@pytest.fixture
async def six(db):
    watch = Watch(db, [ONE])
    await watch.add(*MANY)
    await watch.subscribe()
    await watch.settle(*MANY)
    watch.clock.push(300)
    return watch


async def test_a_gateway_without_any_of_its_sessions_is_told_as_that(six):
    for company_id in MANY:
        six.gateway.forgets(company_id)
    assert [await six.tick() for _ in range(5)] == ["opened emptied", *["quiet"] * 4]
    [incident] = await six.open_incidents()
    assert incident.trouble is Trouble.MASS_DROP


async def test_when_one_is_there_again_each_of_the_others_is_told(six):
    for company_id in MANY:
        six.gateway.forgets(company_id)
    await six.tick()
    six.gateway.says(MANY[0], UP)
    heard = await six.tick()
    assert "changed emptied" in heard
    assert heard.count("opened gone") == len(MANY) - 1


async def test_three_of_six_that_vanish_are_no_network(six):
    for company_id in MANY[:3]:
        six.gateway.forgets(company_id)
    heard = await six.tick()
    assert "mass_drop" not in heard
    assert heard.count("opened gone") == 3


async def test_six_that_drop_are_the_network_still(six):
    for company_id in MANY:
        six.gateway.says(company_id, State.DISCONNECTED)
    heard = [await six.tick(after_s=10) for _ in range(4)]
    assert "opened mass_drop" in heard


# Flips.

TAPES = st.lists(
    st.tuples(st.sampled_from([None, *State]), st.sampled_from([None, *State]), st.integers(1, 25)),
    min_size=4,
    max_size=25,
)


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(tape=TAPES, revoked=st.booleans())
async def test_no_card_is_edited_more_than_three_times_a_minute(new_database, tape, revoked):
    """Whatever list and single answers say in turn, and whoever looks."""
    async with watching(new_database) as watch:
        await watch.settle()
        if revoked:
            await watch.tape(REMOVED)
        for listed, single, after_s in tape:
            say(watch.gateway, listed, single)
            await watch.tick(after_s=after_s)
            await watch.checker.look_again(ONE)
        moments = await edits(watch)
    for incident_edits in moments.values():
        for begin in incident_edits:
            within = [at for at in incident_edits if begin <= at < begin + timedelta(minutes=1)]
            assert len(within) <= 3


async def test_a_line_that_comes_and_goes_every_second_is_three_edits_and_then_one_a_while(watch):
    await watch.tape(STOPPED)
    heard = await watch.tape(*[UP, STOPPED] * 30, every_s=1)
    assert sum(one.startswith("changed") for one in heard) == 3
    assert (await watch.tape(UP, UP, every_s=40))[-1] == "recovered"


def say(gateway, listed, single):
    """What both say; None where it has no such session."""
    gateway.listed.clear()
    gateway.tapes.pop(KEY, None)
    if single is not None:
        gateway.says(KEY, single)
    if listed is None:
        gateway.unlisted = {KEY}
    else:
        gateway.unlisted = set()
        gateway.lists(KEY, listed)


async def edits(watch):
    """When the card of each incident was edited."""
    found = defaultdict(list)
    async with watch.db.reading() as tx:
        for event in await tx.execute(select(incident_events)):
            if event.event in ("changed", "closed"):
                found[event.incident_id].append(event.at)
    return found
