"""Who sets the bot up learns their id by writing to it."""

import asyncio

from bot.cli.demo import TOKEN
from bot.cli.who_wrote import who_wrote
from bot.sandbox.telegram import ANNA, GLEB, GROUP_ID


async def told(telegram, token=TOKEN):
    return await asyncio.to_thread(who_wrote, token, {"TELEGRAM_API_URL": telegram.url})


async def test_the_last_who_wrote_in_private_come_first(telegram):
    telegram.say(GLEB.id, GLEB.id, "hello")
    telegram.say(ANNA.id, ANNA.id, "/start")
    lines = (await told(telegram)).splitlines()
    assert [line.split()[0] for line in lines] == [str(ANNA.id), str(GLEB.id)]
    assert ANNA.first_name in lines[0]


async def test_what_was_written_stays_for_the_bot_to_answer(telegram):
    telegram.say(ANNA.id, ANNA.id, "/start")
    assert await told(telegram) == await told(telegram)


async def test_who_writes_in_a_group_alone_is_not_shown(telegram):
    telegram.say(ANNA.id, GROUP_ID, "/start")
    assert "Nobody has written" in await told(telegram)


async def test_a_wrong_token_is_told(telegram):
    assert "compare the token" in await told(telegram, "123456:WRONG-TOKEN")
