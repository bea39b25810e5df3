"""From a push to the alert in the chat: the whole program between a gateway and a Bot API."""

import asyncio
import socket
import statistics
import tempfile
import time
from pathlib import Path

from bench.program import Program, environ_for
from bot.cli.demo import TOKEN
from bot.sandbox.gateway import GatewayCompany, GatewaySandbox
from bot.sandbox.telegram import GROUP_ID, TelegramSandbox

SECRET, KEY = "bench-secret-0123456789", "bench-key"
SPACING_S = 12  # the bot leaves ten seconds between two new messages to one chat


async def measure(dialect: str, times: int) -> list[float]:
    """Remove devices one after another; the seconds from each removal to its alert."""
    # Many more than are removed: half of all at once would be taken for the network.
    companies = {
        str(700000 + n): GatewayCompany(name="", phone=f"7900{n:07}") for n in range(times * 6)
    }
    with tempfile.TemporaryDirectory(prefix="repair-push-") as name:
        folder = Path(name)
        telegram = TelegramSandbox(token=TOKEN)
        gateway = GatewaySandbox(folder / "sessions", companies, dialect=dialect)
        await telegram.start()
        await gateway.start()
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        environ = environ_for(folder, telegram.url, gateway.url, GROUP_ID) | {
            "GATEWAY": dialect,
            "LISTEN": f"127.0.0.1:{port}",
            "HOOK_SECRET": SECRET,
            "HOOK_KEY": KEY,
            "CHECK_INTERVAL": "3600",  # whatever is told in time was pushed
            "AUTO_RECOVERY": "off",
        }
        program = Program(environ, folder / "bot.log")
        try:
            await program.start()
            await telegram.wait_call("getUpdates", finished=False, timeout_s=60)
            await asyncio.sleep(3)  # the first look at everyone
            gateway.push_to(f"http://127.0.0.1:{port}/hooks/{dialect}/{SECRET}", KEY)
            return [await _one(telegram, gateway, company) for company in list(companies)[:times]]
        finally:
            await program.stop()
            await gateway.stop()
            await telegram.stop()


async def _one(telegram: TelegramSandbox, gateway: GatewaySandbox, company: str) -> float:
    began = time.monotonic()
    await gateway.act(company, "device_removed")
    await telegram.wait_message(GROUP_ID, lambda message: company in message.text, timeout_s=60)
    took_s = time.monotonic() - began
    await asyncio.sleep(SPACING_S)
    return took_s


def main(times: int = 10) -> dict[str, float]:
    """The figures, as a row: Evolution names the cause, WAHA does not and is looked at twice."""
    figures: dict[str, float] = {}
    for dialect in ("evolution", "waha"):
        took = sorted(asyncio.run(measure(dialect, times)))
        figures[f"{dialect}_median_s"] = statistics.median(took)
        figures[f"{dialect}_p95_s"] = took[min(len(took) - 1, int(len(took) * 0.95))]
    return figures
