"""Revive: closes a dead socket and opens another, where there may still be one."""

import pytest
from places import KEY, ending

from bot.domain.procedure import ProcedureOutcome
from bot.domain.session import State
from bot.gateways.base import GatewayUnreachable


async def revived(place):
    return await ending(place.run(place.revive))


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (State.AWAITING_SCAN, ProcedureOutcome.AWAITS_SCAN),
        (State.LOGGED_OUT, ProcedureOutcome.LOOKS_REVOKED),
        (State.AWAITING_PASSKEY, ProcedureOutcome.NOT_BACK),
    ],
)
async def test_where_no_socket_is_left_nothing_is_closed(scripted, state, outcome):
    scripted.adapter.says(KEY, state)
    end = await revived(scripted)
    assert (end.outcome, end.state, scripted.adapter.calls) == (outcome, state, [])


async def test_behind_a_silent_gateway_nothing_is_closed(scripted):
    scripted.adapter.failure = GatewayUnreachable("refused")
    end = await revived(scripted)
    assert (end.outcome, scripted.adapter.calls) == (ProcedureOutcome.UNTOUCHED, [])


async def test_a_dead_socket_is_closed_and_another_opened(scripted):
    scripted.adapter.says(KEY, State.CONNECTED)
    await revived(scripted)
    assert scripted.adapter.calls[0] == f"stop {KEY}"
