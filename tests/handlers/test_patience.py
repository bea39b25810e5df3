"""Too many messages: what is waited out, and what is not."""

from types import SimpleNamespace

import pytest
from aiogram.exceptions import TelegramRetryAfter
from recording import recording, refusal

from handlers import patience as module
from handlers.patience import LONGEST_WAIT_S, Patience


@pytest.fixture
def waited(monkeypatch):
    """How long it waited, each time; no time passes."""
    pauses = []

    async def sleep(pause_s):
        pauses.append(pause_s)

    monkeypatch.setattr(module, "asyncio", SimpleNamespace(sleep=sleep))
    return pauses


async def sent(*script):
    """Send a text; what came of it, and how often that was tried."""
    bot, session = recording(*script)
    bot.session.middleware(Patience())
    try:
        outcome = (await bot.send_message(1, "x")).message_id
    except TelegramRetryAfter as error:
        outcome = error
    return outcome, len(session.asked)


def too_many(pause_s):
    return refusal(429, "Too Many Requests", retry_after=pause_s)


async def test_a_pause_is_waited_out_as_long_as_telegram_said_and_the_message_comes(waited):
    assert await sent(too_many(LONGEST_WAIT_S)) == (101, 2)
    assert waited == [LONGEST_WAIT_S]


async def test_it_is_waited_for_once_and_no_more(waited):
    outcome, tries = await sent(too_many(3), too_many(4))
    assert (outcome.retry_after, tries, waited) == (4, 2, [3])


async def test_who_asked_is_not_kept_waiting_for_long(waited):
    outcome, tries = await sent(too_many(LONGEST_WAIT_S + 1))
    assert (outcome.retry_after, tries, waited) == (LONGEST_WAIT_S + 1, 1, [])
