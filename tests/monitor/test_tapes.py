"""One company over time: what is seen, look by look, and what the group is told after each."""

import asyncio
from dataclasses import replace

import pytest
from doubles import START
from watching import GROUP, KEY, LIMITS, ONE, OTHER, Watch

from bot.domain.session import Cause, State
from bot.domain.trouble import Severity, Symptom
from storage.recovery import pairings
from storage.sessions import companies

UP, DOWN, GOING = State.CONNECTED, State.DISCONNECTED, State.CONNECTING
SCAN, STOPPED = State.AWAITING_SCAN, State.STOPPED
REMOVED = (State.LOGGED_OUT, Cause.DEVICE_REMOVED)


async def test_18_september_15_05_the_device_is_removed_and_the_group_hears_at_once(watch):
    """What took 2 h 36 min to be noticed. This gateway says `not_initialized` of a removal."""
    watch.clock.now = START.replace(hour=15, minute=4)
    assert await watch.tape(UP, STOPPED) == ["quiet", "opened gone"]
    [incident] = await watch.open_incidents()
    assert incident.opened_at == START.replace(hour=15, minute=6)
    assert incident.severity is Severity.CRITICAL
    # The credentials are dead: every start of theirs vanishes again, which is no second alarm.
    retries = await watch.tape(GOING, STOPPED, GOING, STOPPED)
    assert not [heard for heard in retries if heard.startswith(("opened", "recovered"))]
    # The reset, the scan, the proof.
    assert await watch.tape(SCAN) == ["changed awaiting_scan"]
    assert await watch.tape(UP, UP, every_s=20) == ["changed settling", "recovered"]
    assert await watch.open_incidents() == []


@pytest.mark.parametrize("lost", [STOPPED, SCAN, State.FAILED, State.AWAITING_PASSKEY, REMOVED])
async def test_a_session_that_worked_is_lost_after_two_looks_that_agree(watch, lost):
    looks_before = watch.gateway.looks[KEY]
    [heard] = await watch.tape(lost)
    assert heard.startswith("opened")
    assert watch.gateway.looks[KEY] > looks_before


async def test_what_the_second_look_does_not_confirm_is_no_alarm(watch):
    watch.gateway.says(KEY, STOPPED, UP)
    assert await watch.tick() == "quiet"
    assert await watch.intervals() == ["connected"]


async def test_what_only_the_first_look_could_see_is_no_alarm(watch):
    watch.gateway.says(KEY, STOPPED)
    watch.gateway.failing = {KEY}
    assert await watch.tick() == "quiet"
    assert await watch.intervals() == ["connected"]


async def test_away_for_less_than_the_grace_is_quiet(watch):
    assert await watch.tape(DOWN, DOWN, DOWN, UP, UP, every_s=45) == ["quiet"] * 5


async def test_away_for_longer_than_the_grace_is_told(watch):
    heard = await watch.tape(DOWN, DOWN, DOWN, DOWN, every_s=45)
    assert heard == ["quiet", "quiet", "quiet", "opened away"]
    [incident] = await watch.open_incidents()
    assert (incident.opened_at - incident.began_at).total_seconds() == 135


async def test_away_under_changing_names_is_still_away(watch):
    heard = await watch.tape(DOWN, GOING, DOWN, GOING, every_s=31)
    assert heard == ["quiet", "quiet", "quiet", "opened away"]


async def test_connecting_for_more_than_a_minute_is_stuck(watch):
    heard = await watch.tape(GOING, GOING, GOING, every_s=31)
    assert heard == ["quiet", "quiet", "opened stuck"]


async def test_an_answer_that_is_not_understood_waits_for_the_grace(watch):
    heard = await watch.tape(State.UNKNOWN, State.UNKNOWN, State.UNKNOWN, every_s=50)
    assert heard == ["quiet", "quiet", "opened not_understood"]


async def test_a_session_never_seen_connected_is_given_the_grace(db):
    watch = Watch(db, [ONE])
    await watch.add(KEY)
    await watch.subscribe()
    heard = await watch.tape(SCAN, SCAN, SCAN, every_s=50)
    assert heard == ["quiet", "quiet", "opened awaiting_scan"]
    assert [incident.severity for incident in await watch.open_incidents()] == [Severity.WARNING]


async def test_not_initialized_is_gone_and_never_called_revoked(watch):
    await watch.tape(*[STOPPED] * 4)
    [incident] = await watch.open_incidents()
    assert (incident.symptom, incident.cause) == (Symptom.GONE, None)


async def test_a_proven_revocation_stays_when_later_looks_blur_it(watch):
    assert await watch.tape(REMOVED) == ["opened revoked"]
    refused = (State.LOGGED_OUT, Cause.LOGIN_REFUSED)
    blurred = await watch.tape(STOPPED, GOING, refused, DOWN, State.FAILED)
    assert blurred == ["quiet"] * 5
    [incident] = await watch.open_incidents()
    assert (incident.symptom, incident.cause) == (Symptom.REVOKED, Cause.DEVICE_REMOVED)


async def test_gone_becomes_revoked_when_that_is_proven(watch):
    assert await watch.tape(STOPPED, REMOVED) == ["opened gone", "changed revoked"]


async def test_it_is_recovered_only_after_20_stable_seconds(watch):
    await watch.tape(STOPPED)
    heard = await watch.tape(UP, UP, UP, every_s=19)
    assert heard == ["changed settling", "quiet", "recovered"]


async def test_a_connection_that_does_not_hold_is_no_recovery(watch):
    await watch.tape(STOPPED)
    heard = await watch.tape(UP, STOPPED, UP, UP, every_s=10)
    assert heard == ["changed settling", "changed gone", "changed settling", "quiet"]
    assert len(await watch.open_incidents()) == 1


