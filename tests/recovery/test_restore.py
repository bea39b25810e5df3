"""A restore: the same device comes back, unless WhatsApp has removed it."""

import asyncio
import shutil

import pytest
from places import ANNA, HERE, KEY, PHONE, cut_at, mode, told, writing_to

from bot import authdir
from bot.domain.files import KeptKind
from bot.domain.procedure import Finished, ProcedureOutcome, ProcedureStep, Progress
from bot.domain.session import State
from bot.recovery.kept_keys import KeptKeys
from bot.sandbox.gateway import Phase
from storage.sessions import companies

STEPS = [
    ProcedureStep.STOPPING,
    ProcedureStep.QUIETING,
    ProcedureStep.SWAPPING,
    ProcedureStep.STARTING,
    ProcedureStep.WATCHING,
]


@pytest.fixture
async def regretted(place):
    """A session that worked, and was reset all the same."""
    place.before = place.files()
    await place.done(place.reset)
    await place.until(Phase.SHOWING)
    return place


def same_device(place):
    """Everything but creds.json, which a login writes anew, is as before."""
    now = dict(place.files())
    before = dict(place.before)
    assert now.pop("creds.json")
    assert before.pop("creds.json")
    return now == before


async def test_a_needless_reset_is_undone_without_a_scan(regretted):
    steps = await told(regretted.run(regretted.restore))
    assert steps[:-1] == [Progress(step=step) for step in STEPS]
    assert steps[-1] == Finished(outcome=ProcedureOutcome.DONE, state=State.CONNECTED)
    assert regretted.phase is Phase.OPEN
    assert same_device(regretted)


async def test_what_lay_there_meanwhile_is_set_aside_in_turn(regretted):
    (regretted.directory / "note.json").write_text("{}")
    await regretted.done(regretted.restore)
    [kept] = regretted.kept()
    assert [file.name for file in kept.path.iterdir()] == ["note.json"]
    assert mode(kept.path) == 0o700


async def test_a_revoked_device_does_not_come_back(place):
    await place.act("device_removed")
    await place.done(place.reset)
    await place.until(Phase.SHOWING)
    end = await place.done(place.restore)
    assert (end.outcome, end.state) == (ProcedureOutcome.LOOKS_REVOKED, State.STOPPED)


async def test_nothing_kept_is_said_and_nothing_is_touched(place):
    before = place.files()
    end = await place.done(place.restore)
    assert end.outcome is ProcedureOutcome.NOTHING_KEPT
    assert (place.phase, place.files()) == (Phase.OPEN, before)


async def test_without_a_directory_there_is_nothing_to_restore(far):
    assert (await far.done(far.restore)).outcome is ProcedureOutcome.NO_DIRECTORY
    assert not KeptKeys(far.control).are_possible(far.company)
    assert await KeptKeys(far.control).of(far.company) == []


async def test_the_newest_is_what_would_be_put_back(regretted):
    [newest] = await KeptKeys(regretted.control).of(regretted.company)
    assert (newest.files, newest.kind) == (len(regretted.before), KeptKind.LINKED)
    assert KeptKeys(regretted.control).are_possible(regretted.company)


async def test_a_gateway_that_does_not_answer_leaves_all_untouched(regretted):
    await regretted.sandbox.act(None, "gateway_down")
    end = await regretted.done(regretted.restore)
    assert end.outcome is ProcedureOutcome.UNTOUCHED
    assert (regretted.files(), len(regretted.kept())) == ({}, 1)


async def test_a_directory_that_is_still_written_to_is_not_swapped(regretted):
    regretted.hurry(quiet_for_s=0.5)
    async with writing_to(regretted.directory / "creds.json"):
        end = await regretted.done(regretted.restore)
    assert (end.outcome, end.reason) == (ProcedureOutcome.UNTOUCHED, "still_writing")
    assert (list(regretted.files()), len(regretted.kept())) == (["creds.json"], 1)


async def test_a_restore_and_a_reset_never_run_together(regretted):
    running = regretted.run(regretted.restore)
    await anext(running)
    assert (await regretted.done(regretted.reset)).outcome is ProcedureOutcome.BUSY
    await told(running)
    assert regretted.phase is Phase.OPEN


