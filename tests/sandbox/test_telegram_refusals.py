"""What Telegram will not do, in its own words; and that nothing has happened then."""

import pytest
from aiohttp import ClientSession

from bot.sandbox.telegram import ANNA, GLEB, GROUP_ID

COMMAND = {"command": "qr", "description": "QR"}
GO = {"text": "Go", "callback_data": "go"}


def buttons(*rows):
    return {"inline_keyboard": list(rows)}


def send(**more):
    return {"chat_id": GROUP_ID, "text": "x", **more}


@pytest.mark.parametrize(
    ("method", "values", "reason"),
    [
        # Buttons.
        ("sendMessage", send(reply_markup=buttons(GO)), "expected an Array of Array"),
        ("sendMessage", send(reply_markup={"inline_keyboard": "x"}), "expected an Array of Array"),
        ("sendMessage", send(reply_markup=buttons(*[[GO] * 8] * 13)), "REPLY_MARKUP_TOO_LONG"),
        ("sendMessage", send(reply_markup=buttons(["Go"])), 'Can\'t find field "text"'),
        (
            "sendMessage",
            send(reply_markup=buttons([{"callback_data": "go"}])),
            'Can\'t find field "text"',
        ),
        (
            "sendMessage",
            send(reply_markup=buttons([{**GO, "url": "https://example.com"}])),
            "BUTTON_TYPE_INVALID",
        ),
        ("sendMessage", send(reply_markup=buttons([{**GO, "style": "pink"}])), "BUTTON_TYPE"),
        (
            "sendMessage",
            send(reply_markup=buttons([{"text": "x", "copy_text": {"text": "я" * 257}}])),
            "BUTTON_COPY_TEXT_INVALID",
        ),
        (
            "sendMessage",
            send(reply_markup=buttons([{"text": "x", "copy_text": "x"}])),
            "BUTTON_COPY_TEXT_INVALID",
        ),
        # Parameters.
        ("sendMessage", {"text": "x"}, "chat_id is empty"),
        ("sendMessage", {"chat_id": "@nobody", "text": "x"}, "chat not found"),
        ("sendMessage", send(reply_markup=[]), "can't parse reply_markup: expected an Object"),
        ("sendMessage", send(reply_markup="{"), "can't parse reply_markup JSON object"),
        ("sendMessage", send(entities={}), "can't parse entities: expected an Array"),
        ("sendMessage", send(message_thread_id="x"), "'message_thread_id' must be a number"),
        ("getChatMember", {"chat_id": GROUP_ID}, "parameter 'user_id' is required"),
        ("getUpdates", {"allowed_updates": "message"}, "can't parse allowed_updates"),
        ("deleteMessages", {"chat_id": GROUP_ID, "message_ids": ["x"]}, "must be a number"),
        ("sendMessage", send(entities=[{"type": "bold", "offset": "x"}]), "must be a number"),
        ("sendMessage", send(reply_parameters={"message_id": "x"}), "must be a number"),
        (
            "setMyCommands",
            {"commands": [COMMAND], "scope": {"type": "chat", "chat_id": "x"}},
            "must be a number",
        ),
        # Files.
        ("getFile", {"file_id": "photo-000099"}, "invalid file_id"),
        ("sendPhoto", {"chat_id": GROUP_ID}, "there is no photo in the request"),
        ("sendPhoto", {"chat_id": GROUP_ID, "photo": "x"}, "wrong file identifier"),
        ("sendDocument", {"chat_id": GROUP_ID}, "there is no document in the request"),
        ("sendDocument", {"chat_id": GROUP_ID, "document": "x"}, "wrong file identifier"),
        ("sendDocument", {"chat_id": GROUP_ID, "document": "attach://x"}, "wrong file identifier"),
        # Commands.
        ("setMyCommands", {}, "parameter 'commands' is required"),
        ("setMyCommands", {"commands": [COMMAND] * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ("setMyCommands", {"commands": ["qr"]}, "can't parse BotCommand"),
        ("setMyCommands", {"commands": [{"command": "qr"}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        (
            "setMyCommands",
            {"commands": [{**COMMAND, "description": "x" * 257}]},
            "BOT_COMMAND_DESCRIPTION_INVALID",
        ),
        (
            "setMyCommands",
            {"commands": [COMMAND], "scope": {"type": "everywhere"}},
            "can't parse BotCommandScope",
        ),
        (
            "setMyCommands",
            {"commands": [COMMAND], "scope": {"type": "chat", "chat_id": -100}},
            "chat not found",
        ),
        # Chats.
        ("getChatMember", {"chat_id": GROUP_ID, "user_id": 77}, "PARTICIPANT_ID_INVALID"),
        ("getChatAdministrators", {"chat_id": ANNA.id}, "no administrators in the private chat"),
        ("leaveChat", {"chat_id": ANNA.id}, "can't be changed in private chats"),
        ("sendChatAction", {"chat_id": ANNA.id, "action": "sleeping"}, "wrong parameter action"),
        ("sendChatAction", {"chat_id": ANNA.id}, "wrong parameter action"),
        ("unpinChatMessage", {"chat_id": ANNA.id}, "message to unpin not found"),
        ("pinChatMessage", {"chat_id": ANNA.id, "message_id": 9}, "message to pin not found"),
        # Messages.
        ("deleteMessages", {"chat_id": GROUP_ID, "message_ids": []}, "are not specified"),
        ("deleteMessages", {"chat_id": GROUP_ID}, "message identifiers are not specified"),
        (
            "deleteMessages",
            {"chat_id": GROUP_ID, "message_ids": list(range(1, 102))},
            "too many messages",
        ),
        ("editMessageText", {"inline_message_id": "x", "text": "x"}, "MESSAGE_ID_INVALID"),
        ("forwardMessages", {"chat_id": GROUP_ID}, "Not Found: the sandbox has no such method"),
    ],
)
async def test_telegram_refuses_this_call(ask, telegram, method, values, reason):
    seen = []
    telegram.world.listeners.append(seen.append)
    refusal = await ask(method, **values)
    assert isinstance(refusal, str), "it was not refused"
    assert reason in refusal
    assert telegram.calls[-1].outcome == refusal
    assert seen == []


async def test_an_answer_to_a_press_is_short(bot, telegram, ask):
    sent = await ask("sendMessage", chat_id=GROUP_ID, text="x", reply_markup=buttons([GO]))
    query = telegram.press(ANNA.id, GROUP_ID, sent["message_id"], "Go")
    answer = {"callback_query_id": query.id, "show_alert": True}
    assert "MESSAGE_TOO_LONG" in await ask("answerCallbackQuery", **answer, text="🙂" * 101)
    assert query.answer is None
    assert await ask("answerCallbackQuery", **answer, text="🙂" * 100) is True
    assert query.answer == {"text": "🙂" * 100, "show_alert": True}


async def test_a_hundred_buttons_are_enough(ask):
    sent = await ask(
        "sendMessage", chat_id=GROUP_ID, text="x", reply_markup=buttons(*[[GO] * 8] * 12, [GO] * 4)
    )
    assert sum(map(len, sent["reply_markup"]["inline_keyboard"])) == 100


async def test_empty_rows_and_empty_markup_are_no_keyboard(ask):
    for markup in ("", None, {}, buttons([], [])):
        sent = await ask("sendMessage", chat_id=GROUP_ID, text="x", reply_markup=markup)
        assert "reply_markup" not in sent


async def test_an_empty_list_of_commands_takes_the_menu_away(ask, telegram):
    group = telegram.world.chat(GROUP_ID)
    await ask("setMyCommands", commands=[COMMAND])
    assert telegram.world.menus.seen_by(ANNA, group) == [COMMAND]
    await ask("setMyCommands", commands=[])
    assert telegram.world.menus.seen_by(ANNA, group) == []
    assert await ask("getMyCommands") == []


async def test_a_private_chat_is_asked_for_as_a_group_is(ask):
    told = await ask("getChat", chat_id=ANNA.id)
    assert (told["type"], told["username"], "title" in told) == ("private", "anna", False)
    assert await ask("getChatMemberCount", chat_id=ANNA.id) == 2
    assert (await ask("getChatMember", chat_id=ANNA.id, user_id=ANNA.id))["status"] == "member"
    # Of a stranger a bot may know the chat, and yet not write there.
    assert (await ask("getChat", chat_id=GLEB.id))["first_name"] == "Глеб"
    assert "chat not found" in await ask("sendMessage", chat_id=GLEB.id, text="x")


async def test_what_the_bot_does_is_shown_while_it_does_it(ask, telegram):
    seen = []
    telegram.world.listeners.append(seen.append)
    assert await ask("sendChatAction", chat_id=ANNA.id, action="upload_photo") is True
    [event] = seen
    assert (event.kind, event.chat.id, event.details) == (
        "typing",
        ANNA.id,
        {"action": "upload_photo"},
    )


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"1"])
async def test_a_body_that_is_no_object_is_refused(telegram, body):
    url = f"{telegram.url}/bot{telegram.token}/getMe"
    headers = {"Content-Type": "application/json"}
    async with (
        ClientSession() as http,
        http.post(url, data=body, headers=headers) as answer,
    ):
        told = await answer.json()
    assert told == {
        "ok": False,
        "error_code": 400,
        "description": "Bad Request: can't parse JSON object",
    }


async def test_a_text_that_only_looks_like_json_is_recorded_as_it_is(ask, telegram):
    await ask("sendMessage", chat_id=GROUP_ID, text="{not json")
    await ask("sendMessage", chat_id=GROUP_ID, text="[1, 2]")
    assert [call.params["text"] for call in telegram.calls] == ["{not json", [1, 2]]
    assert [m.text for m in telegram.world.messages(GROUP_ID)] == ["{not json", "[1, 2]"]


async def test_the_record_of_calls_forgets_the_oldest_when_it_is_full(ask, telegram):
    await ask("getMe")
    telegram.calls.extend(telegram.calls * 19_999)
    await ask("getChat", chat_id=GROUP_ID)
    assert (len(telegram.calls), telegram.calls[-1].method) == (10_001, "getChat")
