"""What may be done without a question, and what a crash has cut off."""

import pytest
from desk import ANNA, BORIS, GROUP, NORTH, SOUTH, STRANGER, steps_of

from bot.actions.errors import DoneAlready
from bot.domain.access import NotAllowed
from bot.domain.pairing import Ended, Ending, Paired, Show, Waiting
from bot.domain.procedure import ProcedureOutcome, ProcedureStep, Progress
from bot.domain.session import State
from bot.gateways.base import Qr


async def company(desk, company_id=NORTH):
    return await desk.actions.status.stored(company_id)


async def reconnect(desk, user_id=ANNA, key=None):
    return await desk.actions.repairs.reconnect(
        await desk.who(user_id), await company(desk), GROUP, key or desk.update()
    )


async def test_a_reconnect_is_noted_before_and_after(desk):
    desk.gateway.says(NORTH, State.DISCONNECTED)
    steps = await reconnect(desk)
    assert await desk.journal() == ["reconnect None"]
    assert desk.gateway.calls == []
    assert (await steps_of(steps))[-1].outcome is ProcedureOutcome.DONE
    assert await desk.journal() == ["reconnect done"]


async def test_after_a_reconnect_the_session_is_looked_at(desk):
    await desk.see((NORTH, State.DISCONNECTED))
    await steps_of(await reconnect(desk))
    card = await desk.actions.status.company(await desk.who(ANNA), NORTH)
    assert card.known.state is State.CONNECTED


@pytest.mark.parametrize("user_id", [BORIS, STRANGER])
async def test_who_may_not_reconnects_nothing(desk, user_id):
    with pytest.raises(NotAllowed):
        await reconnect(desk, user_id)
    assert (desk.gateway.calls, await desk.journal()) == ([], [])


async def test_the_same_update_twice_is_obeyed_once(desk):
    desk.gateway.says(NORTH, State.DISCONNECTED)
    await steps_of(await reconnect(desk, key="update:77"))
    desk.gateway.says(NORTH, State.DISCONNECTED)
    with pytest.raises(DoneAlready):
        await reconnect(desk, key="update:77")
    assert desk.gateway.calls == [f"restart {NORTH}"]
    assert await desk.journal() == ["reconnect done"]


async def cut_off_reset(desk):
    """A reset of which the process died after its first step."""
    anna = await desk.who(ANNA)
    question = await desk.actions.confirmations.ask_reset(anna, NORTH)
    accepted = await desk.actions.confirmations.accept(anna, question.nonce, GROUP.chat_id)
    steps = desk.actions.repairs.carry_out(anna, accepted, GROUP)
    assert await anext(steps) == Progress(step=ProcedureStep.STOPPING)
    await steps.aclose()


async def test_what_was_cut_off_is_found_and_can_be_gone_on_with(desk):
    desk.directory()
    desk.gateway.says(NORTH, State.STOPPED)
    await cut_off_reset(desk)
    [cut_off] = await desk.actions.repairs.cut_off(lambda _: True)
    assert (cut_off.kind, cut_off.company.id) == ("reset", NORTH)
    assert (cut_off.asked_by, cut_off.address) == (ANNA, GROUP)
    steps = await steps_of(await desk.actions.repairs.resume(cut_off))
    assert steps[-1].outcome is ProcedureOutcome.DONE
    assert await desk.journal() == ["reset None", "resume reset done"]
    assert await desk.actions.repairs.cut_off(lambda _: True) == []


async def test_a_reconnect_that_was_cut_off_is_not_taken_up(desk):
    desk.gateway.says(NORTH, State.DISCONNECTED)
    steps = await reconnect(desk)
    await anext(steps)
    await steps.aclose()
    assert await desk.actions.repairs.cut_off(lambda _: True) == []
    assert (await steps_of(await reconnect(desk)))[-1].outcome is ProcedureOutcome.DONE


async def test_no_alarm_is_raised_between_a_reset_and_its_code(desk):
    desk.directory()
    await desk.settle()
    anna = await desk.who(ANNA)
    question = await desk.actions.confirmations.ask_reset(anna, NORTH)
    accepted = await desk.actions.confirmations.accept(anna, question.nonce, GROUP.chat_id)
    async for step in desk.actions.repairs.carry_out(anna, accepted, GROUP):
        if not isinstance(step, Progress):
            await desk.actions.pairings.begin(anna, accepted.company, GROUP, desk.update())
    card = await desk.actions.status.company(anna, NORTH)
    assert (card.known.state, card.worst) == (State.AWAITING_SCAN, None)


async def show(desk, user_id=ANNA, company_id=NORTH, *, opened=True):
    person, one = await desk.who(user_id), await company(desk, company_id)
    pairing_id, audit_id = await desk.actions.pairings.begin(person, one, GROUP, desk.update())
    return desk.actions.pairings.steps(pairing_id, audit_id, one, opened=opened)


async def test_a_live_code_is_noted_before_and_after(desk):
    desk.gateway.says(NORTH, State.AWAITING_SCAN)
    desk.gateway.codes[NORTH] = Qr(raw="CODE", not_older_than=desk.clock())
    seen = []
    async for step in await show(desk):
        seen.append(type(step))
        if isinstance(step, Show):
            assert await desk.journal() == ["qr None"]
            desk.gateway.says(NORTH, State.CONNECTED)
            desk.clock.push(20)
    assert (seen[:2], seen[-1]) == ([Waiting, Show], Paired)
    assert await desk.journal() == ["qr Paired"]


async def test_a_show_that_is_broken_off_is_noted_as_interrupted(desk):
    desk.gateway.says(NORTH, State.AWAITING_SCAN)
    steps = await show(desk)
    await anext(steps)
    await steps.aclose()
    assert await desk.journal() == ["qr interrupted"]


async def test_the_company_is_looked_at_when_the_show_is_over(desk):
    desk.gateway.says(NORTH, State.CONNECTED)
    [end] = await steps_of(await show(desk, opened=False))
    assert end == Ended(ending=Ending.ALREADY_CONNECTED, state=State.CONNECTED)
    card = await desk.actions.status.company(await desk.who(ANNA), NORTH)
    assert card.known.state is State.CONNECTED


@pytest.mark.parametrize(("user_id", "company_id"), [(BORIS, NORTH), (STRANGER, SOUTH)])
async def test_who_may_not_pair_is_shown_no_code(desk, user_id, company_id):
    with pytest.raises(NotAllowed):
        await show(desk, user_id, company_id)
    assert await desk.journal() == []
    assert await desk.actions.pairings.end_leftovers() == []


async def test_the_same_request_for_a_code_twice_is_obeyed_once(desk):
    anna, one = await desk.who(ANNA), await company(desk)
    await desk.actions.pairings.begin(anna, one, GROUP, "update:9")
    with pytest.raises(DoneAlready):
        await desk.actions.pairings.begin(anna, one, GROUP, "update:9")
