"""From lost to paired with a prompt human: how long it takes, and how much of that is the bot's."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import median

from bot.cli.demo import COMPANIES, TOKEN, settings_for, stage
from bot.domain.timing import Timing
from bot.sandbox.gateway import GatewayCompany, GatewaySandbox, Phase, SessionTimes
from bot.sandbox.telegram import ANNA, GROUP_ID, TelegramSandbox
from bot.sandbox.telegram.messages import Message
from bot.wiring.program import build

COMPANY = next(iter(COMPANIES))
PATIENCE_S = 90
CHECK_INTERVAL_S = 60  # the log, not the tick, is what tells
LOGIN_S = 2.0  # of a session that starts with its keys: a real one takes one to three


async def once(folder: Path) -> dict[str, float]:
    """One recovery at real rhythm: the moments an outsider sees, in seconds."""
    async with stage(folder, interval_s=CHECK_INTERVAL_S) as playing:
        telegram, gateway = playing.telegram, playing.gateway
        await asyncio.sleep(5)  # the first looks

        async def seen(words: str) -> Message:
            return await telegram.wait_message(
                GROUP_ID, lambda message: words in message.text, timeout_s=PATIENCE_S
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


SESSIONS = 20
FALLS_SILENT_S = 12.0  # long enough for two looks to notice


@asynccontextmanager
async def _twenty(
    folder: Path, companies: Mapping[str, GatewayCompany], pace: SessionTimes
) -> AsyncIterator[tuple[TelegramSandbox, GatewaySandbox]]:
    """The program as in the demo, beside a gateway with these companies."""
    telegram = TelegramSandbox(token=TOKEN)
    gateway = GatewaySandbox(folder / "baileys_sessions", companies, pace=pace)
    async with AsyncExitStack() as stack:
        for server in (telegram, gateway):
            await server.start()
            stack.push_async_callback(server.stop)
        settings = settings_for(folder, telegram.url, gateway.url, 5, "ai_admin")
        app = build(settings.model_copy(update={"companies": "auto"}))
        await stack.enter_async_context(app.running())
        yield telegram, gateway


async def restarted(folder: Path) -> dict[str, float]:
    """A gateway with twenty sessions is restarted, and comes back without them.

    Seconds from its first answer, which is when it listens again: until the group is told, until
    all of them work, and until the group has read that.
    """
    many = {f"9624{number:02}": f"790009624{number:02}" for number in range(SESSIONS)}
    companies = {
        key: GatewayCompany(f"Salon {key}", phone, linked=True) for key, phone in many.items()
    }
    pace = SessionTimes(restart_s=FALLS_SILENT_S, login_s=LOGIN_S)
    async with _twenty(folder, companies, pace) as (telegram, gateway):
        await asyncio.sleep(30)  # everybody has been seen, and so have their directories

        await gateway.act(None, "gateway_restart")
        await asyncio.sleep(FALLS_SILENT_S)
        answers = time.monotonic()

        async def seen(words: str) -> float:
            await telegram.wait_message(
                GROUP_ID, lambda message: words in message.text, timeout_s=PATIENCE_S
            )
            return time.monotonic() - answers

        forgotten = await seen("он забыл свои сессии")
        for company in companies:
            await gateway.until(company, Phase.OPEN, timeout_s=PATIENCE_S)
        work = time.monotonic() - answers
        return {
            "restart_to_told_s": forgotten,
            "restart_to_20_work_s": work,
            "restart_to_over_s": await seen("снова работают после перезапуска"),
        }


def main(runs: int = 3) -> dict[str, float]:
    """The medians of a few recoveries, and of a few restarts of a gateway with twenty sessions.

    `bot_share_s` leaves out what is not the bot's to shorten: the 20 s of proof, the 2 s for which
    nobody may write into the directory before it is set aside, and the gateway's own time.
    """
    return _medians(once, runs) | _medians(restarted, runs)


def _medians(
    scene: Callable[[Path], Coroutine[None, None, dict[str, float]]], runs: int
) -> dict[str, float]:
    rows = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory(prefix="repair-bench-") as folder:
            rows.append(asyncio.run(scene(Path(folder))))
    return {name: median(row[name] for row in rows) for name in rows[0]}