@pytest.mark.parametrize("step", STEPS)
async def test_a_crash_at_any_step_loses_nothing(regretted, step):
    await cut_at(regretted.run(regretted.restore), step)
    assert (await regretted.resume(regretted.restore)).outcome is ProcedureOutcome.DONE
    assert regretted.phase is Phase.OPEN
    assert same_device(regretted)
    assert await regretted.unfinished() == []


async def test_a_crash_right_after_the_swap_goes_on_to_the_start(regretted):
    await cut_at(regretted.run(regretted.restore), ProcedureStep.SWAPPING)
    [kept] = regretted.kept()
    authdir.restore(regretted.template, KEY, kept, regretted.clock(), quiet_for_s=0)
    assert (await regretted.resume(regretted.restore)).outcome is ProcedureOutcome.DONE
    assert same_device(regretted)


async def test_a_crash_in_the_middle_of_the_swap_finishes_it(regretted):
    await cut_at(regretted.run(regretted.restore), ProcedureStep.SWAPPING)
    authdir.set_aside(regretted.template, KEY, regretted.clock(), quiet_for_s=0)
    assert (await regretted.resume(regretted.restore)).outcome is ProcedureOutcome.DONE
    assert same_device(regretted)


@pytest.mark.parametrize("step", STEPS[:3])
async def test_a_session_paired_while_the_bot_was_away_is_left_alone(regretted, step):
    await cut_at(regretted.run(regretted.restore), step)
    await regretted.control.start(regretted.company)
    await regretted.until(Phase.SHOWING)
    await regretted.act("scan")
    await regretted.until(Phase.OPEN)
    before = regretted.files()
    end = await regretted.resume(regretted.restore)
    assert end.outcome is ProcedureOutcome.ALREADY_CONNECTED
    assert regretted.files() == before


async def unused_qrs(place, times):
    """Resets after which nobody scanned: one leaves an empty directory, one half a file."""
    for number in range(times):
        if number % 2:
            (place.directory / "creds.json").write_text('{"noiseKey":{"private":{"ty')
        await place.done(place.reset)
        await place.until(Phase.SHOWING)


async def test_unused_qrs_never_come_before_the_good_keys(regretted):
    await unused_qrs(regretted, 4)
    assert (await regretted.done(regretted.restore)).outcome is ProcedureOutcome.DONE
    assert same_device(regretted)


async def test_an_older_device_can_be_chosen(regretted):
    await regretted.act("scan")
    await regretted.until(Phase.OPEN)
    await regretted.done(regretted.reset)
    await regretted.until(Phase.SHOWING)
    newest, oldest = await KeptKeys(regretted.control).of(regretted.company)
    assert newest.phone == oldest.phone == PHONE
    chosen = regretted.restore.run(regretted.company, ANNA, HERE, oldest.name)
    assert (await told(chosen))[-1].outcome is ProcedureOutcome.DONE
    assert same_device(regretted)


@pytest.mark.parametrize("left", ["half", "empty", "missing"])
async def test_damaged_keys_that_were_reset_come_back_mended(place, left):
    place.before = place.files()
    await asyncio.to_thread(authdir.copy_good, place.template, KEY, place.clock())
    device = await place.control.copies.device(place.company)
    async with place.db.writing() as tx:
        await companies.set_copied(tx, KEY, place.clock(), device)
    await place.act("damage_creds")
    await place.until(Phase.SHOWING)
    creds = place.directory / "creds.json"
    if left == "empty":
        creds.write_bytes(b"")
    elif left == "missing":
        creds.unlink()
    await place.done(place.reset)
    await place.until(Phase.SHOWING)
    [kept] = await KeptKeys(place.control).of(place.company)
    assert (kept.kind, kept.phone) == (KeptKind.MENDABLE, PHONE)
    assert (await place.done(place.restore)).outcome is ProcedureOutcome.DONE
    assert same_device(place)
    assert await place.control.copies.present(place.company) is not None


async def test_a_device_whose_directory_is_gone_comes_back_from_its_copy(place):
    await asyncio.to_thread(authdir.copy_good, place.template, KEY, place.clock())
    await place.adapter.stop(KEY)
    shutil.rmtree(place.directory)
    [kept] = await KeptKeys(place.control).of(place.company)
    assert (kept.kind, kept.phone) == (KeptKind.COPY, PHONE)
    assert (await place.done(place.restore)).outcome is ProcedureOutcome.DONE
    assert place.phase is Phase.OPEN
