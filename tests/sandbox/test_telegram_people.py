"""What people can and cannot do in their chats, and what the bot is told of it."""

import pytest

from bot.sandbox.telegram import ANNA, BORIS, GLEB, GROUP_ID, VERA, TelegramSandbox, demo_world
from bot.sandbox.telegram.acts import CannotAct
from bot.sandbox.telegram.world import NoSuch

TOKEN = "123456:TEST-TOKEN"
GO = {"text": "Go", "callback_data": "go"}
SITE = {"text": "Site", "url": "https://example.com"}


def world_of(group):
    return TelegramSandbox(token=TOKEN, world=demo_world(TOKEN, group=group))


def told(telegram):
    """The updates that wait for the bot: kind and what it holds."""
    return [
        (kind, body)
        for update in telegram.world.updates.peek()
        for kind, body in update.items()
        if kind != "update_id"
    ]


def kinds(telegram):
    return [kind for kind, _ in told(telegram)]


def test_people_rewrite_only_what_they_wrote_themselves(telegram):
    said = telegram.say(ANNA.id, GROUP_ID, "/status")
    with pytest.raises(CannotAct, match="their own texts only"):
        telegram.edit(BORIS.id, GROUP_ID, said, "/reset")
    assert (said.text, kinds(telegram)) == ("/status", ["message"])


def test_a_rewritten_message_the_bot_never_heard_stays_unheard(telegram):
    said = telegram.say(VERA.id, GROUP_ID, "just talking")
    telegram.edit(VERA.id, GROUP_ID, said, "still talking")
    assert (said.text, kinds(telegram)) == ("still talking", [])
    telegram.edit(VERA.id, GROUP_ID, said, "/status")
    assert kinds(telegram) == ["edited_message"]


def test_administrators_delete_what_others_wrote_and_nobody_else_does(telegram):
    first = telegram.say(ANNA.id, GROUP_ID, "one")
    second = telegram.say(VERA.id, GROUP_ID, "two")
    with pytest.raises(CannotAct, match="only administrators delete"):
        telegram.delete(VERA.id, GROUP_ID, first)
    telegram.delete(VERA.id, GROUP_ID, second)
    telegram.delete(BORIS.id, GROUP_ID, first)
    assert telegram.world.messages(GROUP_ID) == []
    assert kinds(telegram) == []


async def test_what_is_pinned_and_deleted_is_pinned_no_more(telegram, ask):
    sent = await ask("sendMessage", chat_id=ANNA.id, text="board")
    which = {"chat_id": ANNA.id, "message_id": sent["message_id"]}
    assert [await ask("pinChatMessage", **which) for _ in range(2)] == [True, True]
    notes = [m for m in telegram.world.messages(ANNA.id) if "pinned_message" in m.service]
    assert len(notes) == 1  # that it is pinned twice is no news
    telegram.delete(ANNA.id, ANNA.id, sent["message_id"])
    assert telegram.world.chat(ANNA.id).pinned == []
    assert "pinned_message" not in await ask("getChat", chat_id=ANNA.id)


async def test_a_button_that_is_not_there_cannot_be_pressed(telegram, ask):
    sent = await ask(
        "sendMessage",
        chat_id=GROUP_ID,
        text="x",
        reply_markup={"inline_keyboard": [[GO], [SITE]]},
    )
    with pytest.raises(NoSuch, match=r"no button 'Stop' .* there are \['Go', 'Site'\]"):
        telegram.press(VERA.id, GROUP_ID, sent["message_id"], "Stop")
    with pytest.raises(CannotAct, match="'Site' sends nothing to the bot"):
        telegram.press(VERA.id, GROUP_ID, sent["message_id"], "Site")
    assert kinds(telegram) == []


async def test_a_button_under_an_ephemeral_message_is_its_receivers_alone(telegram, ask):
    telegram.set_bot_admin(GROUP_ID)
    await ask(
        "sendMessage",
        chat_id=GROUP_ID,
        text="x",
        receiver_user_id=VERA.id,
        reply_markup={"inline_keyboard": [[GO]]},
    )
    [message] = telegram.world.messages(GROUP_ID)
    with pytest.raises(CannotAct, match="somebody else's ephemeral message"):
        telegram.press(BORIS.id, GROUP_ID, message.key, "Go")
    telegram.press(VERA.id, GROUP_ID, message.key, "Go")
    assert told(telegram)[-1][1]["from"]["id"] == VERA.id


def test_nobody_writes_in_somebody_elses_private_chat(telegram):
    with pytest.raises(CannotAct, match="somebody else's private chat"):
        telegram.say(BORIS.id, ANNA.id, "hello")
    assert telegram.world.messages(ANNA.id) == []


@pytest.mark.parametrize(
    ("text", "alone"),
    [("/qr 962302", True), ("@repair_bot /qr", False), ("/status", False), ("see /qr", False)],
)
async def test_only_a_command_published_as_ephemeral_is_seen_by_one(telegram, ask, text, alone):
    commands = [
        {"command": "qr", "description": "QR", "is_ephemeral": True},
        {"command": "status", "description": "Status"},
    ]
    await ask("setMyCommands", commands=commands)
    said = telegram.say(VERA.id, GROUP_ID, text)
    assert (said.receiver == VERA, said.id == 0) == (alone, alone)


