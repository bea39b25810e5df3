"""Telegram refuses to hand out updates: it is told why, and asked again ever more seldom."""

import asyncio
import contextlib

import pytest
from aiogram import Bot, Dispatcher
from aiogram.client.telegram import TelegramAPIServer
from structlog.testing import capture_logs

from bot.cli.demo import TOKEN
from bot.domain.telegram_trouble import TelegramTrouble
from bot.runtime.app import utc_now
from handlers.telegram.clock import TelegramClock
from handlers.telegram.polling import Polling, next_pause_s
from handlers.telegram.session import TelegramSession
from handlers.telegram.update_source import UpdateReports
from handlers.updates_in_flight import UpdatesInFlight

ANOTHER, WEBHOOK, TOKEN_REFUSED = (
    TelegramTrouble.ANOTHER_PROGRAM,
    TelegramTrouble.WEBHOOK,
    TelegramTrouble.TOKEN,
)
WRONG = "123456:WRONG-TOKEN"


def a_bot(telegram, token=TOKEN):
    api = TelegramAPIServer.from_base(telegram.url)
    return Bot(token, session=TelegramSession(clock=TelegramClock(utc_now), api=api))


class Place:
    """Polling against a Bot API server; what it reports can be waited for."""

    def __init__(self, telegram, token):
        self.bot = a_bot(telegram, token)
        self.reports = asyncio.Queue()
        self.polling = Polling(
            self.bot,
            Dispatcher(),
            UpdatesInFlight(),
            UpdateReports(
                on_reached=self._reached,
                on_heard=lambda: self.reports.put_nowait("heard"),
                on_refused=self.reports.put_nowait,
            ),
        )

    async def _reached(self):
        pass

    async def reports_next(self, wanted):
        """Return when it reports this; what came before is passed over."""
        async with asyncio.timeout(30):
            while await self.reports.get() != wanted:
                pass


@contextlib.asynccontextmanager
async def polling(telegram, token=TOKEN):
    place = Place(telegram, token)
    place.polling.start()
    yield place
    await place.polling.stop()
    await place.bot.session.close()


async def test_a_token_that_was_revoked_is_told_and_asked_about_again(telegram):
    with capture_logs() as lines:
        async with polling(telegram, WRONG) as place:
            await place.reports_next(TOKEN_REFUSED)
            await place.reports_next(TOKEN_REFUSED)
    said = [line["event"] for line in lines if line["log_level"] == "error"]
    assert said == ["Telegram does not take TELEGRAM_BOT_TOKEN: it is wrong, or was revoked"]


async def test_a_webhook_that_another_program_has_set_is_told_until_it_is_gone(telegram):
    async with polling(telegram) as place:
        await place.reports_next("heard")
        other = a_bot(telegram)
        await other.set_webhook(f"{telegram.url}/nobody")
        await place.reports_next(WEBHOOK)
        await other.delete_webhook()
        await place.reports_next("heard")
        await other.session.close()


async def test_another_program_that_fetches_the_updates_is_told_until_it_is_gone(telegram):
    async with polling(telegram) as place:
        await place.reports_next("heard")
        other = a_bot(telegram)
        await telegram.wait_call("getUpdates")
        while place.reports.empty():
            await other.get_updates(timeout=0)
        await place.reports_next(ANOTHER)
        await other.session.close()
        await place.reports_next("heard")


async def test_what_is_no_refusal_is_told_as_none(telegram):
    async with polling(telegram) as place:
        await place.reports_next("heard")
        telegram.fault("502", count=1)
        await place.reports_next(None)
        await place.reports_next("heard")


@pytest.mark.parametrize(
    ("why", "reached", "pauses"),
    [
        (None, True, [2, 4, 5, 5, 5, 5, 5]),  # people wait for their answers
        (None, False, [2, 4, 8, 16, 32, 60, 60]),
        (TOKEN_REFUSED, True, [2, 4, 8, 16, 32, 60, 60]),
        (ANOTHER, True, [2, 4, 8, 16, 32, 60, 60]),
        (WEBHOOK, False, [2, 4, 8, 16, 32, 60, 60]),
    ],
)
def test_the_pauses_grow(why, reached, pauses):
    found = [1.0]
    for _ in pauses:
        found.append(next_pause_s(found[-1], why, reached=reached))
    assert found[1:] == pauses
