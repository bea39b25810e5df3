"""`kill -9` in an alert storm: nothing lost, at most one message twice for each kill."""

import asyncio
import random
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.program import Program, environ_for
from bench.toy_gateway import ToyGateway
from bot.cli.demo import TOKEN
from bot.sandbox.telegram import GROUP_ID, TelegramSandbox

COMPANIES = [str(700000 + number) for number in range(40)]


@dataclass(frozen=True, kw_only=True)
class Survived:
    """What the chat and the database say after the last kill."""

    kills: int
    incidents: int
    never_told: int
    told_twice: int
    unsettled: int


async def storm(kills: int, seed: int) -> Survived:
    """Flip sessions at random, kill at random, then let the last process finish."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="repair-kill-") as name:
        folder = Path(name)
        telegram, gateway = TelegramSandbox(token=TOKEN), ToyGateway(COMPANIES)
        await telegram.start()
        await gateway.start()
        environ = environ_for(folder, telegram.url, gateway.url, GROUP_ID)
        # The storm is the only weather here: what the bot did by itself would never let it settle.
        environ["AUTO_RECOVERY"] = "off"
        program = Program(environ, folder / "bot.log")
        try:
            await program.start()
            await gateway.looked(2)
            for _ in range(kills):
                _flip(gateway, chance)
                await gateway.looked(2)
                await asyncio.sleep(chance.uniform(0, 4))
                await program.kill()
                await program.start()
            await _told(folder / "repair.db")
            await program.stop()
            return _count(folder / "repair.db", telegram, kills)
        finally:
            await program.kill()
            await gateway.stop()
            await telegram.stop()


def _flip(gateway: ToyGateway, chance: random.Random) -> None:
    for company in chance.sample(COMPANIES, k=10):
        gateway.gone.symmetric_difference_update({company})


async def _told(database: Path) -> None:
    """Wait until nothing is left to tell, and nothing is on its way to an end."""
    quiet = 0
    async with asyncio.timeout(600):
        while quiet < 10:
            calm = _unsettled(database) == 0 and _settling(database) == 0
            quiet = quiet + 1 if calm else 0
            await asyncio.sleep(1)


def _unsettled(database: Path) -> int:
    return _number(database, "SELECT count(*) FROM outbox WHERE settled_at IS NULL")


def _settling(database: Path) -> int:
    """Sessions that are back, and whose recovery is still to be told."""
    query = "SELECT count(*) FROM incidents WHERE closed_at IS NULL AND symptom = 'settling'"
    return _number(database, query)


def _number(database: Path, query: str) -> int:
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute(query).fetchone()[0])


def _count(database: Path, telegram: TelegramSandbox, kills: int) -> Survived:
    with closing(sqlite3.connect(database)) as connection:
        incidents = {row[0] for row in connection.execute("SELECT id FROM incidents")}
        shown = {row[0] for row in connection.execute("SELECT incident_id FROM card_incidents")}
        receipts = connection.execute("SELECT count(*) FROM cards").fetchone()[0]
    posted = [message for message in telegram.world.messages(GROUP_ID) if message.sender.is_bot]
    alerts = [message for message in posted if message.reply_to is None and message.labels]
    return Survived(
        kills=kills,
        incidents=len(incidents),
        never_told=len(incidents - shown),
        told_twice=max(0, len(alerts) - receipts),
        unsettled=_unsettled(database),
    )


def main(kills: int = 50, seed: int = 918) -> dict[str, float]:
    """The figures, as a row."""
    return asdict(asyncio.run(storm(kills, seed)))
