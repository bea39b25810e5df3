"""What a pairing code leaves behind is cleared away, and nothing else is."""

import asyncio
import json

import pytest
from places import ANNA, HERE, KEY, PHONE, scripted_place

from bot.domain.procedure import ProcedureOutcome
from bot.domain.session import State
from bot.gateways.base import GatewayUnreachable
from bot.recovery.code_leftovers import Clearing

HALF = {"me": {"id": f"{PHONE}@s.whatsapp.net"}}
WHOLE = {"me": {"id": f"{PHONE}:3@s.whatsapp.net"}, "account": {"details": "x"}}


@pytest.fixture
async def stopped(db, tmp_path):
    """A stopped session whose number was written down before anybody agreed."""
    place = await scripted_place(db, tmp_path)
    place.adapter.says(KEY, State.STOPPED)
    write(place, HALF)
    return place


def write(place, creds):
    place.directory.mkdir(exist_ok=True)
    (place.directory / "creds.json").write_text(json.dumps(creds))


async def clear(place):
    return await Clearing(place.runner).clear(place.company, ANNA, HERE)


async def test_half_linked_files_are_set_aside_apart_from_what_can_be_restored(stopped):
    assert await Clearing(stopped.runner).is_due(stopped.company)
    assert await clear(stopped) is ProcedureOutcome.DONE
    assert stopped.files() is None
    assert stopped.kept() == []
    assert not await Clearing(stopped.runner).is_due(stopped.company)


async def test_a_session_that_works_is_not_stopped(stopped):
    stopped.adapter.says(KEY, State.CONNECTED)
    assert await clear(stopped) is ProcedureOutcome.ALREADY_CONNECTED
    assert stopped.adapter.calls == []
    assert stopped.files() is not None


async def test_a_phone_that_agreed_in_the_last_moment_keeps_its_files(stopped):
    write(stopped, WHOLE)
    assert await clear(stopped) is ProcedureOutcome.ALREADY_CONNECTED
    assert stopped.adapter.calls == [f"stop {KEY}", f"start {KEY}"]
    assert stopped.files() is not None


async def test_where_nothing_is_half_linked_nothing_is_set_aside(stopped):
    write(stopped, {"me": None})
    assert await clear(stopped) is ProcedureOutcome.DONE
    assert stopped.files() is not None


async def test_a_gateway_that_does_not_answer_leaves_everything_as_it_is(stopped):
    stopped.adapter.failure = GatewayUnreachable("refused")
    assert await clear(stopped) is ProcedureOutcome.UNTOUCHED
    assert stopped.files() is not None


async def test_a_gateway_that_was_taken_out_of_the_settings_is_told_as_such(stopped):
    stopped.control.gateways.clear()
    assert await clear(stopped) is ProcedureOutcome.UNTOUCHED
    [outcome] = await stopped.outcomes()
    assert outcome == ProcedureOutcome.UNTOUCHED


async def test_a_replica_that_was_frozen_too_long_does_nothing_more(stopped):
    stopped.control._is_alive = lambda: False
    with pytest.raises(asyncio.CancelledError):
        await clear(stopped)
    assert stopped.adapter.calls == []


async def test_a_directory_that_cannot_be_read_is_not_due(stopped, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (stopped.directory / "creds.json").rename(elsewhere / "creds.json")
    stopped.directory.rmdir()
    stopped.directory.symlink_to(elsewhere)
    assert not await Clearing(stopped.runner).is_due(stopped.company)
    assert (elsewhere / "creds.json").exists()


async def test_without_a_directory_in_reach_only_a_reset_helps(scripted):
    scripted.adapter.says(KEY, State.STOPPED)
    assert not await Clearing(scripted.runner).is_due(scripted.company)
    assert await clear(scripted) is ProcedureOutcome.NO_DIRECTORY
