"""A running Telegram sandbox, and a real aiogram bot that talks to it."""

import itertools

import pytest
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiohttp import ClientSession

from bot.sandbox.telegram import TelegramSandbox

TOKEN = "123456:TEST-TOKEN"


class HandClock:
    """Unix time that moves only when pushed."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now

    def push(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
async def telegram(clock):
    # These tests are bots without a pace: for the limits each of their calls comes 3 s later.
    steps = itertools.count(step=3)
    sandbox = TelegramSandbox(token=TOKEN, clock=clock, limits_clock=lambda: float(next(steps)))
    await sandbox.start()
    yield sandbox
    await sandbox.stop()


@pytest.fixture
async def bot(telegram):
    session = AiohttpSession(api=TelegramAPIServer.from_base(telegram.url))
    bot = Bot(TOKEN, session=session, default=DefaultBotProperties(parse_mode="HTML"))
    yield bot
    await bot.session.close()


@pytest.fixture
async def ask(telegram):
    """A call as any program may make it: its result, or the reason why it was refused."""
    async with ClientSession(f"{telegram.url}/bot{TOKEN}/") as http:

        async def call(method, **values):
            async with http.post(method, json=values) as answer:
                body = await answer.json()
            return body["result"] if body["ok"] else body["description"]

        yield call
