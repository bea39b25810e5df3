"""A reset: what it sets aside, what it says, and what a crash at any point cannot lose."""

import asyncio
import os

import pytest
from places import (
    ANNA,
    BORIS,
    HERE,
    KEY,
    THERE,
    cut_at,
    ending,
    follow,
    mode,
    soon,
    told,
    writing_to,
)

from bot import authdir
from bot.domain.pairing import Paired, Proving, Show, Waiting
from bot.domain.procedure import Finished, ProcedureOutcome, ProcedureStep, Progress
from bot.domain.session import State
from bot.gateways.base import GatewayUnreachable
from bot.sandbox.gateway import Phase

STEPS = [
    ProcedureStep.STOPPING,
    ProcedureStep.QUIETING,
    ProcedureStep.SETTING_ASIDE,
    ProcedureStep.STARTING,
]


async def test_18_september_the_removed_device_is_paired_again(place):
    await place.act("device_removed")
    before = place.files()
    steps = await told(place.run(place.reset))
    assert steps[:-1] == [Progress(step=step) for step in STEPS]
    assert steps[-1] == Finished(
        outcome=ProcedureOutcome.DONE, facts={"kept": True, "files": len(before)}
    )

    async def scan(show):
        await place.act("scan", code=show.raw)

    shown = await follow(await place.live(opened=True), Show=scan)
    assert [type(step) for step in (shown[0], shown[1], shown[-2], shown[-1])] == [
        Waiting,
        Show,
        Proving,
        Paired,
    ]
    assert (await place.stored()).expected_phone == "79000962302"


async def test_the_directory_is_set_aside_whole_and_private(place):
    await place.act("device_removed")
    before = place.files()
    await place.done(place.reset)
    [kept] = place.kept()
    assert {file.name: file.read_bytes() for file in kept.path.iterdir()} == before
    assert [mode(kept.path), mode(kept.path.parent)] == [0o700, 0o700]


async def test_the_new_session_begins_without_the_old_credentials(place):
    await place.act("device_removed")
    await place.done(place.reset)
    await place.until(Phase.SHOWING)
    assert place.files() == {}


async def test_a_session_that_works_is_stopped_before_its_files_are_moved(place):
    end = await place.done(place.reset)
    assert end.outcome is ProcedureOutcome.DONE
    await place.until(Phase.SHOWING)
    assert "creds.json" not in place.files()


async def test_a_company_without_files_is_reset_all_the_same(unlinked):
    end = await unlinked.done(unlinked.reset)
    assert (end.outcome, end.facts) == (ProcedureOutcome.DONE, {"kept": False, "files": 0})
    await unlinked.until(Phase.SHOWING)


async def test_a_directory_that_is_still_written_to_is_left_alone(place):
    place.hurry(quiet_for_s=0.5)
    async with writing_to(place.directory / "creds.json"):
        end = await place.done(place.reset)
    assert (end.outcome, end.reason) == (ProcedureOutcome.UNTOUCHED, "still_writing")
    assert place.kept() == []


async def test_a_session_whose_reset_failed_is_running_again(place):
    place.hurry(quiet_for_s=0.5)
    async with writing_to(place.directory / "pre-key-1.json"):
        await place.done(place.reset)
    await place.until(Phase.OPEN)


async def test_a_linked_directory_is_left_alone(place, tmp_path):
    elsewhere = place.directory.rename(tmp_path / "elsewhere")
    place.directory.symlink_to(elsewhere)
    end = await place.done(place.reset)
    assert end.outcome is ProcedureOutcome.UNTOUCHED
    assert place.directory.is_symlink()


async def test_a_gateway_that_does_not_answer_leaves_all_untouched(place):
    before = place.files()
    await place.sandbox.act(None, "gateway_down")
    end = await place.done(place.reset)
    assert end.outcome is ProcedureOutcome.UNTOUCHED
    assert (place.files(), place.kept()) == (before, [])
    assert await place.outcomes() == ["untouched"]


async def test_a_session_that_does_not_start_is_half_done_and_says_what_is_kept(scripted, tmp_path):
    place = scripted
    place.template = authdir.SessionsTemplate.parse(str(tmp_path / "company_{company}"))
    place.born_again()
    aged_file(place)
    place.adapter.says(KEY, State.STOPPED)
    place.adapter.refused = {"start"}
    end = await place.done(place.reset)
    assert (end.outcome, end.reason) == (ProcedureOutcome.HALF_DONE, "start was refused")
    assert end.facts == {"kept": False, "files": 1}  # it never was linked


async def test_without_a_directory_the_gateway_wipes_its_own(far):
    await far.act("device_removed")
    steps = await told(far.run(far.reset))
    assert steps == [
        Progress(step=ProcedureStep.STARTING),
        Finished(outcome=ProcedureOutcome.DONE, facts={"kept": False, "files": 0}),
    ]
    assert far.phase is Phase.SHOWING


async def test_without_a_directory_a_refusal_is_told(scripted):
    scripted.adapter.says(KEY, State.STOPPED)
    scripted.adapter.refused = {"reset"}
    assert (await scripted.done(scripted.reset)).outcome is ProcedureOutcome.UNTOUCHED


async def test_without_a_directory_silence_leaves_it_unclear(far):
    await far.act("device_removed")
    await far.sandbox.act(None, "gateway_down")
    end = (await told(far.run(far.reset)))[-1]
    assert end.outcome is ProcedureOutcome.UNCLEAR


