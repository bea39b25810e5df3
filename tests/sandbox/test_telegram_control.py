import asyncio
import json

import pytest
from aiogram.types import BotCommand, BufferedInputFile
from aiohttp import ClientSession
from test_telegram_sending import png
from yarl import URL

from bot.sandbox.telegram import ANNA, BORIS, GLEB, GROUP_ID, VERA, TelegramSandbox, demo_world
from bot.sandbox.telegram.demo_world import BASIC_GROUP_ID


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
        ("say", {"person_id": ANNA.id, "chat_id": -100, "text": "hi"}, 404),
        ("press", {"person_id": 1, "chat_id": ANNA.id, "message_id": 9, "button": "x"}, 404),
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
    sent = await bot.send_photo(GROUP_ID, BufferedInputFile(png(), "qr.png"))
    async with outside.get(f"/sandbox/files/{sent.photo[-1].file_id}") as answer:
        assert (answer.status, await answer.read()) == (200, png())
    async with outside.get("/sandbox/files/photo-000099") as answer:
        assert answer.status == 404


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html"),
        ("/page/index.html", "text/html"),
        ("/page/nothing.js", None),
        ("/page/..%2Fserver.py", None),
    ],
)
async def test_the_page_is_served_and_nothing_beside_it(outside, path, kind):
    async with outside.get(URL(path, encoded=True)) as answer:
        assert answer.status == (200 if kind else 404)
        assert answer.content_type == (kind or "text/plain")
        assert kind is None or "default-src 'self'" in answer.headers["Content-Security-Policy"]


async def test_the_menu_of_one_person_in_one_chat_is_told(outside, bot):
    await bot.set_my_commands([BotCommand(command="qr", description="QR")], language_code="en")
    for person, names in ((VERA, ["qr"]), (ANNA, [])):
        where = {"person": person.id, "chat": GROUP_ID}
        async with outside.get("/sandbox/menu", params=where) as answer:
            assert [command["command"] for command in await answer.json()] == names


async def test_what_stands_in_a_chat_is_told_with_its_media_and_its_news(outside, bot, telegram):
    photo = await bot.send_photo(GROUP_ID, BufferedInputFile(png(), "qr.png"), caption="scan")
    await photo.reply_document(BufferedInputFile(b"1;2", "may.csv"))
    telegram.join(GLEB.id, GROUP_ID)
    telegram.set_bot_admin(GROUP_ID)
    await bot.pin_chat_message(GROUP_ID, photo.message_id)
    async with outside.get(f"/sandbox/chats/{GROUP_ID}/messages") as answer:
        first, second, came, pinned = await answer.json()
    assert first["photo"]["url"] == f"/sandbox/files/{photo.photo[-1].file_id}"
    assert (first["document"], first["pinned"], first["reply_to"]) == (None, True, None)
    assert (second["document"]["name"], second["document"]["size_bytes"]) == ("may.csv", 3)
    assert second["reply_to"] == {"key": first["key"], "name": "Re:pair", "text": "scan"}
    assert came["service"] == {"kind": "new_chat_members", "name": "Глеб"}
    assert pinned["service"] == {"kind": "pinned_message", "name": "scan"}
    async with outside.get("/sandbox/chats/-100/messages") as answer:
        assert answer.status == 404


async def test_an_act_answers_with_what_it_made(outside, telegram):
    said = {"person_id": ANNA.id, "chat_id": GROUP_ID, "text": "/status"}
    async with outside.post("/sandbox/say", json=said) as answer:
        assert (await answer.json())["message"]["text"] == "/status"
    async with outside.post("/sandbox/kick_bot", json={"chat_id": GROUP_ID}) as answer:
        assert await answer.json() == {"result": None}
    assert telegram.world.chat(GROUP_ID).member(telegram.world.bot).status == "kicked"


async def test_a_group_that_migrates_answers_with_the_new_one():
    token = "123456:TEST-TOKEN"
    telegram = TelegramSandbox(token=token, world=demo_world(token, group="basic"))
    await telegram.start()
    async with ClientSession(telegram.url) as http:
        asked = {"chat_id": BASIC_GROUP_ID}
        async with http.post("/sandbox/migrate_group", json=asked) as answer:
            chat = (await answer.json())["chat"]
        async with http.get("/sandbox/world") as answer:
            known = {chat["id"] for chat in (await answer.json())["chats"]}
    await telegram.stop()
    assert (chat["type"], chat["id"] in known) == ("supergroup", True)
    assert BASIC_GROUP_ID not in known


async def test_a_stream_tells_of_pins_and_menus_and_ends_with_the_server(outside, bot, telegram):
    async with outside.get("/sandbox/events") as stream:
        await asyncio.wait_for(stream.content.readline(), 5)
        await bot.set_my_commands([BotCommand(command="qr", description="QR")])
        telegram.set_bot_admin(GROUP_ID)
        sent = await bot.send_message(GROUP_ID, "board")
        await bot.pin_chat_message(GROUP_ID, sent.message_id)
        await telegram.stop()
        told = await asyncio.wait_for(stream.content.read(), 5)
    events = [
        json.loads(line.removeprefix("data: "))
        for line in told.decode().splitlines()
        if line.startswith("data: ")
    ]
    assert [event["type"] for event in events] == ["menu", "chat", "message", "pin", "message"]
    menu, promoted, _, pin, _ = events
    assert menu == {"type": "menu"}
    assert {"id": bot.id, "status": "administrator", "admin": True} in promoted["chat"]["members"]
    assert pin["chat"]["pinned"] == [pin["message"]["key"]] == [str(sent.message_id)]
