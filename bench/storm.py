"""Storms against a group's real limits: who was named, in how many messages, how soon."""

import asyncio
import contextlib
import re
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from bench.program import Program, environ_for
from bench.toy_gateway import ToyGateway
from bot.cli.demo import TOKEN
from bot.sandbox.telegram import GROUP_ID, TelegramSandbox
from bot.sandbox.telegram.botapi import Call
from bot.sandbox.telegram.messages import Message

_ID = re.compile(r"\b7\d{5}\b")
_SENDING = {"sendmessage", "senddocument", "editmessagetext", "editmessagecaption"}


@dataclass
class Field:
    """The bot between a gateway and a chat service that keeps Telegram's limits."""

    telegram: TelegramSandbox
    gateway: ToyGateway
    program: Program

    def alerts(self) -> list[Message]:
        """The bot's new messages in the group."""
        return [
            message for message in self.telegram.world.messages(GROUP_ID) if message.sender.is_bot
        ]

    def named(self) -> Counter[str]:
        """In how many messages each company is named, the files' names included."""
        return Counter(name for alert in self.alerts() for name in _names(alert))

    def refused(self) -> int:
        """Calls that were answered by 429."""
        return sum("Too Many Requests" in str(call.outcome) for call in self._sent())

    def tries(self) -> int:
        """Calls that were to bring something into a chat."""
        return len(self._sent())

    def _sent(self) -> list[Call]:
        return [call for call in self.telegram.calls if call.method.lower() in _SENDING]


def _names(message: Message) -> set[str]:
    document = message.content.document
    file = "" if document is None else document.data.decode()
    return set(_ID.findall(message.text + file))


@contextlib.asynccontextmanager
async def field(companies: int) -> AsyncIterator[Field]:
    """Everything runs, and the bot has looked at every company."""
    company_ids = [str(700000 + number) for number in range(companies)]
    with tempfile.TemporaryDirectory(prefix="repair-storm-") as name:
        folder = Path(name)
        telegram, gateway = TelegramSandbox(token=TOKEN, real_limits=True), ToyGateway(company_ids)
        await telegram.start()
        await gateway.start()
        environ = environ_for(folder, telegram.url, gateway.url, GROUP_ID)
        environ["AUTO_RECOVERY"] = "off"  # the storm is the only weather here
        program = Program(environ, folder / "bot.log")
        try:
            await program.start()
            await gateway.looked(3)
            await asyncio.sleep(0.5)  # a storm within a look would come in two halves
            yield Field(telegram, gateway, program)
        finally:
            await program.kill()
            await gateway.stop()
            await telegram.stop()


async def _until(true: Callable[[], bool], limit_s: float) -> float:
    """Seconds until it is true; `limit_s` when it never was."""
    began = time.monotonic()
    while time.monotonic() - began < limit_s:
        if true():
            return time.monotonic() - began
        await asyncio.sleep(0.1)
    return limit_s


def _lose(here: Field, many: int) -> set[str]:
    lost = set(here.gateway.companies[:many])
    here.gateway.gone |= lost
    return lost


async def at_once(many: int, of: int) -> dict[str, float]:
    """So many sessions vanish between two looks, each an incident of its own."""
    async with field(of) as here:
        lost = _lose(here, many)
        await here.gateway.looked(1)
        took_s = await _until(lambda: lost <= set(here.named()), 180)
        return {
            "never_named": len(lost - set(here.named())),
            "messages": len(here.alerts()),
            "seconds_after_look": took_s,
            "refused": here.refused(),
        }


async def with_gateway(of: int) -> dict[str, float]:
    """The gateway goes silent with everybody."""
    async with field(of) as here:
        await here.gateway.stop()
        took_s = await _until(lambda: bool(here.alerts()), 120)
        await asyncio.sleep(15)
        return {"messages": len(here.alerts()), "seconds": took_s, "refused": here.refused()}


async def refused_for(seconds: float, many: int, of: int) -> dict[str, float]:
    """Telegram refuses everything with 429 when the storm begins."""
    async with field(of) as here:
        here.telegram.fault("429", seconds=seconds, methods=_SENDING)
        lost = _lose(here, many)
        await here.gateway.looked(1)
        await _until(lambda: here.tries() > here.refused(), seconds + 60)
        while_refused = here.refused()
        took_s = await _until(lambda: lost <= set(here.named()), 120)
        return {
            "never_named": len(lost - set(here.named())),
            "calls_while_refused": while_refused,
            "seconds_after_it": took_s,
        }


async def killed(many: int, of: int) -> dict[str, float]:
    """`kill -9` after the first message of a storm, then a restart."""
    async with field(of) as here:
        lost = _lose(here, many)
        await _until(lambda: bool(here.alerts()), 60)
        await here.program.kill()
        began = time.monotonic()
        await here.program.start()
        await here.gateway.looked(1)
        looked_s = time.monotonic() - began
        await _until(lambda: lost <= set(here.named()), 180)
        twice = {name for name, times in here.named().items() if times > 1}
        messages = sum(bool(_names(alert) & twice) for alert in here.alerts())
        return {
            "never_named": len(lost - set(here.named())),
            "messages_told_twice": max(0, messages - 1) if twice else 0,
            "seconds_to_look_at_all": looked_s,
        }


async def storms() -> dict[str, float]:
    """Every storm, one after the other."""
    scenes: dict[str, Callable[[], Awaitable[dict[str, float]]]] = {
        "1000": lambda: at_once(1_000, of=2_500),
        "10000_each": lambda: at_once(10_000, of=25_000),
        "10000_gateway": lambda: with_gateway(10_000),
        "429": lambda: refused_for(30, 1_000, of=2_500),
        "kill": lambda: killed(1_000, of=2_500),
    }
    found: dict[str, float] = {}
    for scene, play in scenes.items():
        found |= {f"{scene}_{figure}": value for figure, value in (await play()).items()}
    return found


def main() -> dict[str, float]:
    """The figures, as a row."""
    return asyncio.run(storms())