async def test_the_incident_says_how_long_it_took(watch):
    await watch.tape(STOPPED)
    await watch.tape(UP, UP, every_s=30)
    [incident] = await watch.closed_incidents()
    assert (incident.closed_at - incident.began_at).total_seconds() == 60


async def test_a_401_seconds_after_a_pairing_waits_15_seconds(watch):
    async with watch.db.writing() as tx:
        await companies.set_paired(tx, KEY, None, watch.clock())
    heard = await watch.tape(REMOVED, REMOVED, REMOVED, REMOVED, every_s=5)
    assert heard == ["quiet", "quiet", "quiet", "opened revoked"]


async def test_an_old_device_that_leaves_after_a_pairing_is_no_alarm(watch):
    async with watch.db.writing() as tx:
        await companies.set_paired(tx, KEY, None, watch.clock())
    assert await watch.tape(REMOVED, UP, UP, every_s=10) == ["quiet"] * 3


async def test_no_alarm_is_raised_when_a_person_begins_to_pair_between_two_looks(watch):
    watch.gateway.says(KEY, STOPPED)
    watch.gateway.reached.clear()
    watch.gateway.hung = asyncio.Event()
    heard = asyncio.create_task(watch.tick())
    await watch.gateway.reached.wait()
    async with watch.db.writing() as tx:
        await pairings.begin(tx, KEY, 1, GROUP, watch.clock())
    watch.gateway.hung.set()
    assert await heard == "quiet"


async def test_no_alarm_is_raised_while_a_person_pairs(watch):
    async with watch.db.writing() as tx:
        live = await pairings.begin(tx, KEY, 1, GROUP, watch.clock())
    assert await watch.tape(STOPPED, SCAN, SCAN) == ["quiet"] * 3
    async with watch.db.writing() as tx:
        await pairings.end(tx, live, "expired", watch.clock())
    assert await watch.tape(SCAN) == ["opened awaiting_scan"]


async def test_a_cause_told_while_connected_is_no_change(watch):
    after_link = (UP, Cause.RESTART_REQUIRED)
    after_blip = (UP, Cause.CONNECTION_CLOSED)
    assert await watch.tape(after_link, after_blip, UP) == ["quiet"] * 3
    assert await watch.intervals() == ["connected"]


@pytest.fixture
async def strict(db):
    """A watch that allows three reconnects a day."""
    watch = Watch(db, [ONE], limits=replace(LIMITS, max_reconnects_per_day=3))
    await watch.add(KEY)
    await watch.subscribe()
    await watch.settle()
    return watch


async def test_more_reconnects_within_a_day_than_the_target_are_told(strict):
    assert await strict.tape(*[DOWN, UP] * 3, UP, every_s=30) == ["quiet"] * 7
    assert await strict.tape(DOWN, UP, UP, every_s=30) == ["quiet", "quiet", "opened above"]
    [incident] = await strict.open_incidents()
    assert (incident.severity, incident.facts) == (Severity.WARNING, {"count": 4, "limit": 3})


async def test_the_reconnects_of_yesterday_are_forgotten(strict):
    await strict.tape(*[DOWN, UP] * 4, UP, every_s=30)
    strict.clock.push(days=1)
    assert await strict.tape(UP) == ["recovered"]


async def test_a_number_is_known_again_as_soon_as_it_connects_again(watch):
    watch.gateway.phones[KEY] = "79000000001"
    await watch.tape(UP, DOWN)
    watch.clock.push(20)
    watch.gateway.says(KEY, UP)
    await watch.checker.check(ONE, KEY)
    known = await watch.known()
    assert (known.linked_phone, known.company.expected_phone) == ("79000000001", "79000000001")


async def test_another_number_after_a_reconnect_is_noticed(watch):
    watch.gateway.phones[KEY] = "79000000001"
    await watch.tape(UP, DOWN)
    watch.gateway.phones[KEY] = "79000000002"
    await watch.tape(UP, UP)
    known = await watch.known()
    assert (known.linked_phone, known.company.expected_phone) == ("79000000002", "79000000001")


async def test_one_company_is_looked_at_on_request(pair):
    await pair.subscribe()
    pair.gateway.says(KEY, STOPPED)
    pair.gateway.says(OTHER, STOPPED)
    await pair.checker.check(ONE, KEY)
    assert [incident.company_id for incident in await pair.open_incidents()] == [KEY]


async def test_what_is_not_well_is_looked_at_again_and_the_rest_is_not(pair):
    await pair.tape(STOPPED)
    looks = dict(pair.gateway.looks)
    pair.clock.push(5)
    await pair.checker.look_again(ONE)
    assert pair.gateway.looks[KEY] == looks[KEY] + 1
    assert (pair.gateway.looks[OTHER], pair.gateway.looks["list"]) == (
        looks[OTHER],
        looks["list"],
    )


async def test_a_session_lost_for_ten_minutes_is_looked_at_like_any_other(watch):
    await watch.tape(STOPPED)
    watch.clock.push(600)
    looks = watch.gateway.looks.total()
    await watch.checker.look_again(ONE)
    assert watch.gateway.looks.total() == looks


async def test_a_session_settling_is_looked_at_until_it_is_well(watch):
    await watch.tape(STOPPED)
    await watch.tape(UP, every_s=900)
    watch.clock.push(20)
    await watch.checker.look_again(ONE)
    assert await watch.told() == "recovered"
    looks = watch.gateway.looks.total()
    await watch.checker.look_again(ONE)
    assert watch.gateway.looks.total() == looks


async def test_whoever_waits_is_woken_for_news_alone(watch):
    await watch.tape(UP, DOWN)
    assert watch.rung == 0
    await watch.tape(STOPPED)
    assert watch.rung == 1
