"""A gateway that closes a session only by logging it out: a restart stands in for a stop."""

import pytest
from doubles import ScriptedGateway
from places import KEY, Place, ending

from bot.domain.pairing import Ending
from bot.domain.procedure import ProcedureOutcome
from bot.domain.session import State
from bot.gateways.base import Unsupported
from bot.recovery.open_window import open_window


class NeverStops(ScriptedGateway):
    async def stop(self, key):
        self.calls.append(f"stop {key}")
        raise Unsupported("only a logout would")

    async def restart(self, key):
        self.calls.append(f"restart {key}")
        self.says(key, State.CONNECTED)


@pytest.fixture
async def never(db):
    place = Place(db, NeverStops(), None)
    await place.prepare()
    return place


async def test_a_window_begins_anew_by_a_restart(never):
    never.adapter.says(KEY, State.AWAITING_SCAN)
    assert await open_window(never.adapter, KEY, never.timing, anew=True) is None
    assert never.adapter.calls == [f"stop {KEY}", f"restart {KEY}"]


async def test_what_is_stopped_is_started(never):
    never.adapter.says(KEY, State.STOPPED)
    assert await open_window(never.adapter, KEY, never.timing, anew=False) is None
    assert never.adapter.calls == [f"start {KEY}"]


async def test_what_is_connected_is_left_alone(never):
    never.adapter.says(KEY, State.CONNECTED)
    ended = await open_window(never.adapter, KEY, never.timing, anew=False)
    assert ended.ending is Ending.ALREADY_CONNECTED
    assert never.adapter.calls == []


async def test_a_dead_socket_is_revived_by_a_restart(never):
    never.adapter.says(KEY, State.CONNECTED)
    end = await ending(never.run(never.revive))
    assert end.outcome is ProcedureOutcome.DONE
    assert never.adapter.calls == [f"stop {KEY}", f"restart {KEY}"]