async def test_with_a_directory_the_destructive_call_is_never_made(scripted, tmp_path):
    scripted.template = authdir.SessionsTemplate.parse(str(tmp_path / "company_{company}"))
    scripted.born_again()
    scripted.adapter.says(KEY, State.CONNECTED)
    await scripted.done(scripted.reset)
    assert scripted.adapter.calls == [f"stop {KEY}", f"start {KEY}"]


async def test_of_two_resets_at_once_one_is_told_to_wait(place):
    await place.act("device_removed")
    first = place.run(place.reset)
    assert await anext(first) == Progress(step=ProcedureStep.STOPPING)
    second = await ending(place.reset.run(place.company, BORIS, THERE))
    assert second.outcome is ProcedureOutcome.BUSY
    assert (await ending(first)).outcome is ProcedureOutcome.DONE
    assert len(place.kept()) == 1


async def test_after_a_reset_the_next_may_begin(place):
    await place.done(place.reset)
    assert (await place.done(place.reset)).outcome is ProcedureOutcome.DONE
    assert await place.outcomes() == ["done", "done"]


@pytest.mark.parametrize("step", STEPS)
async def test_a_crash_at_any_step_loses_nothing(place, step):
    await place.act("device_removed")
    before = place.files()
    await cut_at(place.run(place.reset), step)
    end = await place.resume(place.reset)
    assert (end.outcome, end.facts) == (
        ProcedureOutcome.DONE,
        {"kept": True, "files": len(before)},
    )
    [kept] = place.kept()
    assert len(list(kept.path.iterdir())) == len(before)
    await place.until(Phase.SHOWING)
    assert await place.unfinished() == []


async def test_a_crash_right_after_the_directory_was_set_aside_keeps_it_once(place):
    await place.act("device_removed")
    before = place.files()
    await cut_at(place.run(place.reset), ProcedureStep.SETTING_ASIDE)
    authdir.set_aside(place.template, KEY, place.clock(), quiet_for_s=0)
    end = await place.resume(place.reset)
    assert end.facts == {"kept": True, "files": len(before)}
    assert len(place.kept()) == 1


async def test_a_crash_after_the_start_leaves_the_new_session_alone(place):
    await place.act("device_removed")
    await cut_at(place.run(place.reset), ProcedureStep.STARTING)
    await place.adapter.start(KEY)
    await place.until(Phase.SHOWING)
    code = place.sandbox.live_code(KEY)
    assert (await place.resume(place.reset)).outcome is ProcedureOutcome.DONE
    assert place.sandbox.live_code(KEY) == code
    assert len(place.kept()) == 1


async def test_a_gateway_down_after_the_crash_says_that_the_files_are_set_aside(place):
    await place.act("device_removed")
    await cut_at(place.run(place.reset), ProcedureStep.SETTING_ASIDE)
    authdir.set_aside(place.template, KEY, place.clock(), quiet_for_s=0)
    await place.sandbox.act(None, "gateway_down")
    end = await place.resume(place.reset)
    assert (end.outcome, end.facts["kept"]) == (ProcedureOutcome.HALF_DONE, True)


@pytest.mark.parametrize("step", STEPS[:-1])
async def test_a_session_mended_while_the_bot_was_away_is_left_alone(place, step):
    await place.act("device_removed")
    await cut_at(place.run(place.reset), step)
    await place.adapter.reset(KEY)  # somebody at the gateway did it by hand
    await place.act("scan")
    await place.until(Phase.OPEN)
    before = place.files()
    assert (await place.resume(place.reset)).outcome is ProcedureOutcome.ALREADY_CONNECTED
    assert (place.phase, place.files()) == (Phase.OPEN, before)


async def test_without_a_directory_a_crash_never_wipes_what_has_begun(far):
    await far.act("device_removed")
    await cut_at(far.run(far.reset), ProcedureStep.STARTING)
    await far.adapter.reset(KEY)
    code = far.sandbox.live_code(KEY)
    assert (await far.resume(far.reset)).outcome is ProcedureOutcome.DONE
    assert far.sandbox.live_code(KEY) == code


async def test_without_a_directory_a_crash_never_wipes_what_is_paired(far):
    await cut_at(far.run(far.reset), ProcedureStep.STARTING)
    await far.resume(far.reset)
    assert far.phase is Phase.OPEN


async def test_a_cancelled_reset_is_taken_up_by_the_next_start(scripted):
    scripted.adapter.says(KEY, State.STOPPED)
    scripted.adapter.hung, scripted.adapter.reached = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(scripted.done(scripted.reset))
    await soon(scripted.adapter.reached)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    scripted.adapter.hung = None
    assert (await scripted.resume(scripted.reset)).outcome is ProcedureOutcome.DONE


async def test_what_nobody_expected_does_not_hold_the_company_up(scripted):
    scripted.adapter.failure = ValueError("a fault of ours")
    with pytest.raises(ValueError, match="a fault of ours"):
        await scripted.done(scripted.reset)
    scripted.adapter.failure = None
    assert await scripted.outcomes() == ["interrupted"]
    assert (await scripted.done(scripted.reset)).outcome is ProcedureOutcome.DONE


async def test_an_order_is_stored_with_who_gave_it_and_where(scripted):
    scripted.adapter.failure = GatewayUnreachable("refused")
    steps = scripted.run(scripted.reset)
    await anext(steps)
    [row] = await scripted.unfinished()
    assert (row.asked_by, row.address, row.company_id) == (ANNA, HERE, KEY)
    await steps.aclose()


def aged_file(place):
    """A directory with one file, written long ago."""
    place.directory.mkdir(parents=True)
    file = place.directory / "creds.json"
    file.write_text("{}")
    for path in (file, place.directory):
        os.utime(path, (1, 1))
