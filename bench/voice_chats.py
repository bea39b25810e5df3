"""One voice to many chats: each company has a private chat of its own."""

import asyncio
import contextlib
import itertools
import random
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from bench.accounting import cost_of
from bench.program import Program, environ_for
from bench.toy_gateway import ToyGateway
from bench.voice_group import SENDING, Figures
from bot.cli.demo import TOKEN
from bot.domain.access import Grant, Role, UserId
from bot.domain.company import CompanyId
from bot.domain.notice import ChatAddress
from bot.domain.trouble import Severity
from bot.runtime.app import utc_now
from bot.sandbox.telegram import ANNA, GROUP_ID, TelegramSandbox, demo_world
from bot.sandbox.telegram.messages import Message
from bot.sandbox.telegram.people import Person
from storage.chats import chats, subscriptions
from storage.chats.subscriptions import Subscription
from storage.database import Database
from storage.people import grants


@dataclass
class _Field:
    """The program between a gateway and a Telegram with a private chat for each company."""

    telegram: TelegramSandbox
    gateway: ToyGateway
    program: Program
    companies: list[str]

    def cpu_s(self) -> float:
        """What the bot's process has cost so far."""
        return cost_of(self.program.pid).cpu_s

    def told(self, chat_id: int) -> list[Message]:
        return [it for it in self.telegram.world.messages(chat_id) if it.sender.is_bot]


def _chat_of(company: str) -> int:
    return 10_000_000 + int(company)


@contextlib.asynccontextmanager
async def _field(many: int, call_s: float, check_s: int = 5) -> AsyncIterator[_Field]:
    # Were most of them lost at once, it would be one incident of the network.
    everybody = [str(700000 + number) for number in range(many * 5 // 2)]
    companies = everybody[:many]
    with tempfile.TemporaryDirectory(prefix="repair-voice-") as name:
        folder, world = Path(name), demo_world(TOKEN)
        for company in companies:
            person = Person(id=_chat_of(company), first_name=company)
            world.add_person(person, started=True)
        telegram, gateway = TelegramSandbox(token=TOKEN, world=world), ToyGateway(everybody)
        await telegram.start()
        await gateway.start()
        environ = environ_for(folder, telegram.url, gateway.url, GROUP_ID)
        environ |= {"AUTO_RECOVERY": "off", "TELEGRAM_CHAT_ID": "", "CHECK_INTERVAL": str(check_s)}
        await _subscribe(environ["DATABASE_URL"], companies)
        program = Program(environ, folder / "bot.log")
        try:
            await program.start()
            await gateway.looked(3, within_s=300)
            telegram.fault("slow", seconds=call_s, methods=SENDING)
            yield _Field(telegram, gateway, program, companies)
        finally:
            await program.kill()
            await gateway.stop()
            await telegram.stop()


async def _subscribe(url: str, companies: list[str]) -> None:
    """Each company has a chat of its own."""
    database = Database(url)
    await database.open()
    async with database.writing() as tx:
        for company in companies:
            address = ChatAddress(_chat_of(company))
            await chats.add(tx, address.chat_id, company, utc_now())
            await grants.add(tx, _seeing(company), UserId(ANNA.id), utc_now())
            wanted = Subscription(
                address=address, company_id=CompanyId(company), severity=Severity.INFO
            )
            await subscriptions.put(tx, wanted, None, utc_now())
    await database.close()


def _seeing(company: str) -> Grant:
    """Nobody is told of what they may not see."""
    return Grant(user_id=UserId(_chat_of(company)), role=Role.VIEWER, company_id=CompanyId(company))


async def many_chats(many: int, call_s: float = 0.15) -> Figures:
    """Every company of its own chat is lost in one look; then every second one comes back.

    `cpu_ms` is what a letter costs the bot's process; without what the looks at so many lost
    companies cost it in the same time, which is measured when all is told.
    """
    async with _field(many, call_s) as field:
        companies, cost = field.companies, field.cpu_s()
        field.gateway.gone |= set(companies)
        await field.gateway.looked(1)
        began = time.monotonic()
        await _until(lambda: all(field.told(_chat_of(it)) for it in companies), 180)
        told_s, cpu_s = time.monotonic() - began, field.cpu_s() - cost
        await asyncio.sleep(2)
        looks_per_s = await _idle_cost(field, 10)
        back = set(companies[::2])
        field.gateway.gone -= back
        await _until(lambda: all(_says_back(field, it) for it in back), 180)
        return {
            "told_s": told_s,
            "untold": sum(not field.told(_chat_of(it)) for it in companies),
            "out_of_order": sum(not _in_order(field, it) for it in companies),
            "refused": len(field.telegram.refused),
            "cpu_ms": (cpu_s - looks_per_s * told_s) * 1000 / many,
            "cpu_ms_with_looks": cpu_s * 1000 / many,
        }


async def _idle_cost(field: _Field, for_s: float) -> float:
    """CPU seconds a second while nothing is to be told."""
    began, cost = time.monotonic(), field.cpu_s()
    await asyncio.sleep(for_s)
    return (field.cpu_s() - cost) / (time.monotonic() - began)


async def killed(kills: int, many: int = 300, seed: int = 918) -> Figures:
    """`kill -9` in the middle of the telling, again and again; then all are lost and told."""
    chance = random.Random(seed)
    async with _field(many, 0.15, check_s=2) as field:
        companies = field.companies
        for _ in range(kills):
            field.gateway.gone ^= set(chance.sample(companies, many // 3))
            await field.gateway.looked(2, within_s=300)
            await asyncio.sleep(chance.uniform(0.2, 4))
            await field.program.kill()
            await field.program.start()
        field.gateway.gone = set(companies)
        await field.gateway.looked(2, within_s=300)
        await _until(lambda: all(_says_lost(field, it) for it in companies), 300)
        untold = sum(not _says_lost(field, it) for it in companies)
        repeats = sum(_repeated(field, it) for it in companies)
        return {"kills": kills, "untold": untold, "repeats_per_kill": repeats / kills}


def _says_back(field: _Field, company: str) -> bool:
    return any(
        "🟢" in message.text and message.reply_to for message in field.told(_chat_of(company))
    )


def _in_order(field: _Field, company: str) -> bool:
    """Its own loss first, a recovery only after it, and nothing of others."""
    told = field.told(_chat_of(company))
    replies = [bool(message.reply_to) for message in told]
    return replies == sorted(replies) and all(company in message.text for message in told)


def _says_lost(field: _Field, company: str) -> bool:
    """Whether the last message that says how it is says that it is lost."""
    signs = [message.text[:1] for message in field.told(_chat_of(company))]
    return next((sign == "🔴" for sign in reversed(signs) if sign in "🔴🟢"), False)


def _repeated(field: _Field, company: str) -> int:
    """New messages that say the same as the one before."""
    texts = [it.text.splitlines()[0] for it in field.told(_chat_of(company)) if not it.reply_to]
    return sum(first == second for first, second in itertools.pairwise(texts))


async def _until(true: Callable[[], bool], limit_s: float) -> None:
    began = time.monotonic()
    while time.monotonic() - began < limit_s:
        if true():
            return
        await asyncio.sleep(0.1)
