import asyncio
import socket

import pytest
from aiogram import Dispatcher, F
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramUnauthorizedError,
)
from aiogram.filters import Command
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from aiohttp import web

from bot.sandbox.telegram import ANNA, BORIS, GROUP_ID, VERA

ASK = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text="Сбросить", callback_data="reset:1")]]
)


async def take(bot, **more):
    """The updates that wait, confirmed."""
    updates = await bot.get_updates(timeout=0, **more)
    if updates:
        await bot.get_updates(offset=updates[-1].update_id + 1, timeout=0, limit=1)
    return updates


async def test_a_conversation_runs_through_a_real_dispatcher(bot, telegram):
    dispatcher = Dispatcher()

    @dispatcher.message(Command("reset"))
    async def on_reset(message):
        await message.answer("Точно?", reply_markup=ASK)

    @dispatcher.callback_query(F.data == "reset:1")
    async def on_press(callback):
        await callback.message.edit_text(f"{callback.from_user.first_name}: сделано")
        await callback.answer("Готово", show_alert=True)

    polling = asyncio.create_task(dispatcher.start_polling(bot, handle_signals=False))
    telegram.say(BORIS.id, GROUP_ID, "/reset@repair_bot 962302")
    asked = await telegram.wait_message(GROUP_ID, lambda m: m.text == "Точно?")
    query = telegram.press(BORIS.id, GROUP_ID, asked.id, "Сбросить")
    assert await telegram.wait_answer(query) == {"text": "Готово", "show_alert": True}
    assert telegram.world.message(GROUP_ID, asked.id).text == "Борис: сделано"
    await dispatcher.stop_polling()
    await polling


async def test_an_update_comes_again_until_it_is_confirmed(bot, telegram):
    telegram.say(ANNA.id, ANNA.id, "one")
    telegram.say(ANNA.id, ANNA.id, "two")
    first = await bot.get_updates(timeout=0)
    assert [update.message.text for update in first] == ["one", "two"]
    again = await bot.get_updates(timeout=0, offset=first[0].update_id + 1)
    assert [update.message.text for update in again] == ["two"]
    assert await bot.get_updates(timeout=0, offset=-1) == again


async def test_a_long_poll_answers_as_soon_as_somebody_writes(bot, telegram):
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await telegram.wait_call("getUpdates", finished=False)
    telegram.say(ANNA.id, ANNA.id, "hello")
    (update,) = await asyncio.wait_for(poll, 5)
    assert (update.message.text, update.message.from_user.language_code) == ("hello", "ru")


async def test_the_second_poller_sends_the_first_away(bot, telegram):
    first = asyncio.create_task(bot.get_updates(timeout=30))
    await telegram.wait_call("getUpdates", finished=False)
    second = asyncio.create_task(bot.get_updates(timeout=30))
    with pytest.raises(TelegramConflictError, match="terminated by other getUpdates"):
        await asyncio.wait_for(first, 5)
    telegram.say(ANNA.id, ANNA.id, "hello")
    assert len(await asyncio.wait_for(second, 5)) == 1


async def test_a_wrong_token_is_unauthorized(telegram, bot):
    stranger = type(bot)("123456:OTHER-TOKEN", session=bot.session)
    with pytest.raises(TelegramUnauthorizedError):
        await stranger.get_me()


async def test_the_bot_knows_itself(bot):
    me = await bot.get_me()
    assert (me.id, me.username, me.is_bot) == (123456, "repair_bot", True)


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("just talking", False),
        ("/status", True),
        ("/status@repair_bot", True),
        ("/status@other_bot", False),
        ("look, @repair_bot", True),
        ("see /opt/app", False),
    ],
)
async def test_in_a_group_the_bot_hears_what_is_meant_for_it(bot, telegram, text, heard):
    telegram.say(VERA.id, GROUP_ID, text)
    assert bool(await bot.get_updates(timeout=0)) is heard


async def test_as_administrator_the_bot_hears_everything(bot, telegram):
    telegram.set_bot_admin(GROUP_ID)
    telegram.say(VERA.id, GROUP_ID, "just talking")
    promoted, said = await bot.get_updates(timeout=0)
    assert promoted.my_chat_member.new_chat_member.status == "administrator"
    assert said.message.text == "just talking"


