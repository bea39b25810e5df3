"""One voice in one group: people and alerts in one budget, with Telegram's limits in force."""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from bench.program import Program, environ_for
from bench.toy_gateway import ToyGateway
from bot.cli.demo import COMPANIES, TOKEN, stage
from bot.sandbox.gateway import GatewayCompany, GatewaySandbox
from bot.sandbox.telegram import ANNA, GROUP_ID, TelegramSandbox
from bot.sandbox.telegram.limits import writes
from bot.sandbox.telegram.messages import Message

SENDING = (
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
# With these the loss of all that a scene resets is no loss of half a gateway.
_OTHERS = {
    str(990000 + number): GatewayCompany(name=f"Salon {number}", phone=f"79000990{number:03}")
    for number in range(9)
}
_TWO_GATEWAYS = """
[gateways.main]
kind = "ai_admin"
url = "{main}"
sessions_dir = "{folder}/baileys_sessions/company_{{company}}"
log = ["{folder}/gateway.log"]
companies = ["9*", "48*"]

[gateways.crowd]
kind = "ai_admin"
url = "{crowd}"
companies = ["7*"]
"""


@dataclass
class Scene:
    """The demo's world in a group, with a watch."""

    telegram: TelegramSandbox
    gateway: GatewaySandbox
    first_call: int = 0

    @property
    def group(self) -> list[Message]:
        """What the bot has said there."""
        return [it for it in self.telegram.world.messages(GROUP_ID) if it.sender.is_bot]

    async def sees(self, wanted: Callable[[Message], bool], within_s: float = 90) -> Message:
        """The first message of the bot there that is wanted. TimeoutError when none comes."""
        return await self.telegram.wait_message(
            GROUP_ID, lambda it: it.sender.is_bot and wanted(it), timeout_s=within_s
        )

    async def asks_reset(self, company: str) -> Message:
        """Press the company's button on the alert, be that of one or of several; the question."""
        ways = (f"do:reset:{company}", f"do:repair:{company}")
        alert = await self.sees(lambda it: _has(it, *ways))
        before = len(self.group)
        data = next(data for data in _data(alert) if data in ways)
        self.telegram.press(ANNA.id, GROUP_ID, alert, data)
        return await self.sees(
            lambda it: it in self.group[before:] and company in it.text and _has(it, "ans:")
        )

    async def code_after_yes(self, company: str, question: Message) -> float:
        """Press yes; seconds until the group's live code is that of the gateway."""
        yes = next(data for data in _data(question) if data.startswith("ans:1"))
        self.telegram.press(ANNA.id, GROUP_ID, question, yes)
        began = time.monotonic()
        await self.sees(lambda it: company in it.text and self._is_code(it))
        return time.monotonic() - began

    def _is_code(self, message: Message) -> bool:
        """A code brings its button for those who hold one phone only; no other picture does."""
        return message.photo is not None and _has(message, "do:code:")

    async def paired(self, company: str) -> None:
        """Scan, and wait until the group was told that it works again."""
        await self.gateway.act(company, "scan")
        await self.sees(lambda it: company in it.text and "🟢" in it.text and it.photo is None)

    def calls(self) -> int:
        """Calls to the group since the alert."""
        return sum(
            writes(call.method) and str(call.params.get("chat_id")) == str(GROUP_ID)
            for call in self.telegram.calls[self.first_call :]
        )


def _data(message: Message) -> list[str]:
    return [str(button.get("callback_data", "")) for button in message.buttons]


def _has(message: Message, *starts: str) -> bool:
    return any(data.startswith(starts) for data in _data(message))


@contextlib.asynccontextmanager
async def _scene(call_s: float = 0.0) -> AsyncIterator[Scene]:
    with tempfile.TemporaryDirectory(prefix="repair-voice-") as folder:
        async with stage(Path(folder), interval_s=5) as playing:
            if call_s:
                playing.telegram.fault("slow", seconds=call_s, methods=SENDING)
            await asyncio.sleep(7)  # everything was looked at, and is calm
            yield Scene(
                telegram=playing.telegram,
                gateway=playing.gateway,
                first_call=len(playing.telegram.calls),
            )


async def main_job(call_s: float = 0.0) -> Figures:
    """A session is lost and brought back by buttons, in a group."""
    company = next(iter(COMPANIES))
    async with _scene(call_s) as scene:
        await scene.gateway.act(company, "device_removed")
        question = await scene.asks_reset(company)
        await asyncio.sleep(3)  # somebody reads it
        code_s = await scene.code_after_yes(company, question)
        await scene.paired(company)
        await asyncio.sleep(2)
        return {
            "code_s": code_s,
            "calls": scene.calls(),
            "refused": len(scene.telegram.refused),
        }


async def three_resets() -> Figures:
    """Three people press yes in one group in the same moment."""
    async with _beside_a_crowd(ToyGateway(["700000"])) as scene:
        for company in COMPANIES:
            await scene.gateway.act(company, "device_removed")
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
            "refused": len(scene.telegram.refused),
        }


@contextlib.asynccontextmanager
async def _beside_a_crowd(crowd: ToyGateway) -> AsyncIterator[Scene]:
    """The demo's companies at one gateway, many others at a second one; one group hears of all."""
    with tempfile.TemporaryDirectory(prefix="repair-voice-") as name:
        folder = Path(name)
        gateway = GatewaySandbox(
            folder / "baileys_sessions", {**COMPANIES, **_OTHERS}, log_path=folder / "gateway.log"
        )
        telegram = TelegramSandbox(token=TOKEN)
        for server in (gateway, crowd, telegram):
            await server.start()
        config = folder / "repair-bot.toml"
        config.write_text(_TWO_GATEWAYS.format(main=gateway.url, crowd=crowd.url, folder=folder))
        environ = environ_for(folder, telegram.url, "", GROUP_ID)
        del environ["GATEWAY_URL"]
        environ |= {"AUTO_RECOVERY": "off", "CONFIG_FILE": str(config), "CHECK_INTERVAL": "5"}
        program = Program(environ, folder / "bot.log")
        try:
            await program.start()
            await crowd.looked(3, within_s=300)
            yield Scene(telegram=telegram, gateway=gateway, first_call=len(telegram.calls))
        finally:
            await program.kill()
            for server in (gateway, crowd, telegram):
                await server.stop()


async def reset_in_a_storm(lost: int = 600) -> Figures:
    """Somebody presses yes while the group is being told of hundreds of losses."""
    crowd = ToyGateway(str(700000 + number) for number in range(lost * 5 // 2))
    company = next(iter(COMPANIES))
    async with _beside_a_crowd(crowd) as scene:
        await scene.gateway.act(company, "device_removed")
        question = await scene.asks_reset(company)
        before = len(scene.group)
        crowd.gone |= set(crowd.companies[:lost])
        await scene.sees(lambda it: it in scene.group[before:] and "700" in it.text)
        code_s = await scene.code_after_yes(company, question)
        untold = set(crowd.companies[:lost])
        for _ in range(600):
            untold = {it for it in untold if not any(it in message.text for message in scene.group)}
            if not untold:
                break
            await asyncio.sleep(0.1)
        return {"code_s": code_s, "untold": len(untold), "refused": len(scene.telegram.refused)}
