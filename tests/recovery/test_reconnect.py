"""Reconnect: the credentials stay, an open session is never touched."""

import asyncio

import pytest
from doubles import ScriptedGateway
from places import KEY, ONE, cut_at, soon, told

from bot.domain.company import GatewayName
from bot.domain.procedure import Finished, ProcedureOutcome, ProcedureStep, Progress
from bot.domain.session import Cause, State
from bot.gateways.base import GatewayUnreachable, Stuck, Unsupported
from bot.sandbox.gateway import Phase
from storage.sessions import twins


async def test_an_open_session_is_never_touched(scripted):
    scripted.adapter.says(KEY, State.CONNECTED)
    steps = await told(scripted.run(scripted.reconnect))
    assert steps == [Finished(outcome=ProcedureOutcome.ALREADY_CONNECTED, state=State.CONNECTED)]
    assert scripted.adapter.calls == []


async def test_a_session_that_opens_between_look_and_call_is_not_touched(scripted):
    scripted.adapter.says(KEY, State.DISCONNECTED, State.CONNECTED)
    end = await scripted.done(scripted.reconnect)
    assert (end.outcome, end.reason) == (ProcedureOutcome.UNTOUCHED, "state_changed")


async def test_a_dropped_session_comes_back_with_its_files(place):
    before = sorted(place.files())
    await place.act("drop_for_good")
    steps = await told(place.run(place.reconnect))
    assert steps == [
        Progress(step=ProcedureStep.STARTING),
        Progress(step=ProcedureStep.WATCHING),
        Finished(outcome=ProcedureOutcome.DONE, state=State.CONNECTED),
    ]
    assert sorted(place.files()) == before


async def test_a_session_that_a_restart_forgot_comes_back(place):
    await place.sandbox.act(None, "gateway_restart")
    await place.until(Phase.STOPPED)
    await place.sandbox.act(None, "gateway_up")
    assert (await place.done(place.reconnect)).outcome is ProcedureOutcome.DONE


async def test_a_revoked_session_vanishes_again_and_that_is_said(place):
    await place.act("device_removed")
    before = place.files()
    end = await place.done(place.reconnect)
    assert (end.outcome, end.state) == (ProcedureOutcome.LOOKS_REVOKED, State.STOPPED)
    assert place.files() == before


async def test_a_session_that_has_no_credentials_shows_a_code_instead(unlinked):
    end = await unlinked.done(unlinked.reconnect)
    assert (end.outcome, end.state) == (ProcedureOutcome.AWAITS_SCAN, State.AWAITING_SCAN)


@pytest.mark.parametrize("refused", ["restart", None])
async def test_a_refusal_leaves_all_untouched(scripted, refused):
    scripted.adapter.says(KEY, State.DISCONNECTED)
    scripted.adapter.refused = {refused}
    scripted.adapter.failure = None if refused else GatewayUnreachable("refused")
    assert (await scripted.done(scripted.reconnect)).outcome is ProcedureOutcome.UNTOUCHED


@pytest.mark.parametrize(
    ("error", "reason"), [(Stuck("twice"), "stuck"), (Unsupported("no"), "unsupported")]
)
async def test_where_another_way_helps_the_reason_tells_it(scripted, error, reason):
    scripted.adapter.says(KEY, State.DISCONNECTED)
    scripted.adapter.failure = error
    end = await scripted.done(scripted.reconnect)
    assert (end.outcome, end.reason) == (ProcedureOutcome.UNTOUCHED, reason)


async def test_a_reconnect_waits_for_nobody_elses_procedure(scripted):
    scripted.adapter.says(KEY, State.STOPPED)
    running = scripted.run(scripted.reset)
    await anext(running)
    assert (await scripted.done(scripted.reconnect)).outcome is ProcedureOutcome.BUSY
    assert scripted.adapter.calls == []
    await running.aclose()


