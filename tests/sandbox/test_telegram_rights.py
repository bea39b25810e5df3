"""What the bot may not do in a chat, and what it is told of it."""

import io

import pytest
from aiohttp import ClientSession

from bot.sandbox.telegram import ANNA, GROUP_ID, TelegramSandbox, demo_world

CHANNEL_ID = -1001000000009
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f"
    b"\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84\x00\x00"
    b"\x00\x00IEND\xaeB`\x82"
)


async def call(telegram, method, **values):
    """What Telegram says to a call: "ok", or why not."""
    upload = {"sendPhoto": "photo", "sendDocument": "document"}.get(method)
    form = {name: str(value) for name, value in values.items()}
    if upload:
        form |= {upload: io.BytesIO(PNG)}
    async with (
        ClientSession() as http,
        http.post(f"{telegram.url}/bot{telegram.token}/{method}", data=form) as answer,
    ):
        body = await answer.json()
    return "ok" if body["ok"] else body["description"]


def send(telegram, chat_id=GROUP_ID, **more):
    return call(telegram, "sendMessage", chat_id=chat_id, text="x", **more)


@pytest.mark.parametrize(
    ("denied", "method", "said"),
    [
        ("can_send_messages", "sendMessage", "not enough rights to send text messages"),
        ("can_send_messages", "sendPhoto", "not enough rights to send photos"),
        ("can_send_photos", "sendPhoto", "not enough rights to send photos"),
        ("can_send_documents", "sendDocument", "not enough rights to send documents"),
    ],
)
@pytest.mark.parametrize("how", ["set_permissions", "restrict_bot"])
async def test_a_right_taken_away_is_a_refusal_until_it_is_given_back(
    telegram, how, denied, method, said
):
    values = {"text": "x"} if method == "sendMessage" else {}
    getattr(telegram, how)(GROUP_ID, [denied])
    assert said in await call(telegram, method, chat_id=GROUP_ID, **values)
    getattr(telegram, how)(GROUP_ID, [])
    assert await call(telegram, method, chat_id=GROUP_ID, **values) == "ok"


async def test_what_is_allowed_goes_on_and_administrators_may_all(telegram):
    telegram.set_permissions(GROUP_ID, ["can_send_photos", "can_send_documents"])
    assert await send(telegram) == "ok"
    telegram.set_bot_admin(GROUP_ID)
    assert await call(telegram, "sendPhoto", chat_id=GROUP_ID) == "ok"


async def test_who_may_not_write_may_not_edit(telegram):
    assert await send(telegram) == "ok"
    message = telegram.world.messages(GROUP_ID)[-1]
    telegram.set_permissions(GROUP_ID, ["can_send_messages"])
    edit = {"chat_id": GROUP_ID, "message_id": message.id, "text": "y"}
    assert "CHAT_WRITE_FORBIDDEN" in await call(telegram, "editMessageText", **edit)


def test_the_bot_hears_of_its_own_restriction_and_not_of_the_groups_permissions(telegram):
    telegram.set_permissions(GROUP_ID, ["can_send_photos"])
    assert telegram.world.updates.peek() == []
    telegram.restrict_bot(GROUP_ID, ["can_send_photos"])
    (update,) = telegram.world.updates.peek()
    member = update["my_chat_member"]["new_chat_member"]
    assert (member["status"], member["can_send_photos"]) == ("restricted", False)
    assert member["can_send_messages"]


async def test_a_channel_takes_posts_by_right_alone(telegram):
    telegram.add_channel(CHANNEL_ID, "News", ANNA.id)
    assert await send(telegram, CHANNEL_ID) == "ok"
    telegram.set_posting(CHANNEL_ID, may=False)
    assert "need administrator rights" in await send(telegram, CHANNEL_ID)


async def test_slow_mode_lets_a_plain_member_write_now_and_then():
    clock = [1000.0]
    telegram = TelegramSandbox(
        token="123456:TEST-TOKEN",
        world=demo_world("123456:TEST-TOKEN", clock=lambda: clock[0]),
        clock=lambda: clock[0],
    )
    await telegram.start()
    telegram.set_slow_mode(GROUP_ID, 30)
    assert await send(telegram) == "ok"
    assert "SLOWMODE_WAIT_30" in await send(telegram)
    clock[0] += 31
    assert await send(telegram) == "ok"
    await telegram.stop()


async def test_a_deleted_account_takes_nothing(telegram):
    telegram.set_deactivated(ANNA.id)
    assert await send(telegram, ANNA.id) == "Forbidden: user is deactivated"


async def test_any_refusal_can_be_put_into_telegrams_mouth(telegram):
    telegram.fault("refused", said="Forbidden: a new reason", methods=["sendMessage"], count=1)
    assert await send(telegram) == "Forbidden: a new reason"
    assert await send(telegram) == "ok"


async def test_an_old_server_shows_to_all_what_was_meant_for_one(telegram):
    telegram.world.knows_ephemeral = False
    assert await send(telegram, receiver_user_id=ANNA.id) == "ok"
    assert telegram.world.messages(GROUP_ID)[-1].receiver is None


async def test_a_press_is_answered_once(telegram):
    assert await send(telegram) == "ok"
    message = telegram.world.messages(GROUP_ID)[-1]
    query = telegram.press_data(ANNA.id, GROUP_ID, message, "go")
    assert await call(telegram, "answerCallbackQuery", callback_query_id=query.id) == "ok"
    again = await call(telegram, "answerCallbackQuery", callback_query_id=query.id, text="more")
    assert "query is too old" in again
    assert query.answer["text"] == ""
