import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramMigrateToChat
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeChatAdministrators,
    BotCommandScopeChatMember,
)

from bot.sandbox.telegram import ANNA, BORIS, GLEB, GROUP_ID, VERA, TelegramSandbox, demo_world
from bot.sandbox.telegram.acts import CannotAct
from bot.sandbox.telegram.demo_world import BASIC_GROUP_ID

TOKEN = "123456:TEST-TOKEN"


@pytest.fixture
async def another(request):
    """A sandbox with another kind of group, and its bot."""
    telegram = TelegramSandbox(token=TOKEN, world=demo_world(TOKEN, group=request.param))
    await telegram.start()
    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(telegram.url)))
    yield telegram, bot
    await bot.session.close()
    await telegram.stop()


async def updates(bot):
    return await bot.get_updates(timeout=0)


async def test_a_blocked_bot_is_told_and_then_refused(bot, telegram):
    telegram.block_bot(ANNA.id)
    (update,) = await updates(bot)
    assert update.my_chat_member.chat.type == "private"
    assert update.my_chat_member.new_chat_member.status == "kicked"
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await bot.send_message(ANNA.id, "hello")
    telegram.block_bot(ANNA.id, blocked=False)
    assert (await bot.send_message(ANNA.id, "hello")).text == "hello"


async def test_a_kicked_bot_is_told_and_then_refused(bot, telegram):
    telegram.kick_bot(GROUP_ID, by=BORIS.id)
    service, update = await updates(bot)
    assert service.message.left_chat_member.id == bot.id
    assert update.my_chat_member.from_user.id == BORIS.id
    with pytest.raises(TelegramForbiddenError, match="kicked from the supergroup chat"):
        await bot.send_message(GROUP_ID, "hello")
    telegram.add_bot(GROUP_ID)
    assert (await bot.send_message(GROUP_ID, "hello")).text == "hello"


async def test_a_bot_that_left_is_no_member(bot):
    await bot.leave_chat(GROUP_ID)
    with pytest.raises(TelegramForbiddenError, match="not a member of the supergroup chat"):
        await bot.send_message(GROUP_ID, "hello")


@pytest.mark.parametrize("another", ["basic"], indirect=True)
async def test_a_group_that_became_a_supergroup_names_its_new_id(another):
    telegram, bot = another
    new = telegram.migrate_group(BASIC_GROUP_ID)
    away, here = await updates(bot)
    assert away.message.migrate_to_chat_id == new.id
    assert here.message.migrate_from_chat_id == BASIC_GROUP_ID
    with pytest.raises(TelegramMigrateToChat) as refused:
        await bot.send_message(BASIC_GROUP_ID, "hello")
    assert refused.value.migrate_to_chat_id == new.id
    assert (await bot.send_message(new.id, "hello")).chat.type == "supergroup"


@pytest.mark.parametrize("another", ["forum"], indirect=True)
async def test_a_topic_takes_messages_until_it_closes(another):
    telegram, bot = another
    thread_id = telegram.open_topic(GROUP_ID, "Север")
    sent = await bot.send_message(GROUP_ID, "lost", message_thread_id=thread_id)
    assert (sent.message_thread_id, sent.is_topic_message) == (thread_id, True)
    telegram.close_topic(GROUP_ID, thread_id)
    with pytest.raises(TelegramBadRequest, match="TOPIC_CLOSED"):
        await bot.send_message(GROUP_ID, "lost", message_thread_id=thread_id)
    telegram.delete_topic(GROUP_ID, thread_id)
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await bot.send_message(GROUP_ID, "lost", message_thread_id=thread_id)


@pytest.mark.parametrize("another", ["forum"], indirect=True)
async def test_a_message_in_a_topic_answers_the_topic(another):
    telegram, bot = another
    thread_id = telegram.open_topic(GROUP_ID, "Север")
    telegram.say(VERA.id, GROUP_ID, "/status", thread_id=thread_id)
    _, update = await updates(bot)
    assert update.message.message_thread_id == thread_id
    assert update.message.reply_to_message.forum_topic_created.name == "Север"


