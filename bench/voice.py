"""One voice to Telegram: people and alerts in one budget, with Telegram's limits in force."""

import asyncio
import contextlib
import itertools
import random
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path

from bench.program import Program, environ_for
from bench.toy_gateway import ToyGateway
from bot.app import utc_now
from bot.demo import COMPANIES, TOKEN, Stage, stage
from bot.domain.access import Grant, Role, UserId
from bot.domain.company import CompanyId
from bot.domain.incident import Severity
from bot.domain.notice import ChatAddress
from bot.sandbox.telegram import ANNA, GROUP_ID, TelegramSandbox, demo_world
from bot.sandbox.telegram.limits import writes
from bot.sandbox.telegram.messages import Message
from bot.sandbox.telegram.people import Person
from storage import chats, grants, subscriptions
from storage.database import Database
from storage.subscriptions import Subscription

_SENDING = (
    "sendMessage",
    "sendPhoto",
    "sendDocument",
    "editMessageText",
    "editMessageMedia",
    "editMessageCaption",
    "editMessageReplyMarkup",
    "answerCallbackQuery",
)

Figures = dict[str, float]


@dataclass
class _Scene:
    """The demo's world in a group, with a watch."""

    stage: Stage
    first_call: int = 0

    @property
    def group(self) -> list[Message]:
        return [it for it in self.stage.telegram.world.messages(GROUP_ID) if it.sender.is_bot]

    async def sees(self, wanted: Callable[[Message], bool], within_s: float = 90) -> Message:
        return await self.stage.telegram.wait_message(
            GROUP_ID, lambda it: it.sender.is_bot and wanted(it), timeout_s=within_s
        )

    async def asks_reset(self, company: str) -> Message:
        """Press Reset on the alert; the question."""
        telegram, data = self.stage.telegram, f"do:reset:{company}"
        alert = await self.sees(lambda it: _has(it, data))
        before = len(self.group)
        telegram.press(ANNA.id, GROUP_ID, alert, data)
        return await self.sees(
            lambda it: it in self.group[before:] and company in it.text and _has(it, "ans:")
        )

    async def code_after_yes(self, company: str, question: Message) -> float:
        """Press yes; seconds until the group's live code is that of the gateway."""
        yes = next(data for data in _data(question) if data.startswith("ans:1"))
        self.stage.telegram.press(ANNA.id, GROUP_ID, question, yes)
        began = time.monotonic()
        await self.sees(lambda it: company in it.text and self._is_code(it))
        return time.monotonic() - began

    def _is_code(self, message: Message) -> bool:
        """A code brings its button for those who hold one phone only; no other picture does."""
        return message.photo is not None and _has(message, "do:code:")

    async def paired(self, company: str) -> None:
        """Scan, and wait until the group was told that it works again."""
        await self.stage.gateway.act(company, "scan")
        await self.sees(lambda it: company in it.text and "🟢" in it.text and it.photo is None)

    def calls(self) -> int:
        """Calls to the group since the alert."""
        return sum(
            writes(call.method) and str(call.params.get("chat_id")) == str(GROUP_ID)
            for call in self.stage.telegram.calls[self.first_call :]
        )


def _data(message: Message) -> list[str]:
    return [str(button.get("callback_data", "")) for button in message.buttons]


def _has(message: Message, *starts: str) -> bool:
    return any(data.startswith(starts) for data in _data(message))


@contextlib.asynccontextmanager
async def _scene(call_s: float = 0.0) -> AsyncIterator[_Scene]:
    with tempfile.TemporaryDirectory(prefix="repair-voice-") as folder:
        async with stage(Path(folder), interval_s=5) as playing:
            if call_s:
                playing.telegram.fault("slow", seconds=call_s, methods=_SENDING)
            await asyncio.sleep(7)  # everything was looked at, and is calm
            yield _Scene(playing, first_call=len(playing.telegram.calls))


