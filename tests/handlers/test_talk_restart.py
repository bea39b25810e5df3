"""The restart of the gateway, as a conversation."""

import contextlib
import sys
from dataclasses import replace

import pytest
from reading import ONE, button, has_button, words
from staging import TEMPO, talking

RESTART = (
    "import pathlib, runpy, sys\n"
    "sys.argv[1] = pathlib.Path(sys.argv[1]).read_text()\n"
    "runpy.run_module('bot.sandbox.gateway.restart', run_name='__main__')"
)


@contextlib.asynccontextmanager
async def restarting(folder, **settings):
    told = folder / "gateway-url"
    command = f'{sys.executable} -c "{RESTART}" {told}'
    async with talking(folder, settings={"GATEWAY_RESTART_COMMAND": command, **settings}) as talk:
        told.write_text(talk.gateway.url)
        yield talk


@pytest.fixture
async def restartable(tmp_path):
    async with restarting(tmp_path) as talk:
        yield talk


async def test_without_a_command_it_says_how_to_set_one(talk):
    answer = await talk.boris().asks("/restart")
    assert answer.text == words("restart.no_command", gateway="ai_admin")


async def test_it_asks_first_and_names_whom_it_cuts_off(restartable):
    async with restartable.nothing_changes():
        question = await restartable.boris().asks("/restart")
        assert "ai_admin" in question.text
        assert "3 компании" in question.text


async def test_the_gateway_is_restarted_and_the_message_tells_the_end(restartable):
    question = await restartable.boris().asks("/restart")
    await restartable.boris().presses(question, words("button.yes_restart"))
    await restartable.becomes(question, lambda one: words("restart.answers") in one.text)
    assert restartable.gateway.phase(ONE) == "stopped"
    assert (1002, "restart", "", "done") in await restartable.audited()


async def test_what_the_command_prints_is_in_the_audit_row_and_not_in_the_chat(restartable):
    question = await restartable.boris().asks("/restart")
    await restartable.boris().presses(question, words("button.yes_restart"))
    await restartable.becomes(question, lambda one: words("restart.answers") in one.text)
    (row,) = [one for one in await restartable.rows("audit") if one["action"] == "restart"]
    assert "restarting the sandbox gateway" in row["details"]["output"]
    assert "sandbox gateway" not in question.text


async def test_no_leaves_it_running(restartable):
    question = await restartable.boris().asks("/restart")
    await restartable.boris().presses(question, words("button.no"))
    await restartable.becomes(
        question, lambda one: one.text == words("restart.declined", gateway="ai_admin")
    )
    assert not has_button(question, "rst:")
    assert restartable.gateway.phase(ONE) == "connected"


async def test_a_viewer_may_not(restartable):
    async with restartable.nothing_changes():
        answer = await restartable.vera().asks("/restart")
        what = words("right.restart", "en")
        assert answer.text == words("error.not_allowed", "en", what=what)


async def test_who_may_mend_one_company_may_not_restart_them_all(restartable):
    await restartable.anna().asks("/revoke 1002")
    await restartable.anna().asks(f"/grant 1002 operator {ONE}")
    async with restartable.nothing_changes():
        answer = await restartable.boris().asks("/restart")
        assert answer.text == words("error.not_allowed", what=words("right.restart"))


async def test_the_yes_of_somebody_else_counts_for_nothing(restartable):
    group = restartable.group_id
    question = await restartable.boris(group).asks("/restart")
    async with restartable.nothing_changes():
        told = await restartable.anna(group).is_told(question, words("button.yes_restart"))
        assert told == words("error.not_yours")


async def test_a_yes_after_its_minute_counts_for_nothing(restartable):
    question = await restartable.boris().asks("/restart")
    restartable.clock.push(seconds=61)
    async with restartable.nothing_changes():
        told = await restartable.boris().is_told(question, words("button.yes_restart"))
        assert told == words("error.too_late")


async def test_its_answer_cannot_be_used_for_anything_else(restartable):
    question = await restartable.boris().asks("/restart")
    nonce = button(question, "rst:").rsplit(":", 1)[1]
    async with restartable.nothing_changes():
        told = await restartable.boris().forges(question, f"ans:1:{nonce}")
        assert told == words("error.too_late")


async def test_an_alarm_meanwhile_says_that_it_was_asked_for(restartable):
    question = await restartable.boris().asks("/restart")
    await restartable.gateway.act(None, "gateway_down")
    (restartable.folder / "gateway-url").write_text("http://127.0.0.1:1")
    await restartable.boris().presses(question, words("button.yes_restart"))
    alarm = words("incident.what.restarting")
    card = await restartable.sees(restartable.group_id, lambda one: alarm in one.text)
    restartable.clock.push(seconds=120)
    await restartable.becomes(card, lambda one: words("incident.what.unreachable") in one.text)


async def test_sessions_that_do_not_start_by_themselves_are_brought_back_at_once(tmp_path):
    async with restarting(tmp_path, AUTO_RECOVERY="reconnect") as talk:
        question = await talk.boris().asks("/restart")
        await talk.boris().presses(question, words("button.yes_restart"))
        await talk.phase(ONE, "stopped")
        for company in talk.gateway.companies:
            await talk.phase(company, "connected")
        assert not talk.set_aside(ONE)


async def test_a_company_stands_for_its_gateway_whose_restart_is_asked_about(restartable):
    question = await restartable.boris().asks(f"/restart {ONE}")
    assert words("restart.question", gateway="ai_admin") in question.text
    async with restartable.nothing_changes():
        unknown = await restartable.boris().asks("/restart 111")
    assert unknown.text == words("error.unknown_company", company="111")


async def stuck(talk):
    """The alert about a session that goes on connecting."""
    talk.gateway.whatsapp.in_reach.clear()
    await talk.gateway.act(ONE, "drop")
    return await talk.sees(talk.group_id, lambda one: words("incident.what.stuck") in one.text)


STUCK = {"kind": "evolution", "timing": replace(TEMPO, stuck_after_s=1.0)}


@pytest.mark.parametrize("language", ["ru", "en"])
async def test_the_alert_of_a_stuck_session_offers_it_where_the_command_is_set(tmp_path, language):
    command = {"GATEWAY_RESTART_COMMAND": "true"}
    async with talking(tmp_path, settings=command | {"LANGUAGE": language}, **STUCK) as talk:
        talk.gateway.whatsapp.in_reach.clear()
        await talk.gateway.act(ONE, "drop")
        card = await talk.sees(
            talk.group_id, lambda one: words("incident.what.stuck", language) in one.text
        )
        assert words("incident.todo_restart.stuck", language) in card.text
        question = await talk.boris(talk.group_id).gets(card, button(card, "do:restart"))
        assert words("button.yes_restart", language) in str(question.buttons)


async def test_without_a_command_a_stuck_session_offers_no_restart(tmp_path):
    async with talking(tmp_path, **STUCK) as talk:
        card = await stuck(talk)
        assert has_button(card, f"do:reconnect:{ONE}")
        assert not has_button(card, "do:restart")