async def test_a_reconnect_that_a_crash_cut_off_can_be_dropped(scripted):
    scripted.adapter.says(KEY, State.DISCONNECTED)
    await cut_at(scripted.run(scripted.reconnect), ProcedureStep.STARTING)
    [row] = await scripted.runner.unfinished()
    await scripted.runner.drop(row)
    assert await scripted.outcomes() == ["interrupted"]
    assert (await scripted.done(scripted.reconnect)).outcome is ProcedureOutcome.DONE


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (State.LOGGED_OUT, ProcedureOutcome.LOOKS_REVOKED),
        (State.AWAITING_SCAN, ProcedureOutcome.AWAITS_SCAN),
        (State.AWAITING_PASSKEY, ProcedureOutcome.NOT_BACK),
    ],
)
async def test_what_is_revoked_or_being_paired_is_not_reconnected(scripted, state, outcome):
    scripted.adapter.says(KEY, state)
    assert await scripted.done(scripted.reconnect) == Finished(outcome=outcome, state=state)
    assert scripted.adapter.calls == []


async def test_a_session_that_does_not_connect_in_time_is_not_back(scripted):
    scripted.hurry(reconnect_wait_s=0.1)
    scripted.adapter.says(KEY, State.STOPPED)
    steps = scripted.run(scripted.reconnect)
    await anext(steps)
    await anext(steps)
    scripted.adapter.says(KEY, State.CONNECTING)
    end = (await told(steps))[-1]
    assert (end.outcome, end.state) == (ProcedureOutcome.NOT_BACK, State.CONNECTING)


async def test_a_gateway_that_restarts_meanwhile_proves_no_revocation(scripted):
    adapter = scripted.adapter
    adapter.says(KEY, State.DISCONNECTED)
    steps = scripted.run(scripted.reconnect)
    assert [await anext(steps), await anext(steps)][-1].step is ProcedureStep.WATCHING
    adapter.failure = GatewayUnreachable("refused")
    adapter.reached.clear()
    watching = asyncio.create_task(told(steps))
    await soon(adapter.reached)
    adapter.failure = None
    adapter.says(KEY, State.STOPPED)
    end = (await watching)[-1]
    assert (end.outcome, end.state) == (ProcedureOutcome.NOT_BACK, State.STOPPED)


@pytest.mark.parametrize(
    ("cause", "outcome"),
    [
        (None, ProcedureOutcome.LOOKS_REVOKED),
        (Cause.CONNECTION_LOST, ProcedureOutcome.NOT_BACK),  # trouble of the gateway's own
    ],
)
async def test_a_session_that_fails_again_without_a_reason_looks_revoked(scripted, cause, outcome):
    scripted.hurry(reconnect_wait_s=0.3)
    scripted.adapter.says(KEY, State.FAILED)
    steps = scripted.run(scripted.reconnect)
    await anext(steps)
    await anext(steps)
    scripted.adapter.says(KEY, (State.FAILED, cause) if cause else State.FAILED)
    end = (await told(steps))[-1]
    assert (end.outcome, end.state) == (outcome, State.FAILED)


# The same session on another gateway.

OTHER = GatewayName("other")


async def twin(place, listed, now=None):
    """Another gateway listed the session so, and says this of it now; None: it is silent."""
    async with place.db.writing() as tx:
        await twins.put(tx, KEY, OTHER, KEY, listed, place.clock())
    other = ScriptedGateway()
    other.says(KEY, now or listed)
    other.failing = {KEY} if now is None else set()
    place.runner.control.gateways = {**place.runner.control.gateways, OTHER: other}
    return other


@pytest.mark.parametrize(
    ("listed", "now"),
    [(State.CONNECTED, State.CONNECTED), (State.STOPPED, State.CONNECTED), (State.CONNECTED, None)],
)
async def test_what_works_on_another_gateway_is_not_started_here(scripted, listed, now):
    scripted.adapter.says(KEY, State.STOPPED)
    other = await twin(scripted, listed, now)
    end = await scripted.done(scripted.reconnect)
    assert (end.outcome, end.reason) == (ProcedureOutcome.UNTOUCHED, "elsewhere")
    assert end.facts == {"gateway": OTHER}
    assert scripted.adapter.calls == other.calls == []


@pytest.mark.parametrize(
    ("listed", "now"),
    [(State.CONNECTED, State.STOPPED), (State.STOPPED, State.FAILED), (State.STOPPED, None)],
)
async def test_what_works_there_no_more_is_started_here(scripted, listed, now):
    scripted.adapter.says(KEY, State.STOPPED)
    other = await twin(scripted, listed, now)
    await cut_at(scripted.run(scripted.reconnect), ProcedureStep.STARTING)
    assert other.calls == []
    assert ONE in scripted.runner.control.gateways