async def test_a_thread_outside_a_forum_is_not_found(bot):
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await bot.send_message(GROUP_ID, "x", message_thread_id=5)


async def test_pinning_in_a_group_needs_the_right(bot, telegram):
    sent = await bot.send_message(GROUP_ID, "board")
    with pytest.raises(TelegramBadRequest, match="not enough rights"):
        await bot.pin_chat_message(GROUP_ID, sent.message_id)
    telegram.set_bot_admin(GROUP_ID)
    await bot.pin_chat_message(GROUP_ID, sent.message_id)
    assert telegram.world.message(GROUP_ID, sent.message_id).is_pinned
    assert (await bot.get_chat(GROUP_ID)).pinned_message.text == "board"
    await bot.unpin_chat_message(GROUP_ID)
    assert (await bot.get_chat(GROUP_ID)).pinned_message is None


async def test_the_bot_can_ask_who_is_who(bot, telegram):
    assert (await bot.get_chat_member(GROUP_ID, ANNA.id)).status == "creator"
    assert (await bot.get_chat_member(GROUP_ID, GLEB.id)).status == "left"
    admins = await bot.get_chat_administrators(GROUP_ID)
    assert {member.user.id for member in admins} == {ANNA.id, BORIS.id}
    telegram.set_admin(BORIS.id, GROUP_ID, admin=False)
    assert len(await bot.get_chat_administrators(GROUP_ID)) == 1
    assert await bot.get_chat_member_count(GROUP_ID) == 4
    assert (await bot.get_chat(GROUP_ID)).title == "Салоны · дежурные"
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.get_chat(-100)


async def test_who_comes_is_announced(bot, telegram):
    telegram.join(GLEB.id, GROUP_ID)
    telegram.leave(GLEB.id, GROUP_ID)
    came, went = await updates(bot)
    assert came.message.new_chat_members[0].id == GLEB.id
    assert went.message.left_chat_member.id == GLEB.id


def test_who_is_not_in_the_group_cannot_write_there(telegram):
    with pytest.raises(CannotAct, match="Глеб is not in this chat"):
        telegram.say(GLEB.id, GROUP_ID, "/status")
    with pytest.raises(CannotAct, match="only administrators"):
        telegram.say(VERA.id, GROUP_ID, "/status", anonymous=True)


def commands(*names, **more):
    return [BotCommand(command=name, description=name, **more) for name in names]


async def test_the_menu_is_the_closest_list_that_was_published(bot, telegram):
    world = telegram.world
    group = world.chat(GROUP_ID)

    def seen(person):
        return [command["command"] for command in world.menus.seen_by(person, group)]

    assert seen(VERA) == []
    await bot.set_my_commands(commands("default"))
    await bot.set_my_commands(commands("english"), language_code="en")
    assert (seen(VERA), seen(BORIS)) == (["english"], ["default"])
    await bot.set_my_commands(commands("groups"), BotCommandScopeAllGroupChats())
    admins = BotCommandScopeChatAdministrators(chat_id=GROUP_ID)
    await bot.set_my_commands(commands("admins"), admins)
    assert (seen(VERA), seen(BORIS)) == (["groups"], ["admins"])
    only_vera = BotCommandScopeChatMember(chat_id=GROUP_ID, user_id=VERA.id)
    await bot.set_my_commands(commands("vera"), only_vera)
    assert (seen(VERA), seen(BORIS)) == (["vera"], ["admins"])
    await bot.delete_my_commands(admins)
    assert seen(BORIS) == ["groups"]
    assert [c.command for c in await bot.get_my_commands(language_code="en")] == ["english"]


async def test_a_command_with_capitals_is_refused(bot):
    with pytest.raises(TelegramBadRequest, match="BOT_COMMAND_INVALID"):
        await bot.set_my_commands(commands("Status"))
