"""What the bot does by itself about sessions on a gateway with real directories."""

import asyncio

import pytest
from healing import Healing, cut_off, held_at, taken_up
from places import ANNA, HERE, KEY, told

from bot.domain.access import BOT_ITSELF
from bot.domain.auto_recovery import AutoRecovery
from bot.domain.observation import DetectedBy
from bot.domain.procedure import Finished, ProcedureOutcome, ProcedureStep, Progress
from bot.domain.session import Cause
from bot.domain.trouble import Symptom
from bot.recovery.auto_actions import NO_CHAT
from bot.recovery.ladder import Rung
from bot.sandbox.gateway import Phase

OFF, CAREFUL, FULL = AutoRecovery.OFF, AutoRecovery.RECONNECT, AutoRecovery.FULL
REMOVED = Cause.DEVICE_REMOVED
TRIED = [("reconnect", "looks_revoked")]


@pytest.fixture
def soon_reached():
    return asyncio.Event()


async def working(place, setting=CAREFUL, **more):
    """A healer for a session that has worked for a minute."""
    healing = Healing(place, setting, **more)
    await healing.subscribe()
    await healing.look()
    await healing.look(seconds=60)
    return healing


async def forgotten(healing):
    """A restart of the gateway forgets the session; its files are good."""
    place = healing.place
    await place.sandbox.act(None, "gateway_restart")
    await place.until(Phase.STOPPED)
    await place.sandbox.act(None, "gateway_up")
    await healing.look()


async def removed(healing, *, logged=False):
    """WhatsApp removes the device; with `logged` the gateway's log says so."""
    await healing.place.act("device_removed")
    if logged:
        await healing.hears(REMOVED, KEY)
    else:
        await healing.look()


async def settled_well(healing):
    """It is connected for long enough to be called working."""
    await healing.look()
    await healing.look(seconds=60)


# A gateway that was restarted.


async def test_a_session_that_a_restart_forgot_comes_back_by_itself(place):
    healing = await working(place)
    before = sorted(place.files())
    await forgotten(healing)
    await healing.heal()
    assert place.phase is Phase.OPEN
    assert (sorted(place.files()), place.kept()) == (before, [])
    await settled_well(healing)
    incident = await healing.incident()
    assert (incident.open, incident.facts["auto"]["outcome"]) == (False, "done")


async def test_the_message_is_edited_before_and_after(place):
    healing = await working(place)
    await forgotten(healing)
    await healing.heal()
    assert (await healing.timeline())[:3] == ["opened", "auto reconnect", "auto reconnect"]
    assert (await healing.told())["changed"] >= 2
    await settled_well(healing)
    heard = await healing.told()
    assert (heard["opened"], heard["recovered"]) == (1, 1)


async def test_what_it_does_is_in_the_audit_in_its_own_name(place):
    healing = await working(place)
    await forgotten(healing)
    await healing.heal()
    assert await healing.audited() == [("auto reconnect", "done")]


async def test_a_gateway_that_has_just_come_back_may_start_its_sessions_itself(place):
    place.hurry(gateway_settles_s=10)
    healing = await working(place)
    await place.sandbox.act(None, "gateway_down")
    await healing.look()
    await place.sandbox.act(None, "gateway_up")
    await forgotten(healing)
    await healing.heal()
    assert place.phase is Phase.STOPPED
    await healing.look(seconds=11)
    await healing.heal()
    assert place.phase is Phase.OPEN


async def test_it_does_nothing_while_the_gateway_is_silent(place):
    healing = await working(place)
    await forgotten(healing)
    await place.sandbox.act(None, "gateway_down")
    await healing.heal(times=2)
    assert await healing.attempts() == []


@pytest.mark.parametrize("after", [("gateway_restart", None), ("drop_for_good", KEY)])
async def test_off_means_off(place, after):
    healing = await working(place, OFF)
    what, whom = after
    await place.sandbox.act(whom, what)
    await healing.look(seconds=200)
    await healing.look(seconds=200)
    await healing.heal(times=2)
    assert (await healing.attempts(), await healing.audited()) == ([], [])


async def test_a_connection_dropped_for_longer_than_the_grace_is_made_anew(place):
    healing = await working(place)
    await place.act("drop_for_good")
    await healing.look()
    await healing.heal()
    assert await healing.attempts() == []
    await healing.look(seconds=100)
    await healing.heal()
    assert (await healing.attempts(), place.phase) == ([("reconnect", "done")], Phase.OPEN)


# A device that was removed.


async def test_a_removal_nobody_logged_costs_one_attempt_and_is_then_told(place):
    healing = await working(place)
    before = place.files()
    await removed(healing)
    await healing.heal(times=3)
    for _ in range(5):
        await healing.look(hours=1)
        await healing.heal()
    assert await healing.attempts() == [("reconnect", "looks_revoked")]
    incident = await healing.incident()
    assert (incident.symptom, incident.cause) == (Symptom.REVOKED, None)
    assert place.files() == before