def test_a_bot_that_is_not_in_the_group_hears_nothing(telegram):
    telegram.kick_bot(GROUP_ID)
    before = kinds(telegram)
    telegram.say(VERA.id, GROUP_ID, "/status")
    telegram.join(GLEB.id, GROUP_ID)
    assert (before, kinds(telegram)) == (["message", "my_chat_member"], before)


def test_a_closed_topic_is_for_administrators():
    forum = world_of("forum")
    thread_id = forum.open_topic(GROUP_ID, "Север")
    forum.close_topic(GROUP_ID, thread_id)
    with pytest.raises(CannotAct, match="no such open topic"):
        forum.say(VERA.id, GROUP_ID, "hello", thread_id=thread_id)
    assert forum.say(ANNA.id, GROUP_ID, "hello", thread_id=thread_id).thread_id == thread_id
    forum.close_topic(GROUP_ID, thread_id, closed=False)
    assert forum.say(VERA.id, GROUP_ID, "hello", thread_id=thread_id).thread_id == thread_id
    with pytest.raises(CannotAct, match="no such open topic"):
        forum.say(ANNA.id, GROUP_ID, "hello", thread_id=999)


def test_a_topic_goes_alone():
    forum = world_of("forum")
    north, south = (forum.open_topic(GROUP_ID, name) for name in ("Север", "Юг"))
    forum.say(VERA.id, GROUP_ID, "in the north", thread_id=north)
    kept = forum.say(VERA.id, GROUP_ID, "in the south", thread_id=south)
    general = forum.say(VERA.id, GROUP_ID, "in general")
    forum.delete_topic(GROUP_ID, north)
    left = [m for m in forum.world.messages(GROUP_ID) if not m.service]
    assert left == [kept, general]
    assert list(forum.world.chat(GROUP_ID).topics) == [south]


def test_only_a_forum_has_topics_and_only_a_basic_group_migrates(telegram):
    with pytest.raises(CannotAct, match="not a forum"):
        telegram.open_topic(GROUP_ID, "Север")
    with pytest.raises(CannotAct, match="only a basic group"):
        telegram.migrate_group(GROUP_ID)
    assert telegram.world.messages(GROUP_ID) == []


def test_a_group_migrates_once():
    basic = world_of("basic")
    [group] = [chat for chat in basic.world.chats.values() if chat.type == "group"]
    new = basic.migrate_group(group.id)
    with pytest.raises(CannotAct, match="only a basic group"):
        basic.migrate_group(group.id)
    with pytest.raises(CannotAct, match="is not in this chat"):
        basic.say(VERA.id, group.id, "hello")
    assert basic.say(VERA.id, new.id, "hello").chat is new


def test_what_is_so_already_is_no_news(telegram):
    telegram.join(VERA.id, GROUP_ID)
    telegram.leave(GLEB.id, GROUP_ID)
    telegram.block_bot(ANNA.id, blocked=False)
    assert (kinds(telegram), telegram.world.messages(GROUP_ID)) == ([], [])
    telegram.block_bot(ANNA.id)
    telegram.block_bot(ANNA.id)
    assert kinds(telegram) == ["my_chat_member"]


async def test_who_becomes_an_administrator_is_told_to_an_administrator_who_asked(telegram, ask):
    await ask("getUpdates", allowed_updates=["my_chat_member", "chat_member"])
    telegram.set_admin(VERA.id, GROUP_ID, admin=True)
    telegram.set_bot_admin(GROUP_ID, by=BORIS.id)
    telegram.set_admin(VERA.id, GROUP_ID, admin=False)
    telegram.set_bot_admin(GROUP_ID, by=BORIS.id, admin=False)
    telegram.set_admin(VERA.id, GROUP_ID, admin=True)
    changes = [
        (kind, body["old_chat_member"]["status"], body["new_chat_member"]["status"])
        for kind, body in told(telegram)
    ]
    assert changes == [
        ("my_chat_member", "member", "administrator"),
        ("chat_member", "administrator", "member"),
        ("my_chat_member", "administrator", "member"),
    ]
    admins = await ask("getChatAdministrators", chat_id=GROUP_ID)
    assert VERA.id in {member["user"]["id"] for member in admins}


def test_who_comes_and_goes_is_no_update_of_its_own_for_who_did_not_ask(telegram):
    telegram.set_bot_admin(GROUP_ID)
    telegram.set_admin(VERA.id, GROUP_ID, admin=True)
    telegram.join(GLEB.id, GROUP_ID)
    assert kinds(telegram) == ["my_chat_member", "message"]


def test_a_world_of_another_bots_token_is_refused():
    with pytest.raises(ValueError, match="another bot's token"):
        TelegramSandbox(token="654321:TEST-TOKEN", world=demo_world(TOKEN))
    with pytest.raises(ValueError, match="looks like 123456:SECRET"):
        demo_world("not a token")
