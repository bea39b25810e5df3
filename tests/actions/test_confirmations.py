"""Questions before anything is destroyed: whose yes counts, when, and how often."""

from datetime import timedelta

import pytest
from desk import ANNA, BORIS, GROUP, NORTH, OWNER, SOUTH, STRANGER, steps_of

from bot.actions.errors import AnsweredAlready, NotYours, TooLate, UnknownCompany
from bot.actions.results import NothingKept
from bot.domain.access import NotAllowed, Role
from bot.domain.company import BadCompanyId, CompanyId
from bot.domain.procedure import ProcedureOutcome, ProcedureStep, Progress
from bot.domain.session import State


@pytest.fixture
async def asked(desk):
    """Anna was asked whether to reset the north."""
    desk.directory(NORTH)
    await desk.settle()
    desk.question = await desk.actions.confirmations.ask_reset(await desk.who(ANNA), NORTH)
    return desk


async def answer(desk, user_id, nonce=None):
    person = await desk.who(user_id)
    nonce = desk.question.nonce if nonce is None else nonce
    return await desk.actions.confirmations.accept(person, nonce, GROUP.chat_id)


def untouched(desk):
    """Nothing was done to the gateway or its files."""
    return desk.gateway.calls == [] and len(list(desk.template.path_of(NORTH).iterdir())) == 31


async def test_the_question_says_what_is_at_stake(asked):
    question = asked.question
    assert (question.company.id, question.action, question.asked) == (NORTH, "reset", ANNA)
    assert (question.connected, question.can_be_undone, question.files) == (True, True, 31)
    assert question.expires_in == timedelta(seconds=60)


async def test_asking_changes_nothing(asked):
    assert untouched(asked)
    assert await asked.journal() == []


async def test_the_yes_of_the_one_who_was_asked_is_carried_out(asked):
    accepted = await answer(asked, ANNA)
    anna = await asked.who(ANNA)
    steps = await steps_of(asked.actions.repairs.carry_out(anna, accepted, GROUP))
    assert steps[-1].outcome is ProcedureOutcome.DONE
    assert asked.gateway.calls == [f"stop {NORTH}", f"start {NORTH}"]
    assert await asked.journal() == ["reset done"]


async def test_a_yes_alone_is_noted_before_anything_is_done(asked):
    await answer(asked, ANNA)
    assert await asked.journal() == ["reset None"]
    row = await asked.last_entry()
    assert (row.user_id, row.chat_id, row.company_id) == (ANNA, GROUP.chat_id, NORTH)
    assert untouched(asked)


@pytest.mark.parametrize("presser", [OWNER, BORIS, STRANGER])
async def test_another_persons_yes_counts_for_nothing(asked, presser):
    with pytest.raises(NotYours) as refusal:
        await answer(asked, presser)
    assert refusal.value.asked == ANNA
    assert untouched(asked)
    assert len(await asked.open_questions()) == 1


async def test_after_another_persons_press_the_asked_one_may_still_answer(asked):
    with pytest.raises(NotYours):
        await answer(asked, OWNER)
    assert (await answer(asked, ANNA)).company.id == NORTH


async def test_a_second_yes_counts_for_nothing(asked):
    await answer(asked, ANNA)
    with pytest.raises(AnsweredAlready):
        await answer(asked, ANNA)
    assert await asked.journal() == ["reset None"]


async def test_a_yes_after_a_no_counts_for_nothing(asked):
    company = await asked.actions.confirmations.decline(await asked.who(ANNA), asked.question.nonce)
    assert company.id == NORTH
    with pytest.raises(AnsweredAlready):
        await answer(asked, ANNA)
    assert await asked.journal() == []


async def test_another_persons_no_counts_for_nothing(asked):
    with pytest.raises(NotYours):
        await asked.actions.confirmations.decline(await asked.who(OWNER), asked.question.nonce)
    assert (await answer(asked, ANNA)).company.id == NORTH


@pytest.mark.parametrize("after_s", [60.001, 3600, 864_000])
async def test_a_yes_after_60_seconds_counts_for_nothing(asked, after_s):
    asked.clock.push(after_s)
    with pytest.raises(TooLate):
        await answer(asked, ANNA)
    assert untouched(asked)
    assert await asked.journal() == []


async def test_a_yes_at_the_last_moment_counts(asked):
    asked.clock.push(60)
    assert (await answer(asked, ANNA)).action == "reset"