async def test_a_removal_that_the_log_tells_of_is_proven_by_one_login(place):
    healing = await working(place)
    await removed(healing, logged=True)
    incident = await healing.incident()
    assert (incident.symptom, incident.cause) == (Symptom.GONE, None)
    await healing.heal(times=3)
    assert await healing.attempts() == [("reconnect", "looks_revoked")]
    incident = await healing.incident()
    assert (incident.symptom, incident.cause) == (Symptom.REVOKED, REMOVED)


async def test_a_removal_that_a_push_tells_of_is_not_reconnected_at_all(place):
    healing = await working(place)
    await place.act("device_removed")
    await healing.hears(REMOVED, KEY, by=DetectedBy.PUSH)
    await healing.heal(times=3)
    assert await healing.attempts() == []
    assert (await healing.incident()).cause is REMOVED


@pytest.mark.parametrize("cause", [Cause.REPLACED, Cause.ACCOUNT_LOCKED])
async def test_a_line_of_a_second_process_or_of_the_account_holds_the_bot_back(place, cause):
    healing = await working(place, FULL)
    await removed(healing)
    await healing.hears(cause, KEY)
    await healing.heal(times=3)
    assert (await healing.attempts(), place.kept()) == ([], [])


async def test_a_session_that_the_log_calls_removed_and_that_logs_in_is_left_alone(place):
    healing = await working(place, FULL)
    before = place.files()
    await forgotten(healing)
    await healing.hears(REMOVED, KEY)
    await healing.heal(times=3)
    assert await healing.attempts() == [("reconnect", "done")]
    assert (place.phase, place.files(), place.kept()) == (Phase.OPEN, before, [])


async def test_a_line_that_comes_after_the_refused_login_takes_one_more(place):
    healing = await working(place, FULL)
    await removed(healing)
    await healing.heal(times=2)
    assert await healing.attempts() == [("reconnect", "looks_revoked")]
    place.clock.push(seconds=31)
    await healing.hears(REMOVED, KEY)
    await healing.heal()
    assert place.kept() == []
    await healing.heal()
    assert [rung for rung, _ in await healing.attempts()] == ["reconnect", "reconnect", "reset"]


async def test_refused_keys_are_no_proof_for_a_reset(place):
    healing = await working(place, FULL)
    await removed(healing)
    await healing.heal(times=5)
    assert (await healing.attempts(), place.kept()) == ([("reconnect", "looks_revoked")], [])


async def test_a_removal_found_while_reconnecting_is_told_as_such(place):
    healing = await working(place)
    await place.act("drop_for_good")
    await healing.look()
    await healing.look(seconds=100)
    await place.act("device_removed")
    await healing.heal()
    assert (await healing.incident()).symptom is Symptom.REVOKED


async def test_a_proven_removal_is_reset_where_the_owner_wants_it_so(place):
    healing = await working(place, FULL)
    before = place.files()
    await removed(healing, logged=True)
    await healing.heal()
    assert place.kept() == []
    await healing.heal()
    [kept] = place.kept()
    assert {file.name: file.read_bytes() for file in kept.path.iterdir()} == before
    await place.until(Phase.SHOWING)
    await healing.look()
    assert (await healing.incident()).symptom is Symptom.AWAITING_SCAN
    assert await healing.audited() == [("auto reconnect", "looks_revoked"), ("auto reset", "done")]


async def test_it_resets_once_and_leaves_the_rest_to_a_person(place):
    healing = await working(place, FULL)
    await removed(healing, logged=True)
    await healing.heal(times=2)
    await place.until(Phase.SHOWING)
    place.sandbox._pool.move(place.sandbox._pool.sessions[KEY], Phase.CLOSED)
    for _ in range(4):
        await healing.look(hours=1)
        await healing.heal()
    assert (await healing.attempts(), len(place.kept())) == ([*TRIED, ("reset", "done")], 1)


async def test_without_a_directory_in_reach_nothing_is_reset_by_itself(far):
    healing = await working(far, FULL)
    await removed(healing, logged=True)
    await healing.heal(times=2)
    assert (await healing.attempts(), far.phase) == (TRIED, Phase.STOPPED)


async def test_a_session_that_is_back_before_the_reset_is_left_alone(place):
    healing = await working(place, FULL)
    await removed(healing, logged=True)
    await place.sandbox._pool.open_at_once(KEY, "79000962302")
    await healing.heal()
    assert (await healing.attempts(), place.phase) == ([], Phase.OPEN)


async def test_what_never_was_linked_is_not_reconnected_again_and_again(unlinked):
    healing = await working(unlinked)
    await healing.look(seconds=200)
    for _ in range(4):
        await healing.look(hours=1)
        await healing.heal()
    assert await healing.attempts() == [("reconnect", "awaits_scan")]