async def test_a_reply_to_the_bot_is_heard(bot, telegram):
    sent = await bot.send_message(GROUP_ID, "lost")
    telegram.say(VERA.id, GROUP_ID, "on it", reply_to=sent.message_id)
    (update,) = await bot.get_updates(timeout=0)
    assert update.message.reply_to_message.text == "lost"


async def test_an_anonymous_administrator_shows_no_person(bot, telegram):
    telegram.say(ANNA.id, GROUP_ID, "/reset 1", anonymous=True)
    (update,) = await bot.get_updates(timeout=0)
    assert update.message.from_user.username == "GroupAnonymousBot"
    assert update.message.sender_chat.id == GROUP_ID


async def test_an_edited_message_and_an_old_one_say_so(bot, telegram, clock):
    said = telegram.say(ANNA.id, GROUP_ID, "/help", date=int(clock.now) - 10_800)
    telegram.edit(ANNA.id, GROUP_ID, said.id, "/reset 962302")
    old, edited = await bot.get_updates(timeout=0)
    assert clock.now - old.message.date.timestamp() == 10_800
    assert edited.edited_message.text == "/reset 962302"
    assert edited.edited_message.edit_date


async def test_forged_data_arrives_with_the_real_presser(bot, telegram):
    sent = await bot.send_message(GROUP_ID, "x", reply_markup=ASK)
    telegram.press_data(VERA.id, GROUP_ID, sent.message_id, "reset:999")
    (update,) = await bot.get_updates(timeout=0)
    callback = update.callback_query
    assert (callback.from_user.id, callback.data) == (VERA.id, "reset:999")
    assert callback.message.message_id == sent.message_id


async def test_a_press_waits_half_a_minute_for_its_answer(bot, telegram, clock):
    sent = await bot.send_message(GROUP_ID, "x", reply_markup=ASK)
    query = telegram.press(VERA.id, GROUP_ID, sent.message_id, "reset:1")
    clock.push(31)
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await bot.answer_callback_query(query.id)


async def test_only_allowed_updates_are_kept(bot, telegram):
    await bot.get_updates(timeout=0, allowed_updates=["callback_query"])
    telegram.say(ANNA.id, ANNA.id, "hello")
    assert await bot.get_updates(timeout=0) == []
    await bot.get_updates(timeout=0, allowed_updates=["message"])
    telegram.say(ANNA.id, ANNA.id, "hello")
    assert len(await bot.get_updates(timeout=0)) == 1


async def test_updates_nobody_fetched_for_a_day_are_lost(bot, telegram, clock):
    telegram.say(ANNA.id, ANNA.id, "old")
    clock.push(24 * 3600 + 1)
    telegram.say(ANNA.id, ANNA.id, "new")
    assert [update.message.text for update in await bot.get_updates(timeout=0)] == ["new"]


async def test_a_webhook_gets_updates_until_it_accepts_them(bot, telegram):
    got, answers = asyncio.Queue(), iter([500, 200, 200])

    async def take_one(request):
        secret = request.headers["X-Telegram-Bot-Api-Secret-Token"]
        got.put_nowait((secret, (await request.json())["message"]["text"]))
        return web.Response(status=next(answers))

    app = web.Application()
    app.router.add_post("/hook", take_one)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    await bot.set_webhook(url, secret_token="not-a-secret")
    telegram.say(ANNA.id, ANNA.id, "one")
    telegram.say(ANNA.id, ANNA.id, "two")
    texts = [await asyncio.wait_for(got.get(), 5) for _ in range(3)]
    assert texts == [("not-a-secret", text) for text in ("one", "one", "two")]
    assert "500" in (await bot.get_webhook_info()).last_error_message
    with pytest.raises(TelegramConflictError, match="webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    await runner.cleanup()


async def test_a_webhook_outside_this_machine_is_refused(bot):
    with pytest.raises(TelegramAPIError, match="this machine only"):
        await bot.set_webhook("https://example.com/hook")


async def test_a_webhook_that_nobody_answers_is_told_of(bot, telegram):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    await bot.set_webhook(f"http://127.0.0.1:{port}/hook", allowed_updates=["message"])
    telegram.say(ANNA.id, ANNA.id, "hello")
    async with asyncio.timeout(5):
        while (info := await bot.get_webhook_info()).last_error_message is None:
            pass
    assert info.last_error_message.startswith("Connection failed")
    assert (info.pending_update_count, info.allowed_updates) == (1, ["message"])
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates(timeout=0) == []
