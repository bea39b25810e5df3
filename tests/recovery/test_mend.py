"""Mending: the same device comes back without a scan, and nothing is lost on the way."""

import asyncio
import json
import shutil

import pytest
from places import KEY, cut_at, mode, sandbox_place, told, writing_to

from bot import authdir
from bot.authdir import copy_good
from bot.domain.procedure import Finished, ProcedureOutcome, ProcedureStep, Progress
from bot.domain.session import State
from bot.sandbox.gateway import Phase
from storage.sessions import companies

STEPS = [
    ProcedureStep.STOPPING,
    ProcedureStep.QUIETING,
    ProcedureStep.PUTTING_BACK,
    ProcedureStep.STARTING,
    ProcedureStep.WATCHING,
]


async def copied(place):
    """A session that works, of which a good copy is kept."""
    place.device = device(place)
    place.copy = copy_good(place.template, KEY, place.clock())
    async with place.db.writing() as tx:
        await companies.set_copied(tx, KEY, place.clock())
    return place


@pytest.fixture
async def damaged(place):
    """Its creds.json was cut in half, and the gateway shows a QR."""
    await copied(place)
    await place.act("damage_creds")
    await place.until(Phase.SHOWING)
    place.half = (place.directory / "creds.json").read_bytes()
    return place


def device(place):
    return json.loads((place.directory / "creds.json").read_text())["signedIdentityKey"]


def set_aside_files(place):
    return sorted(place.template.set_aside_dir.glob(f"{KEY}-*.json"))


def is_mended(place):
    kept = [one.read_bytes() for one in set_aside_files(place)]
    return place.phase is Phase.OPEN and device(place) == place.device and kept == [place.half]


async def test_the_same_device_comes_back_without_a_scan(damaged):
    steps = await told(damaged.run(damaged.mend))
    assert steps[:-1] == [Progress(step=step) for step in STEPS]
    assert steps[-1] == Finished(outcome=ProcedureOutcome.DONE, state=State.CONNECTED)
    assert is_mended(damaged)


async def test_a_session_of_the_newer_line_comes_back_as_well(db, tmp_path):
    async with sandbox_place(db, tmp_path, line="7.0") as place:
        await copied(place)
        await place.act("damage_creds")
        await place.until(Phase.SHOWING)
        place.half = (place.directory / "creds.json").read_bytes()
        assert (await place.done(place.mend)).outcome is ProcedureOutcome.DONE
        assert is_mended(place)
        assert len(place.files()) == 816


async def test_a_directory_that_was_removed_comes_back(damaged):
    await damaged.adapter.stop(KEY)
    shutil.rmtree(damaged.directory)
    assert (await damaged.done(damaged.mend)).outcome is ProcedureOutcome.DONE
    assert device(damaged) == damaged.device
    assert mode(damaged.directory) == 0o700


@pytest.mark.parametrize("step", STEPS)
async def test_a_crash_at_any_step_loses_nothing(damaged, step):
    await cut_at(damaged.run(damaged.mend), step)
    assert (await damaged.resume(damaged.mend)).outcome is ProcedureOutcome.DONE
    assert is_mended(damaged)


async def test_a_crash_right_after_the_copy_was_put_back_goes_on_to_the_start(damaged):
    await cut_at(damaged.run(damaged.mend), ProcedureStep.PUTTING_BACK)
    await asyncio.to_thread(
        authdir.put_back, damaged.template, KEY, damaged.copy, damaged.clock(), quiet_for_s=0
    )
    assert (await damaged.resume(damaged.mend)).outcome is ProcedureOutcome.DONE
    assert is_mended(damaged)


async def test_a_crash_between_the_two_renames_finishes_the_second(damaged):
    await cut_at(damaged.run(damaged.mend), ProcedureStep.PUTTING_BACK)
    damaged.template.set_aside_dir.mkdir(mode=0o700)
    kept = damaged.template.set_aside_dir / f"{KEY}-20250918T150500Z.json"
    (damaged.directory / "creds.json").rename(kept)
    assert (await damaged.resume(damaged.mend)).outcome is ProcedureOutcome.DONE
    assert is_mended(damaged)


async def test_a_session_that_works_with_whole_credentials_is_left_alone(place):
    await copied(place)
    before = place.files()
    end = await place.done(place.mend)
    assert end.outcome is ProcedureOutcome.ALREADY_CONNECTED
    assert (place.phase, place.files()) == (Phase.OPEN, before)


async def test_a_session_that_works_with_a_damaged_file_is_mended(place):
    await copied(place)
    (place.directory / "creds.json").write_text('{"me"')
    assert (await place.done(place.mend)).outcome is ProcedureOutcome.DONE
    assert (place.phase, device(place)) == (Phase.OPEN, place.device)


async def test_without_a_copy_nothing_is_touched(place):
    await place.act("damage_creds")
    await place.until(Phase.SHOWING)
    end = await place.done(place.mend)
    assert end.outcome is ProcedureOutcome.NOTHING_KEPT
    assert place.phase is Phase.SHOWING


async def test_without_a_directory_there_is_no_copy(far):
    assert (await far.done(far.mend)).outcome is ProcedureOutcome.NO_DIRECTORY
    assert await far.control.copies.present(far.company) is None


async def test_the_copies_of_a_device_that_was_reset_are_none_of_the_next(place):
    await copied(place)
    await place.done(place.reset)
    await place.until(Phase.SHOWING)
    assert await place.control.copies.present(place.company) is None
    assert (await place.done(place.mend)).outcome is ProcedureOutcome.NOTHING_KEPT
    assert place.phase is Phase.SHOWING


async def test_a_device_that_was_revoked_is_not_mended_twice(damaged):
    damaged.sandbox.whatsapp.linked.clear()
    end = await damaged.done(damaged.mend)
    assert end.outcome is ProcedureOutcome.LOOKS_REVOKED
    assert await damaged.control.copies.present(damaged.company) is None


async def test_a_gateway_that_is_away_leaves_the_file_where_it_was(damaged):
    await damaged.sandbox.act(None, "gateway_down")
    end = await damaged.done(damaged.mend)
    assert end.outcome is ProcedureOutcome.UNTOUCHED
    assert (damaged.directory / "creds.json").read_bytes() == damaged.half


async def test_a_directory_somebody_writes_to_is_not_touched(damaged):
    async with writing_to(damaged.directory / "pre-key-1.json"):
        end = await damaged.done(damaged.mend)
    assert (end.outcome, end.reason) == (ProcedureOutcome.UNTOUCHED, "still_writing")
    assert (damaged.directory / "creds.json").read_bytes() == damaged.half


async def test_two_mendings_never_overlap(damaged):
    first = damaged.run(damaged.mend)
    await anext(first)
    assert (await damaged.done(damaged.mend)).outcome is ProcedureOutcome.BUSY
    assert (await told(first))[-1].outcome is ProcedureOutcome.DONE


async def test_mended_by_hand_while_the_bot_was_away_is_left_alone(damaged):
    await cut_at(damaged.run(damaged.mend), ProcedureStep.QUIETING)
    await asyncio.to_thread(
        authdir.put_back, damaged.template, KEY, damaged.copy, damaged.clock(), quiet_for_s=0
    )
    await damaged.adapter.start(KEY)
    await damaged.until(Phase.OPEN)
    end = await damaged.resume(damaged.mend)
    assert end.outcome is ProcedureOutcome.ALREADY_CONNECTED
