"""Many sessions on one small machine: what they cost, and how quickly the bot answers meanwhile.

The gateway and Telegram are simulated in this process; the bot is another one, whose CPU and
memory are read from the kernel.
"""

import asyncio
import math
import random
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.accounting import cost_of, cost_of_command
from bench.program import Program, environ_for
from bench.toy_gateway import ToyGateway
from bot.cli.demo import TOKEN
from bot.domain.calm_query import CALM_AFTER
from bot.sandbox.telegram import ANNA, GROUP_ID, TelegramSandbox
from bot.sandbox.telegram.messages import Message
from storage.database import Database

SIZES = (100, 1_000, 10_000)
INTERVAL_S = 15
QUIET_S = 60
FLIPS = 12
FEW_FLIPS = 4  # where the sizes are only there to be compared
CODES = 5
PATIENCE_S = 180
SPACING_S = 10  # one new message a chat: what comes sooner would wait for that, not for the bot


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The bot at work."""

    folder: Path
    program: Program
    gateway: ToyGateway
    telegram: TelegramSandbox
    began_s: float


@asynccontextmanager
async def scene(size: int, *, listed: bool) -> AsyncIterator[Scene]:
    """A bot that watches `size` sessions, one list a tick or one question each."""
    companies = [str(700_000 + number) for number in range(size)]
    with tempfile.TemporaryDirectory(prefix="repair-scale-") as name:
        folder = Path(name)
        telegram, gateway = TelegramSandbox(token=TOKEN), ToyGateway(companies, listed=listed)
        await telegram.start()
        await gateway.start()
        environ = environ_for(folder, telegram.url, gateway.url, GROUP_ID)
        await _prepared(environ["DATABASE_URL"])
        environ |= {
            "OWNER_IDS": str(ANNA.id),
            "CHECK_INTERVAL": str(INTERVAL_S),
            "AUTO_RECOVERY": "off",
            "LISTEN": "",
        }
        if not listed:
            environ["COMPANIES"] = ",".join(companies)
        program = Program(environ, folder / "bot.log", "bench.watched")
        began = time.monotonic()
        await program.start()
        try:
            yield Scene(
                folder=folder,
                program=program,
                gateway=gateway,
                telegram=telegram,
                began_s=began,
            )
        finally:
            await program.kill()
            await gateway.stop()
            await telegram.stop()


async def _prepared(url: str) -> None:
    """As after the first start ever, which alone has to make the tables."""
    database = Database(url)
    await database.open()
    await database.close()


async def measure(size: int, *, listed: bool) -> dict[str, float]:
    """Start, quiet, commands, single losses, then everything at once."""
    async with scene(size, listed=listed) as at:
        figures = await _start(at, size)
        figures |= await _quiet(at, size, listed=listed)
        held = len(at.program.held_ms())
        figures |= await _commands(at)
        figures |= await _codes(at)
        figures |= await _losses(at)
        figures |= _longest(at, held, "held_longest_ms")
        held = len(at.program.held_ms())
        figures |= await _storm(at)
        figures |= _longest(at, held, "storm_held_longest_ms")
        return figures | {"rss_at_the_end_mib": cost_of(at.program.pid).rss_mib}


def _longest(at: Scene, since: int, name: str) -> dict[str, float]:
    """The longest time one thing held the loop, 0 when it was never more than 50 ms."""
    return {name: max(at.program.held_ms()[since:], default=0.0)}


async def _start(at: Scene, size: int) -> dict[str, float]:
    """From nothing to the first answer of the gateway, and until every session was seen once."""
    await at.gateway.looked(1)
    first = cost_of(at.program.pid)
    await _until(lambda: _count(at, "session_states") >= size)
    cost = cost_of(at.program.pid)
    return {
        "start_cpu_s": first.cpu_s,
        "all_seen_s": time.monotonic() - at.began_s,
        "all_seen_cpu_s": cost.cpu_s,
    }


async def _quiet(at: Scene, size: int, *, listed: bool) -> dict[str, float]:
    """Nothing happens, and every session is calm; what is counted are the looks."""
    await asyncio.sleep(CALM_AFTER.total_seconds())
    await at.gateway.looked(2)
    before, looks, singles = cost_of(at.program.pid), at.gateway.looks, at.gateway.singles
    bytes_before = _bytes(at)
    await asyncio.sleep(QUIET_S)
    after = cost_of(at.program.pid)
    lists = at.gateway.looks - looks
    checks = lists * size if listed else at.gateway.singles - singles
    cpu_s = after.cpu_s - before.cpu_s
    return {
        "quiet_core_percent": 100 * cpu_s / QUIET_S,
        "cpu_s_per_1000_checks": 1000 * cpu_s / checks,
        "rss_mib": after.rss_mib,
        "database_growth_kib": (_bytes(at) - bytes_before) / 1024,
    }


async def _codes(at: Scene) -> dict[str, float]:
    """From `/qr` to the photo; the gateway answers at once."""
    asked = at.gateway.companies[:CODES]
    at.gateway.showing.update(asked)
    await at.gateway.looked(2)
    took = []
    for company in asked:
        at.telegram.say(ANNA.id, ANNA.id, f"/qr {company}")
        began = time.monotonic()
        await at.telegram.wait_message(ANNA.id, _code_of(company), timeout_s=PATIENCE_S)
        took.append(time.monotonic() - began)
    at.gateway.showing.clear()
    await asyncio.sleep(2 * INTERVAL_S + 20)  # paired, and proven to be
    return {"qr_to_photo_ms": 1000 * median(took), "qr_to_photo_worst_ms": 1000 * max(took)}


def _code_of(company: str) -> Callable[[Message], bool]:
    return lambda message: message.photo is not None and company in message.text


async def _losses(at: Scene) -> dict[str, float]:
    """Single sessions are gone, at random moments: from the look that saw it to the chat."""
    chance, waits = random.Random(size_of(at)), []
    flips = FLIPS if size_of(at) == max(SIZES) else FEW_FLIPS
    lost = chance.sample(at.gateway.companies, k=flips)
    for company in lost:
        await asyncio.sleep(SPACING_S + chance.uniform(0, INTERVAL_S))
        telling = asyncio.create_task(_told(at, company))
        at.gateway.gone.add(company)
        waits.append(await telling - at.gateway.seen_gone_at[company])
    at.gateway.gone.clear()
    await asyncio.sleep(2 * INTERVAL_S + 20)  # they are back, and proven to be
    beyond = sorted(wait - 1.0 for wait in waits)  # the confirming look comes 1 s after the first
    return {
        "look_to_chat_beyond_s": median(beyond),
        "look_to_chat_beyond_p95_s": beyond[math.ceil(0.95 * len(beyond)) - 1],
    }


async def _told(at: Scene, company: str) -> float:
    """When a message in the group first named the company."""
    await at.telegram.wait_message(
        GROUP_ID,
        lambda message: company in message.text and "🟢" not in message.text,
        timeout_s=PATIENCE_S,
    )
    return time.monotonic()


async def _commands(at: Scene) -> dict[str, float]:
    """Answers while the sweep goes on."""
    company = at.gateway.companies[-1]
    status = [await _answered(at, "/status") for _ in range(10)]
    answers = [await _answered(at, f"/status {company}") for _ in range(10)]
    return {
        "status_all_ms": 1000 * median(status),
        "status_all_worst_ms": 1000 * max(status),
        "status_one_ms": 1000 * median(answers),
    }


async def _answered(at: Scene, text: str) -> float:
    await asyncio.sleep(INTERVAL_S / 10)
    before = len(_answers(at))
    began = time.monotonic()
    at.telegram.say(ANNA.id, ANNA.id, text)
    await _until(lambda: len(_answers(at)) > before, pause_s=0.002)
    return time.monotonic() - began


def _answers(at: Scene) -> list[Message]:
    return [message for message in at.telegram.world.messages(ANNA.id) if message.sender.is_bot]


async def _storm(at: Scene) -> dict[str, float]:
    """All are gone at once; somebody asks for the status meanwhile."""
    await _until(lambda: _unsettled(at) == 0, pause_s=0.5)  # the cards of the losses before
    await asyncio.sleep(SPACING_S)
    at.gateway.seen_gone_at.clear()
    posted = len(_alerts(at))
    cpu = cost_of(at.program.pid).cpu_s
    at.gateway.gone.update(at.gateway.companies)
    await _until(lambda: bool(at.gateway.seen_gone_at))
    seen = time.monotonic()
    asked = asyncio.create_task(_answered(at, "/status"))
    await _until(lambda: len(_alerts(at)) > posted)
    first = time.monotonic()
    await _until(lambda: _unsettled(at) == 0, pause_s=0.5)
    return {
        "storm_first_message_s": first - seen,
        "storm_settled_s": time.monotonic() - seen,
        "storm_status_ms": 1000 * await asked,
        "storm_messages": len(_alerts(at)) - posted,
        "storm_cpu_s": cost_of(at.program.pid).cpu_s - cpu,
    }


def _alerts(at: Scene) -> list[Message]:
    return [message for message in at.telegram.world.messages(GROUP_ID) if message.sender.is_bot]


def _unsettled(at: Scene) -> int:
    return _number(at, "SELECT count(*) FROM outbox WHERE settled_at IS NULL")


def _count(at: Scene, table: str) -> int:
    return _number(at, f"SELECT count(*) FROM {table}")


def _number(at: Scene, query: str) -> int:
    path = at.folder / "repair.db"
    if not path.exists():
        return 0
    try:
        with closing(sqlite3.connect(path)) as connection:
            return int(connection.execute(query).fetchone()[0])
    except sqlite3.OperationalError:  # it is being made
        return 0


def _bytes(at: Scene) -> int:
    return sum(path.stat().st_size for path in at.folder.glob("repair.db*"))


async def _until(true: Callable[[], bool], pause_s: float = 0.05) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not true():  # noqa: ASYNC110 - what is waited for happens in another process
            await asyncio.sleep(pause_s)


def size_of(at: Scene) -> int:
    """How many sessions there are: also the seed of what happens to them."""
    return len(at.gateway.companies)


def main(sizes: tuple[int, ...] = SIZES) -> dict[str, float]:
    """One run for each size and mode; the figures of all of them."""
    figures: dict[str, float] = {"help_cpu_s": cost_of_command("--help").cpu_s}
    for listed in (True, False):
        for size in sizes:
            mode = "list" if listed else "single"
            for name, value in asyncio.run(measure(size, listed=listed)).items():
                figures[f"{mode}_{size}_{name}"] = value
    return figures
