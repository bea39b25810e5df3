"""The gateways, as a conversation."""

import pytest
from reading import button, has_button, words
from staging import talking
from test_talk_reload import config

from bot.domain.access import Role, UserId
from bot.sandbox.telegram import GLEB


@pytest.fixture
async def filed(tmp_path):
    async with talking(tmp_path, config=config) as talk:
        for _ in range(200):
            if "🟢" in (await talk.vera().asks("/status")).text:
                break
        yield talk


async def test_each_gateway_is_told_with_what_it_has_and_cannot_do(filed):
    answer = await filed.vera().asks("/gateways")
    assert "🟢 north · ai_admin" in answer.text
    assert "Sessions: 2 — connected." in answer.text
    assert "Sessions: 1 — connected." in answer.text
    assert words("gateways.lack.push", "en") in answer.text
    assert words("gateways.lack.pairing_code", "en") not in answer.text


async def test_sessions_there_is_no_room_for_are_told_to_who_sees_all(tmp_path):
    auto = {"COMPANIES": "auto", "MAX_COMPANIES": "1"}
    async with talking(tmp_path, settings=auto) as talk:
        while "more sessions" not in (answer := await talk.vera().asks("/gateways")).text:
            assert "🟢 ai_admin" in answer.text
        assert "🔴 2 more sessions are listed, and nobody watches them" in answer.text
        assert "raise MAX_COMPANIES" in answer.text
        await let_in_for(talk, "481120")
        answer = await talk.gleb().asks("/gateways")
        assert "MAX_COMPANIES" not in answer.text


async def let_in_for(talk, company):
    """Gleb may look at one company."""
    answer = await talk.anna().asks(f"/grant {GLEB.id} viewer {company}")
    assert answer.text


async def test_one_that_is_silent_comes_with_since_when_and_a_restart(talk):
    await talk.gateway.act(None, "gateway_down")
    answer = await talk.boris().asks("/gateways")
    assert "🔴 ai_admin" in answer.text
    assert "Не отвечает" in answer.text
    question = await talk.boris().gets(answer, button(answer, "gwr:"))
    assert question.text == words("restart.no_command", gateway="ai_admin")


async def test_a_viewer_is_offered_no_restart(talk):
    await talk.gateway.act(None, "gateway_down")
    answer = await talk.vera().asks("/gateways")
    assert not has_button(answer, "gwr:")


async def test_asking_again_replaces_the_answer(talk):
    answer = await talk.vera().asks("/gateways")
    await talk.vera().presses(answer, words("button.again", "en"))
    assert await talk.becomes(answer, lambda one: "🟢 ai_admin" in one.text)


async def test_who_sees_one_company_sees_its_gateway_alone(filed):
    anna = await filed.app.actions.people.who(UserId(1001), "Anna")
    await filed.app.actions.people.grant(
        anna, UserId(GLEB.id), Role.VIEWER, ["481120"], 1001, "let in Gleb"
    )
    answer = await filed.gleb().asks("/gateways")
    assert "south" in answer.text
    assert "north" not in answer.text