# One at a time.


async def test_nothing_is_done_while_a_person_resets(place):
    healing = await working(place)
    await forgotten(healing)
    persons = place.run(place.reset)
    assert await anext(persons) == Progress(step=ProcedureStep.STOPPING)
    await healing.heal(times=2)
    assert await healing.attempts() == []
    await persons.aclose()


async def test_nothing_is_done_while_a_person_pairs(place):
    healing = await working(place)
    await forgotten(healing)
    await place.pairing.begin(place.company, ANNA, HERE)
    await healing.heal(times=2)
    assert (await healing.attempts(), place.phase) == ([], Phase.STOPPED)


async def test_a_person_who_comes_first_by_a_hair_wins(place):
    persons = place.run(place.reset)

    async def late(company):
        await anext(persons)
        async for step in place.reconnect.run(company, BOT_ITSELF, NO_CHAT):
            yield step

    healing = await working(place, runs={Rung.RECONNECT: late})
    await forgotten(healing)
    await healing.heal()
    assert await healing.attempts() == [("reconnect", "busy")]
    assert "auto" not in (await healing.incident()).facts
    await persons.aclose()


async def test_a_person_is_told_that_the_bot_is_at_work(place):
    healing = await working(place)
    await forgotten(healing)
    bots = place.reconnect.run(place.company, BOT_ITSELF, NO_CHAT)
    await anext(bots)
    assert (await told(place.run(place.reset)))[-1].outcome is ProcedureOutcome.BUSY
    await bots.aclose()


async def test_two_healers_of_one_company_do_it_once(place):
    one, other = await working(place), Healing(place)
    await forgotten(one)
    await one.healer.heal_once()
    await other.healer.heal_once()
    await one.healer.settled()
    await other.healer.settled()
    outcomes = [outcome for _, outcome in await one.attempts()]
    assert outcomes.count("done") == 1
    assert set(outcomes) <= {"done", "busy", "already_connected"}


# A life that is cut off.


@pytest.mark.parametrize("step", [ProcedureStep.STOPPING, ProcedureStep.SETTING_ASIDE])
async def test_a_reset_cut_off_is_taken_up_once(place, soon_reached, step):
    cut = held_at(step, lambda one: place.reset.run(one, BOT_ITSELF, NO_CHAT), soon_reached)
    healing = await working(place, FULL, runs={Rung.RESET: cut})
    await removed(healing, logged=True)
    await cut_off(healing, soon_reached)
    assert await healing.attempts() == [*TRIED, ("reset", None)]

    healing.born_again()
    await healing.heal()
    assert await healing.attempts() == [*TRIED, ("reset", None)]
    assert (await taken_up(place)).outcome is ProcedureOutcome.DONE
    await healing.heal(times=2)
    assert (await healing.attempts(), len(place.kept())) == ([*TRIED, ("reset", "done")], 1)
    assert (await healing.audited())[-1] == ("auto reset", "done")
    assert (await healing.incident()).facts["auto"]["outcome"] == "done"


async def test_a_reconnect_cut_off_is_dropped_and_tried_again(place, soon_reached):
    cut = held_at(
        ProcedureStep.STARTING,
        lambda one: place.reconnect.run(one, BOT_ITSELF, NO_CHAT),
        soon_reached,
    )
    healing = await working(place, runs={Rung.RECONNECT: cut})
    await forgotten(healing)
    await cut_off(healing, soon_reached)
    [row] = await place.runner.unfinished()
    await place.runner.drop(row)

    again = Healing(place)
    await again.look(seconds=31)
    await again.heal()
    assert await again.attempts() == [("reconnect", "interrupted"), ("reconnect", "done")]
    assert place.phase is Phase.OPEN


async def test_an_act_that_breaks_off_is_noted_as_such(place):
    async def broken(company):
        yield Progress(step=ProcedureStep.STARTING)
        raise RuntimeError("out of order")

    healing = await working(place, runs={Rung.RECONNECT: broken})
    await forgotten(healing)
    await healing.healer.heal_once()
    with pytest.raises(RuntimeError):
        await healing.healer.settled()
    await healing.heal()
    assert await healing.attempts() == [("reconnect", "interrupted")]


@pytest.mark.parametrize(("budget", "spent"), [(1, True), (2, None)])
async def test_the_last_attempt_that_a_day_allows_is_noted_as_the_last(place, budget, spent):
    async def in_vain(company):
        yield Finished(outcome=ProcedureOutcome.NOT_BACK)

    healing = await working(place, budget=budget, runs={Rung.RECONNECT: in_vain})
    await forgotten(healing)
    await healing.heal()
    assert (await healing.incident()).facts["auto"].get("spent") is spent
