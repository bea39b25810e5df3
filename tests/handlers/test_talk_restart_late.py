"""A yes to a restart that is needed no more, or would cut off what goes well, is asked anew."""

import pytest
from reading import ONE, TWO, button, words
from test_talk_restart import restarting

from bot.cli.demo import COMPANIES
from bot.sandbox.telegram import GROUP_ID

YES = words("button.yes_restart")
ANYWAY = "Всё равно перезапустить"


@pytest.fixture
async def talk(tmp_path):
    async with restarting(tmp_path) as talk:
        yield talk


async def asked_anew(talk, question):
    """The question after a yes that was not taken; nothing was restarted."""
    await talk.boris().presses(question, YES)
    anew = await talk.becomes(question, lambda one: ANYWAY in one.text and YES in one.labels)
    assert [row for row in await talk.rows("restarts") if row["asked_by"] == 1002] == []
    assert (1002, "restart", "", "overtaken") in await talk.audited()
    return anew


async def lost(talk, *companies):
    for company in companies:
        await talk.gateway.act(company, "drop_for_good")
        await talk.anna().asks(f"/check {company}")


async def silent(talk):
    """The gateway does not answer, and the bot has seen it."""
    await talk.gateway.act(None, "gateway_down")
    await talk.sees(GROUP_ID, lambda one: words("incident.what.unreachable") in one.text)


async def test_sessions_that_have_come_back_are_named(talk):
    await lost(talk, ONE, TWO)
    question = await talk.boris().asks("/restart")
    for company in (ONE, TWO):
        told = await talk.anna().asks(f"/reconnect {company}")
        await talk.becomes(told, lambda one: words("reconnect.done") in one.text)
    anew = await asked_anew(talk, question)
    assert "вернулись 2 сессии" in anew.text


async def test_a_gateway_that_answers_again_is_not_restarted(talk):
    await silent(talk)
    question = await talk.boris().asks("/restart")
    assert "неизвестно" in question.text
    await talk.gateway.act(None, "gateway_up")
    anew = await asked_anew(talk, question)
    assert words("restart.calmer.answers") in anew.text


async def test_a_gateway_that_was_restarted_by_somebody_else_is_not_restarted_again(talk):
    question = await talk.boris().asks("/restart")
    first = await talk.anna().asks("/restart")
    await talk.anna().presses(first, YES)
    await talk.becomes(first, lambda one: words("restart.answers") in one.text)
    anew = await asked_anew(talk, question)
    assert "Анна: шлюз перезапущен" in anew.text


async def test_whom_it_would_cut_off_in_the_middle_of_a_pairing_is_named(talk):
    question = await talk.boris().asks("/restart")
    reset = await talk.anna().asks(f"/reset {ONE}")
    await talk.anna().presses(reset, words("button.yes_reset"))
    await talk.code(talk.anna().chat_id)
    anew = await asked_anew(talk, question)
    assert words("restart.calmer.in_hand", who=ONE) in anew.text


async def test_what_is_in_hand_is_said_in_the_first_question_too(talk):
    reset = await talk.anna().asks(f"/reset {ONE}")
    await talk.anna().presses(reset, words("button.yes_reset"))
    await talk.code(talk.anna().chat_id)
    question = await talk.boris().asks("/restart")
    assert words("restart.calmer.in_hand", who=ONE) in question.text
    assert ANYWAY not in question.text


async def test_the_new_question_is_taken_at_its_word(talk):
    await lost(talk, ONE)
    question = await talk.boris().asks("/restart")
    old = button(question, "rst:1")
    told = await talk.anna().asks(f"/reconnect {ONE}")
    await talk.becomes(told, lambda one: words("reconnect.done") in one.text)
    anew = await asked_anew(talk, question)
    assert button(anew, "rst:1") != old
    await talk.boris().presses(anew, YES)
    await talk.becomes(anew, lambda one: words("restart.answers") in one.text)


async def test_a_gateway_that_has_gone_silent_since_is_restarted(talk):
    """Unknown is no better: that is what a restart is for."""
    question = await talk.boris().asks("/restart")
    await silent(talk)
    await talk.boris().presses(question, YES)
    await talk.becomes(question, lambda one: words("restart.head", gateway="ai_admin") in one.text)
    assert [row["asked_by"] for row in await talk.rows("restarts")] == [1002]


async def test_one_that_is_lost_besides_is_no_reason_to_ask_anew(talk):
    question = await talk.boris().asks("/restart")
    await lost(talk, *list(COMPANIES)[:1])
    await talk.boris().presses(question, YES)
    await talk.becomes(question, lambda one: words("restart.answers") in one.text)
