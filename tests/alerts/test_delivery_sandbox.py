"""Random lives of incidents, told through a Bot API server that fails in every way it can."""

import random
import re
from dataclasses import dataclass, field

import pytest
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from alerting import Clock, Office

from bot.domain.notice import ChatAddress
from bot.domain.timing import Timing
from bot.sandbox.telegram import ANNA, GROUP_ID, TelegramSandbox
from bot.texts import Catalogs
from handlers.telegram.courier import TelegramCourier

TOKEN = "123456:ALERTS-TOKEN"
CHATS = (ChatAddress(GROUP_ID), ChatAddress(ANNA.id))
LIVES = 100  # of incidents, for each of the ten seeds
SEEDS = [0, 1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 10))]
KINDS = ("429", "500", "502", "hang", "reset", "answer_lost", "outage", "slow")
TEMPO = Timing(courier_timeout_s=0.6, summary_after_s=1e9)
SENDING = ("sendmessage", "senddocument", "editmessagetext", "editmessagecaption")


@dataclass
class Line:
    """The outbox, the courier as it is, and a Bot API server that is told how to fail."""

    office: Office
    telegram: TelegramSandbox
    opened: list = field(default_factory=list)
    living: list = field(default_factory=list)
    recovered: list = field(default_factory=list)
    crashed_at: list = field(default_factory=list)

    async def step(self, chance):
        """Something happens to some incidents, or to Telegram, then a while goes by."""
        match chance.choice(("open", "open", "change", "recover", "recover", "fault", "crash")):
            case "open":
                many = min(chance.choice((1, 1, 2, 7)), LIVES - len(self.opened))
                ids = await self.office.open(many, to=CHATS)
                self.opened += ids
                self.living += ids
            case "change" if self.living:
                await self.office.change(chance.choice(self.living), to=CHATS)
            case "recover" if self.living:
                one = self.living.pop(chance.randrange(len(self.living)))
                self.recovered.append(one)
                await self.office.recover(one, to=CHATS)
            case "fault":
                self.fault(chance)
            case "crash":
                self.crashed_at.append(self.office.clock().timestamp())
                self.office.restart()
        await self.office.after(chance.choice((0, 1, 3, 12)), step_s=1)

    def fault(self, chance):
        kind = chance.choice(KINDS)
        self.telegram.clear_faults()
        many = None if kind == "outage" else chance.randint(1, 3)
        seconds = 0.01 if kind == "slow" else chance.choice((2, 9, 30))
        where = chance.choice((None, GROUP_ID))
        self.telegram.fault(kind, seconds=seconds, methods=SENDING, chat_id=where, count=many)

    async def settle(self):
        """Telegram is well again, and everything is told."""
        self.telegram.clear_faults()
        for _ in range(200):
            if await self.office.pending() == 0:
                return
            await self.office.after(10, step_s=1)
        raise AssertionError("something is never told")

    def messages(self, address):
        return [m for m in self.telegram.world.messages(address.chat_id) if m.sender.is_bot]

    def sent(self):
        return [call for call in self.telegram.calls if call.method.lower() in SENDING]


@pytest.fixture
async def line(db):
    clock = Clock()
    telegram = TelegramSandbox(token=TOKEN, real_limits=True, clock=lambda: clock().timestamp())
    await telegram.start()
    session = AiohttpSession(api=TelegramAPIServer.from_base(telegram.url))
    bot = Bot(TOKEN, session=session, default=DefaultBotProperties(parse_mode=ParseMode.HTML))
    office = Office(db, TEMPO, TelegramCourier(bot, Catalogs(), clock), clock)
    telegram.say(ANNA.id, ANNA.id, "/start")
    await office.subscribe(*CHATS)
    yield Line(office, telegram)
    await session.close()
    await telegram.stop()


def named(text):
    return set(re.findall(r"\b9\d{5}\b", text))


def company_of(incident_id):
    return f"{900000 + incident_id}"


def openings(line, address):
    """Which companies each new alert named when it was sent."""
    return [
        named((m.earlier[0] if m.earlier else m.content).text.plain)
        for m in line.messages(address)
        if not is_recovery(m)
    ]


def is_recovery(message):
    first = (message.earlier[0] if message.earlier else message.content).text.plain
    return message.reply_to is not None or "снова в порядке:" in first or not message.labels


def lost_answers(line, address):
    return [
        named(call.params["text"])
        for call in line.sent()
        if call.outcome == "answer_lost"
        and call.method.lower() == "sendmessage"
        and str(call.params["chat_id"]) == str(address.chat_id)
    ]


def too_early(line):
    """Calls into a chat before its last 429 allowed it, by the process that was told so."""
    told, early = {}, []
    for call in line.sent():
        chat_id = str(call.params["chat_id"])
        at, wait_s = told.get(chat_id, (0, 0))
        crashed = any(at <= one <= call.at for one in line.crashed_at)
        if call.at < at + wait_s and not crashed:
            early.append(call)
        wait = re.search(r"retry after (\d+)", call.outcome)
        if wait:
            told[chat_id] = (call.at, int(wait[1]))
    return early


@pytest.mark.parametrize("seed", SEEDS)
async def test_whatever_telegram_does_everything_is_told_once_and_in_order(line, seed):
    chance = random.Random(seed)
    while len(line.opened) < LIVES:
        await line.step(chance)
    await line.settle()

    assert too_early(line) == []
    for address in CHATS:
        texts = [named(m.text) for m in line.messages(address)]
        told = [next(n for n, t in enumerate(texts) if company_of(i) in t) for i in line.opened]
        assert told == sorted(told)
        lost = lost_answers(line, address)
        for incident_id in line.opened:
            company = company_of(incident_id)
            times = sum(company in opening for opening in openings(line, address))
            assert times <= 1 + sum(company in one for one in lost)
