"""From lost to paired with a prompt human: how long it takes, and how much of that is the bot's."""

import asyncio
import tempfile
import time
from pathlib import Path
from statistics import median

from bot.cli.demo import COMPANIES, stage
from bot.domain.timing import Timing
from bot.sandbox.gateway import Phase
from bot.sandbox.telegram import ANNA, GROUP_ID
from bot.sandbox.telegram.messages import Message

COMPANY = next(iter(COMPANIES))
PATIENCE_S = 90
CHECK_INTERVAL_S = 60  # the log, not the tick, is what tells


async def once(folder: Path) -> dict[str, float]:
    """One recovery at real rhythm: the moments an outsider sees, in seconds."""
    async with stage(folder, interval_s=CHECK_INTERVAL_S) as playing:
        telegram, gateway = playing.telegram, playing.gateway
        await asyncio.sleep(5)  # the first looks

        async def seen(words: str) -> Message:
            return await telegram.wait_message(
                GROUP_ID, lambda one: words in one.text, timeout_s=PATIENCE_S
            )

        lost = time.monotonic()
        await gateway.act(COMPANY, "device_removed")
        alert = await seen("Сообщения клиентов не доходят")
        alerted = time.monotonic()
        telegram.press(ANNA.id, GROUP_ID, alert, "♻️ Сбросить…")
        question = await seen("Ответить можете только вы")
        asked = time.monotonic()
        telegram.press(ANNA.id, GROUP_ID, question, "Да, сбросить")
        await seen("код 1")
        shown = time.monotonic()
        await gateway.act(COMPANY, "scan")
        await gateway.until(COMPANY, Phase.OPEN, timeout_s=PATIENCE_S)
        connected = time.monotonic()
        await seen("привязана и работает")
        paired = time.monotonic()
        proof = Timing().stable_for_s
        return {
            "lost_to_alert_s": alerted - lost,
            "press_to_question_s": asked - alerted,
            "yes_to_code_s": shown - asked,
            "scan_to_connected_s": connected - shown,  # WhatsApp's and the gateway's
            "connected_to_paired_s": paired - connected,
            "total_s": paired - lost,
            "bot_share_s": paired - lost - proof - (connected - shown) - Timing().quiet_for_s,
        }


def main(runs: int = 3) -> dict[str, float]:
    """The medians of a few recoveries.

    `bot_share_s` leaves out what is not the bot's to shorten: the 20 s of proof, the 2 s for which
    nobody may write into the directory before it is set aside, and the gateway's own time.
    """
    rows = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory(prefix="repair-bench-") as folder:
            rows.append(asyncio.run(once(Path(folder))))
    return {name: median(row[name] for row in rows) for name in rows[0]}