async def test_a_yes_after_the_right_was_revoked_counts_for_nothing(asked):
    owner = await asked.who(OWNER)
    await asked.actions.people.revoke(owner, ANNA, GROUP.chat_id, asked.update())
    with pytest.raises(TooLate):
        await answer(asked, ANNA)
    assert untouched(asked)
    assert await asked.journal() == ["revoke done", "end_access done"]


async def test_a_yes_after_the_right_became_a_smaller_one_counts_for_nothing(asked):
    await asked.grant(await asked.who(OWNER), ANNA, Role.VIEWER)
    with pytest.raises(TooLate):
        await answer(asked, ANNA)
    assert untouched(asked)


@pytest.mark.parametrize("nonce", ["", "forged", "x" * 5000, "' OR 1=1 --"])
async def test_a_forged_yes_counts_for_nothing(asked, nonce):
    with pytest.raises(TooLate):
        await answer(asked, ANNA, nonce)
    assert untouched(asked)


async def test_two_questions_are_answered_apart(asked):
    other = await asked.actions.confirmations.ask_reset(await asked.who(ANNA), SOUTH)
    assert other.nonce != asked.question.nonce
    assert (await answer(asked, ANNA, other.nonce)).company.id == SOUTH
    assert (await answer(asked, ANNA)).company.id == NORTH


async def test_questions_nobody_can_answer_any_more_are_swept_out(asked):
    asked.clock.push(61)
    latest = await asked.actions.confirmations.ask_reset(await asked.who(ANNA), NORTH)
    assert [row.nonce for row in await asked.open_questions()] == [latest.nonce]


@pytest.mark.parametrize("user_id", [BORIS, STRANGER])
@pytest.mark.parametrize("ask", ["ask_reset", "ask_restore"])
async def test_who_may_not_is_not_even_asked(desk, user_id, ask):
    with pytest.raises(NotAllowed):
        await getattr(desk.actions.confirmations, ask)(await desk.who(user_id), NORTH)
    assert await desk.open_questions() == []


async def test_an_operator_of_one_company_is_not_asked_about_another(desk):
    await desk.grant(await desk.who(OWNER), BORIS, Role.OPERATOR, NORTH)
    boris = await desk.who(BORIS)
    assert (await desk.actions.confirmations.ask_reset(boris, NORTH)).company.id == NORTH
    with pytest.raises(NotAllowed):
        await desk.actions.confirmations.ask_reset(boris, SOUTH)


async def test_nobody_is_asked_about_a_company_that_does_not_exist(desk):
    with pytest.raises(UnknownCompany):
        await desk.actions.confirmations.ask_reset(await desk.who(ANNA), CompanyId("999"))


@pytest.mark.parametrize("text", ["../../etc", "962302; rm", "", "-rf"])
async def test_what_is_no_company_id_is_refused(desk, text):
    with pytest.raises(BadCompanyId):
        await desk.actions.status.find(await desk.who(ANNA), text)


async def test_without_a_directory_the_question_says_that_nothing_can_be_undone(far_desk):
    question = await far_desk.actions.confirmations.ask_reset(await far_desk.who(ANNA), NORTH)
    assert (question.can_be_undone, question.files, question.connected) == (False, None, False)


async def test_with_nothing_kept_there_is_no_question(desk):
    nothing = await desk.actions.confirmations.ask_restore(await desk.who(ANNA), NORTH)
    assert nothing == NothingKept(company=nothing.company, configured=True)


async def test_without_a_directory_nothing_can_ever_be_kept(far_desk):
    nothing = await far_desk.actions.confirmations.ask_restore(await far_desk.who(ANNA), NORTH)
    assert nothing == NothingKept(company=nothing.company, configured=False)


async def test_a_reset_can_be_restored_and_both_are_asked_for(asked):
    anna, repairing = await asked.who(ANNA), asked.actions.repairs
    await steps_of(repairing.carry_out(anna, await answer(asked, ANNA), GROUP))
    question = await asked.actions.confirmations.ask_restore(anna, NORTH)
    assert (question.action, question.files) == ("restore", 31)
    accepted = await answer(asked, ANNA, question.nonce)
    async for step in repairing.carry_out(anna, accepted, GROUP):
        if step == Progress(step=ProcedureStep.WATCHING):
            asked.gateway.says(NORTH, State.CONNECTED)
    assert len(list(asked.template.path_of(NORTH).iterdir())) == 31
    assert await asked.journal() == ["reset done", "restore done"]
