"""The webhook, looked after: set when it does not stand, and complained of when Telegram does."""

import asyncio
import json
from collections import deque
from datetime import UTC, datetime, timedelta

import pytest
from aiogram import Dispatcher
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import GetWebhookInfo
from aiogram.types import WebhookInfo
from structlog.testing import capture_logs

from handlers.telegram import webhook as module
from handlers.telegram.update_source import UpdateReports
from handlers.telegram.webhook import Webhook
from handlers.updates_in_flight import UpdatesInFlight

URL = "https://bot.example.com/telegram"


def info(url=URL, pending=0, error=None, ago_s=0):
    at = None if error is None else datetime.now(UTC) - timedelta(seconds=ago_s)
    return WebhookInfo(
        url=url,
        has_custom_certificate=False,
        pending_update_count=pending,
        last_error_date=at,
        last_error_message=error,
    )


AWAY = TelegramNetworkError(method=GetWebhookInfo(), message="away")


class Telegram:
    """Says of the webhook what it is told to, the last answer for ever."""

    def __init__(self, *answers):
        self.answers = deque(answers)
        self.set = []
        self.asked = 0
        self._news = asyncio.Condition()

    async def get_webhook_info(self):
        async with self._news:
            self.asked += 1
            self._news.notify_all()
        answer = self.answers.popleft() if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def set_webhook(self, url, *, secret_token, allowed_updates):
        self.set.append((url, secret_token, bool(allowed_updates)))

    async def looked(self, times):
        async with asyncio.timeout(10), self._news:
            await self._news.wait_for(lambda: self.asked >= times)


class Place:
    def __init__(self, telegram, dispatcher=None):
        self.reached, self.heard = 0, 0
        self.webhook = Webhook(
            telegram,
            dispatcher or Dispatcher(),
            UpdatesInFlight(),
            UpdateReports(on_reached=self._reach, on_heard=self._hear),
            url=URL,
            secret="not-guessed",
        )

    async def _reach(self):
        self.reached += 1

    def _hear(self):
        self.heard += 1


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch):
    monkeypatch.setattr(module, "_LOOK_AGAIN_S", 0.001)
    monkeypatch.setattr(module, "_PAUSE_S", 0.001)


async def seen_to(telegram, looks=4):
    place = Place(telegram)
    with capture_logs() as lines:
        place.webhook.start()
        await telegram.looked(looks)
        await place.webhook.stop()
    return place, [line["event"] for line in lines]


async def test_it_is_set_once_and_then_only_looked_at():
    telegram = Telegram(info())
    place, _ = await seen_to(telegram)
    assert telegram.set == [(URL, "not-guessed", True)]
    assert (place.reached, place.heard >= 3) == (1, True)


async def test_one_that_somebody_took_away_is_set_again():
    telegram = Telegram(info(), info(url=""), info())
    place, _ = await seen_to(telegram)
    assert len(telegram.set) == 2
    assert place.reached == 1


async def test_who_was_out_of_reach_is_greeted_anew():
    telegram = Telegram(info(), AWAY, AWAY, info())
    place, said = await seen_to(telegram, 5)
    assert place.reached == 2
    assert said.count("Telegram is not reached") == 2


async def test_what_nobody_expected_does_not_end_it():
    telegram = Telegram(info(), RuntimeError("a bug"), info())
    place, said = await seen_to(telegram)
    assert place.reached == 2
    assert said.count("the webhook could not be seen to") == 1


async def test_updates_that_do_not_get_through_are_complained_of_once():
    trouble = info(pending=3, error="Connection refused")
    place, said = await seen_to(Telegram(info(), trouble, trouble, trouble), 5)
    assert place.heard == 1
    assert said.count("Telegram does not get through to the webhook") == 1


@pytest.mark.parametrize(
    "calm",
    [info(error="Connection refused"), info(pending=3, error="Connection refused", ago_s=90)],
)
async def test_a_trouble_that_is_over_is_none(calm):
    place, said = await seen_to(Telegram(calm))
    assert place.heard >= 3
    assert "Telegram does not get through to the webhook" not in said


def update(update_id):
    return json.dumps({"update_id": update_id}).encode()


async def test_nothing_is_taken_before_the_start_nor_after_the_end():
    place = Place(Telegram(info()))
    assert not place.webhook.take(update(1))
    place.webhook.start()
    await place.webhook.stop()
    assert not place.webhook.take(update(2))
    await place.webhook.stop()


async def test_when_too_many_are_under_way_telegram_has_to_bring_it_again():
    dispatcher, gate = Dispatcher(), asyncio.Event()

    @dispatcher.update.outer_middleware()
    async def wait(handler, event, data):
        await gate.wait()

    place = Place(Telegram(info()), dispatcher)
    place.webhook.start()
    taken = [place.webhook.take(update(n)) for n in range(52)]
    assert taken == [True] * 50 + [False] * 2
    gate.set()
    await place.webhook.stop()


async def test_an_update_that_breaks_off_is_logged():
    dispatcher = Dispatcher()

    @dispatcher.update.outer_middleware()
    async def fail(handler, event, data):
        raise RuntimeError("a bug")

    place = Place(Telegram(info()), dispatcher)
    place.webhook.start()
    with capture_logs() as lines:
        assert place.webhook.take(update(1))
        await asyncio.gather(*place.webhook._under_way, return_exceptions=True)
    await place.webhook.stop()
    assert [line["event"] for line in lines].count("an update broke off") == 1
