import asyncio

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)

from bot.sandbox.telegram import ANNA, BORIS, GROUP_ID, TelegramSandbox
from bot.sandbox.telegram.limits import Limits


def texts(telegram, chat_id=GROUP_ID):
    return [message.text for message in telegram.world.messages(chat_id)]


async def test_too_many_requests_say_how_long_to_wait(bot, telegram, clock):
    telegram.fault("429", seconds=7)
    with pytest.raises(TelegramRetryAfter) as told:
        await bot.send_message(GROUP_ID, "one")
    clock.push(6)
    with pytest.raises(TelegramRetryAfter) as again:
        await bot.send_message(GROUP_ID, "two")
    clock.push(1)
    await bot.send_message(GROUP_ID, "three")
    assert (told.value.retry_after, again.value.retry_after) == (7, 1)
    assert texts(telegram) == ["three"]


async def test_a_fault_hits_only_whom_it_is_meant_for(bot, telegram):
    telegram.fault("500", methods=["sendMessage"], chat_id=GROUP_ID, count=1)
    await bot.send_message(ANNA.id, "another chat")
    await bot.get_chat(GROUP_ID)
    with pytest.raises(TelegramServerError):
        await bot.send_message(GROUP_ID, "one")
    await bot.send_message(GROUP_ID, "two")
    assert texts(telegram) == ["two"]


async def test_a_proxy_answers_in_html(bot, telegram):
    telegram.fault("502", count=1)
    with pytest.raises(ClientDecodeError):
        await bot.send_message(GROUP_ID, "one")


async def test_an_answer_is_lost_after_the_message_was_stored(bot, telegram):
    telegram.fault("answer_lost", methods=["sendMessage"], count=1)
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(GROUP_ID, "one")
    assert texts(telegram) == ["one"]
    assert [call.outcome for call in telegram.calls] == ["answer_lost"]


async def test_a_reset_connection_stores_nothing(bot, telegram):
    telegram.fault("reset", count=1)
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(GROUP_ID, "one")
    assert texts(telegram) == []


async def test_an_outage_cuts_those_who_wait_until_it_is_over(bot, telegram):
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await telegram.wait_call("getUpdates", finished=False)
    telegram.fault("outage")
    with pytest.raises(TelegramNetworkError):
        await asyncio.wait_for(poll, 5)
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(GROUP_ID, "one")
    telegram.clear_faults()
    await bot.send_message(GROUP_ID, "two")
    assert texts(telegram) == ["two"]


async def test_a_hung_call_ends_when_the_caller_hangs_up(bot, telegram):
    telegram.fault("hang", methods=["sendMessage"])
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(GROUP_ID, "one", request_timeout=0.1)
    call = await telegram.wait_call("sendMessage")
    assert call.outcome == "caller hung up"
    assert texts(telegram) == []


async def test_a_slow_telegram_still_answers(bot, telegram):
    telegram.fault("slow", seconds=0.05)
    await bot.send_message(GROUP_ID, "one")
    assert telegram.calls[0].ok


def test_a_chat_takes_a_burst_of_three_then_one_a_second(clock):
    limits = Limits(clock=clock)
    assert [limits.admit(str(ANNA.id)) for _ in range(4)] == [None] * 3 + [1]
    assert limits.admit(str(BORIS.id)) is None
    clock.push(1)
    assert [limits.admit(str(ANNA.id)) for _ in range(2)] == [None, 1]


def test_a_group_takes_twenty_a_minute(clock):
    limits, admitted = Limits(clock=clock), 0
    for _ in range(40):
        admitted += limits.admit(str(GROUP_ID)) is None
        clock.push(1)
    assert admitted == 20


def test_all_chats_together_take_thirty_a_second(clock):
    limits = Limits(clock=clock)
    assert [limits.admit(str(chat)) for chat in range(31)] == [None] * 30 + [1]


async def test_the_limits_hold_by_default_for_edits_too_and_while_one_is_to_wait(clock):
    telegram = TelegramSandbox(token="123456:TEST-TOKEN", clock=clock)
    await telegram.start()
    session = AiohttpSession(api=TelegramAPIServer.from_base(telegram.url))
    async with Bot("123456:TEST-TOKEN", session=session).context() as bot:
        sent = await bot.send_message(GROUP_ID, "one")
        await bot.edit_message_text("two", chat_id=GROUP_ID, message_id=sent.message_id)
        await bot.edit_message_text("three", chat_id=GROUP_ID, message_id=sent.message_id)
        for _ in range(2):
            with pytest.raises(TelegramRetryAfter) as error:
                await bot.edit_message_text("4", chat_id=GROUP_ID, message_id=sent.message_id)
            assert error.value.retry_after == 1
        await bot.send_chat_action(GROUP_ID, "typing")  # these are no messages
        await bot.delete_message(GROUP_ID, sent.message_id)
        await bot.send_message(ANNA.id, "another chat")
    assert [call.method for call in telegram.refused] == ["editMessageText"] * 2
    await telegram.stop()


async def test_every_call_is_recorded_with_what_it_carried(bot, telegram):
    await bot.send_message(GROUP_ID, "<b>one</b>", disable_notification=True)
    (call,) = telegram.calls
    assert (call.method, call.ok, call.params["text"]) == ("sendMessage", True, "<b>one</b>")
    assert call.result["text"] == "one"
    assert telegram.world.messages(GROUP_ID)[0].silent


async def test_a_garbled_body_is_refused_in_json(telegram, bot):
    session = await bot.session.create_session()
    url = f"{telegram.url}/bot{telegram.token}/sendMessage"
    headers = {"Content-Type": "application/json"}
    async with session.post(url, data=b"{not json", headers=headers) as answer:
        assert (answer.status, (await answer.json())["ok"]) == (400, False)
    async with session.get(url, params={"chat_id": GROUP_ID, "text": "by query"}) as answer:
        assert (await answer.json())["result"]["text"] == "by query"
    async with session.post(url, data={"chat_id": GROUP_ID, "text": "by form"}) as answer:
        assert (await answer.json())["result"]["text"] == "by form"
