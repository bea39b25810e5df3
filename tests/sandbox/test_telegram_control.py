import asyncio
import json

import pytest
from aiohttp import ClientSession

from bot.sandbox.telegram import ANNA, BORIS, GLEB, GROUP_ID


@pytest.fixture
async def outside(telegram):
    """Another process, as far as the sandbox knows."""
    async with ClientSession(telegram.url) as session:
        yield session


async def test_the_world_is_told_in_full(outside):
    async with outside.get("/sandbox/world") as answer:
        world = await answer.json()
    assert [person["name"] for person in world["people"]] == ["Анна", "Борис", "Vera", "Глеб"]
    group = next(chat for chat in world["chats"] if chat["id"] == GROUP_ID)
    assert {member["id"] for member in group["members"] if member["admin"]} == {ANNA.id, BORIS.id}


async def test_a_chat_can_be_read_and_its_buttons_pressed(outside, bot, telegram):
    markup = {"inline_keyboard": [[{"text": "QR", "callback_data": "qr:1", "style": "primary"}]]}
    await bot.send_message(GROUP_ID, "<b>lost</b>", reply_markup=markup)
    async with outside.get(f"/sandbox/chats/{GROUP_ID}/messages") as answer:
        (message,) = await answer.json()
    assert message["entities"] == [{"type": "bold", "offset": 0, "length": 4}]
    assert message["buttons"] == [[markup["inline_keyboard"][0][0]]]
    press = {"person_id": BORIS.id, "chat_id": GROUP_ID, "message_id": message["key"]}
    async with outside.post("/sandbox/press", json=press | {"button": "QR"}) as answer:
        query_id = (await answer.json())["query_id"]
    (update,) = await bot.get_updates(timeout=0)
    assert (update.callback_query.id, update.callback_query.data) == (query_id, "qr:1")


async def test_what_happens_is_streamed(outside, bot, telegram):
    async with outside.get("/sandbox/events") as stream:
        await asyncio.wait_for(stream.content.readline(), 5)
        sent = await bot.send_message(GROUP_ID, "one")
        await sent.edit_text("two")
        await sent.delete()
        seen = []
        while len(seen) < 3:
            line = await asyncio.wait_for(stream.content.readline(), 5)
            if line.startswith(b"data: "):
                seen.append(json.loads(line.removeprefix(b"data: ")))
    told = [(event["type"], event["message"]["text"], event["message"]["edits"]) for event in seen]
    assert told == [("message", "one", 0), ("edit", "two", 1), ("delete", "two", 1)]


async def test_faults_are_set_and_cleared_from_outside(outside, telegram):
    async with outside.post("/sandbox/fault", json={"kind": "429", "seconds": 30}) as answer:
        assert answer.ok
    async with outside.get("/sandbox/world") as answer:
        assert (await answer.json())["faults"] == ["429"]
    async with outside.post("/sandbox/clear_faults", json={}) as answer:
        assert answer.ok
    assert telegram.faults.at_work == []


@pytest.mark.parametrize(
    ("act", "body", "status"),
    [
        ("say", {"person_id": GLEB.id, "chat_id": GROUP_ID, "text": "hi"}, 409),
        ("say", {"person_id": 77, "chat_id": GROUP_ID, "text": "hi"}, 404),
        ("say", {"person_id": ANNA.id}, 400),
        ("fault", {"kind": "earthquake"}, 400),
        ("stop", {}, 404),
    ],
)
async def test_what_cannot_be_done_is_refused(outside, act, body, status):
    async with outside.post(f"/sandbox/{act}", json=body) as answer:
        assert answer.status == status


async def test_forms_of_foreign_pages_change_nothing(outside, telegram):
    async with outside.post("/sandbox/fault", data={"kind": "outage"}) as answer:
        assert answer.status == 415
    assert telegram.faults.at_work == []


async def test_a_photo_and_the_record_of_calls_can_be_fetched(outside, bot, telegram):
    await bot.get_chat(GROUP_ID)
    async with outside.get("/sandbox/calls", params={"method": "getChat"}) as answer:
        (call,) = await answer.json()
    assert (call["params"], call["outcome"]) == ({"chat_id": str(GROUP_ID)}, "ok")
    async with outside.get("/sandbox/files/photo-000099") as answer:
        assert answer.status == 404