async def main_job(call_s: float = 0.0) -> Figures:
    """A session is lost and brought back by buttons, in a group."""
    company = next(iter(COMPANIES))
    async with _scene(call_s) as scene:
        await scene.stage.gateway.act(company, "device_removed")
        question = await scene.asks_reset(company)
        await asyncio.sleep(3)  # somebody reads it
        code_s = await scene.code_after_yes(company, question)
        await scene.paired(company)
        await asyncio.sleep(2)
        return {
            "code_s": code_s,
            "calls": scene.calls(),
            "refused": len(scene.stage.telegram.refused),
        }


async def three_resets() -> Figures:
    """Three people press yes in one group in the same moment."""
    async with _scene() as scene:
        for company in COMPANIES:
            await scene.stage.gateway.act(company, "device_removed")
        questions = [await scene.asks_reset(company) for company in COMPANIES]
        await asyncio.sleep(3)
        codes_s = await asyncio.gather(
            *(
                scene.code_after_yes(company, question)
                for company, question in zip(COMPANIES, questions, strict=True)
            )
        )
        await asyncio.gather(*(scene.paired(company) for company in COMPANIES))
        return {
            "slowest_code_s": max(codes_s),
            "paired": len(codes_s),
            "refused": len(scene.stage.telegram.refused),
        }


@dataclass
class _Field:
    """The program between a gateway and a Telegram with a private chat for each company."""

    telegram: TelegramSandbox
    gateway: ToyGateway
    program: Program
    companies: list[str]

    def told(self, chat_id: int) -> list[Message]:
        return [it for it in self.telegram.world.messages(chat_id) if it.sender.is_bot]


def _chat_of(company: str) -> int:
    return 10_000_000 + int(company)


@contextlib.asynccontextmanager
async def _field(many: int, call_s: float) -> AsyncIterator[_Field]:
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
        environ |= {"AUTO_RECOVERY": "off", "TELEGRAM_CHAT_ID": ""}
        await _subscribe(environ["DATABASE_URL"], companies)
        program = Program(environ, folder / "bot.log")
        try:
            await program.start()
            await gateway.looked(3)
            telegram.fault("slow", seconds=call_s, methods=_SENDING)
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
    """Every company of its own chat is lost in one look, and comes back."""
    async with _field(many, call_s) as field:
        companies = field.companies
        field.gateway.gone |= set(companies)
        await field.gateway.looked(1)
        began = time.monotonic()
        await _until(lambda: all(field.told(_chat_of(it)) for it in companies), 120)
        told_s = time.monotonic() - began
        order = sum(
            not field.told(_chat_of(it)) or it not in field.told(_chat_of(it))[0].text
            for it in companies
        )
        refused = len(field.telegram.refused)
        return {"told_s": told_s, "untold": order, "refused": refused}


async def killed(kills: int, many: int = 300, seed: int = 918) -> Figures:
    """`kill -9` in the middle of the telling, again and again."""
    chance, repeats = random.Random(seed), 0
    async with _field(many, 0.15) as field:
        companies, rounds = field.companies, 0
        while rounds < kills:
            field.gateway.gone ^= set(chance.sample(companies, many // 3))
            await field.gateway.looked(2)
            await asyncio.sleep(chance.uniform(0.2, 4))
            await field.program.kill()
            rounds += 1
            await field.program.start()
        field.gateway.gone = set(companies)
        await field.gateway.looked(2)
        await _until(lambda: all(_says_lost(field, it) for it in companies), 300)
        untold = sum(not _says_lost(field, it) for it in companies)
        repeats = sum(_repeated(field, it) for it in companies)
        return {"kills": kills, "never_told": untold, "repeats_per_kill": repeats / kills}


def _says_lost(field: _Field, company: str) -> bool:
    told = field.told(_chat_of(company))
    return bool(told) and any("🔴" in message.text for message in told[-2:])


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


SCENES: dict[str, Callable[[], Coroutine[None, None, Figures]]] = {
    "job": main_job,
    "job_300ms": lambda: main_job(0.3),
    "three": three_resets,
    "300_chats": lambda: many_chats(300),
    "1000_chats": lambda: many_chats(1000),
    "kill": lambda: killed(50),
}


def main() -> Figures:
    """The figures, as a row."""
    found: Figures = {}
    for scene, play in SCENES.items():
        found |= {f"{scene}_{figure}": value for figure, value in asyncio.run(play()).items()}
    return found
