"""A button under a message that Telegram no longer hands out: the answer is a new message."""

import asyncio

import pytest
from reading import ONE, button, words
from structlog.testing import capture_logs
from talking import PATIENCE_S
from test_talk_restart import restarting

from bot.sandbox.telegram.world import Event, Query


async def presses(voice, data):
    """Press a button of long ago; return once the spinner on it has stopped."""
    telegram, person = voice.talk.telegram, voice.person
    world, chat = telegram.world, telegram.world.chat(voice.chat_id)
    shown = world.messages(chat.id)[-1]
    query = Query(
        id=str(world.next_number()), person=person, chat=chat, message=shown, at=world.clock()
    )
    world.queries[query.id] = query
    update = {
        "id": query.id,
        "from": person.to_api(),
        "message": {"chat": chat.to_api(), "message_id": 1, "date": 0},
        "chat_instance": "1",
        "data": data,
    }
    world.updates.push("callback_query", update)
    world.emit(Event(kind="press", chat=chat, message=shown))
    await telegram.wait_answer(query, timeout_s=PATIENCE_S)


def errors(lines):
    return [line["event"] for line in lines if line["log_level"] == "error"]


async def ended(talk, action):
    """How an act ended that the audit knows of."""
    found = None
    async with asyncio.timeout(PATIENCE_S):
        while found is None:
            await talk.passes()
            found = next((end for _, what, _, end in await talk.audited() if what == action), None)
    return found


@pytest.mark.parametrize(
    "data",
    ["aud:0:file", "inc:1:file", f"do:report:{ONE}", f"rep:{ONE}:7:card", f"rep:{ONE}:7:csv"],
)
async def test_what_was_asked_for_is_shown_as_a_new_message(talk, data):
    await talk.gateway.act(ONE, "device_removed")
    await talk.alert()
    await talk.anna().asks("/id")
    before = talk.posted(talk.anna().chat_id)
    with capture_logs() as lines:
        await presses(talk.anna(), data)
        await talk.stop()  # what was begun is finished
    assert len(talk.posted(talk.anna().chat_id)) == len(before) + 1
    assert errors(lines) == []


@pytest.mark.parametrize(
    ("button", "action", "outcome"),
    [
        (f"do:probe:{ONE}", "probe", "sent"),
        (f"do:reconnect:{ONE}", "reconnect", "already_connected"),
    ],
)
async def test_what_was_ordered_is_done_and_told(talk, button, action, outcome):
    await talk.boris().asks(f"/check {ONE}")
    before = talk.posted(talk.boris().chat_id)
    with capture_logs() as lines:
        await presses(talk.boris(), button)
        assert await ended(talk, action) == outcome
        await talk.settle()
    assert len(talk.posted(talk.boris().chat_id)) == len(before) + 1
    assert errors(lines) == []


async def test_a_test_alert_that_came_here_counts(talk):
    await talk.anna().asks("/start")
    await presses(talk.anna(), "tour:test")
    await ended(talk, "test_alert")
    again = await talk.anna().asks("/start")
    assert words("onboarding.tested.never", mark="▫️") not in again.text


async def test_a_restart_goes_on_to_its_end(tmp_path):
    async with restarting(tmp_path) as talk:
        question = await talk.boris().asks("/restart")
        asked = question.text
        await presses(talk.boris(), button(question, "rst:1"))
        assert await ended(talk, "restart") == "done"
        assert talk.gateway.phase(ONE) == "stopped"
        assert question.text == asked
