"""`repair-bot demo`: the real bot, on an empty folder, against a small Telegram and gateway."""

import contextlib
import shlex
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from bot.domain.access import Role, UserId
from bot.domain.timing import Timing
from bot.runtime.app import App, stopped
from bot.sandbox.gateway import GatewayCompany, GatewaySandbox
from bot.sandbox.telegram import ANNA, BORIS, GROUP_ID, VERA, TelegramSandbox
from bot.settings import Settings, load
from bot.wiring.program import build

TOKEN = "123456:DEMO-TOKEN"  # noqa: S105 - opens nothing
GATEWAY_KEY = "operator:obviously-fake-key"  # of a shape that suits every kind
COMPANIES = {
    "962302": GatewayCompany(name="Салон «Север»", phone="79000962302"),
    "962303": GatewayCompany(name="Студия «Ногти»", phone="79000962303"),
    "481120": GatewayCompany(name="Barber & Co", phone="79000481120"),
}


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Everything that plays: the bot, Telegram, the gateway."""

    app: App
    telegram: TelegramSandbox
    gateway: GatewaySandbox


async def demo(port: int, interval_s: float, dialect: str, write: Callable[[str], object]) -> None:
    """Play until a signal ends it. `port` is that of the chat page; taken, any other is used."""
    with tempfile.TemporaryDirectory(prefix="repair-demo-") as folder:
        async with stage(
            Path(folder), port=port, interval_s=interval_s, dialect=dialect
        ) as playing:
            write(f"The demo is ready: open {playing.telegram.url}\nCtrl-C ends it.\n")
            await stopped()
    write("Ended.\n")


@contextlib.asynccontextmanager
async def stage(
    folder: Path,
    *,
    port: int = 0,
    interval_s: float = 5,
    dialect: str = "ai_admin",
    timing: Timing | None = None,
) -> AsyncIterator[Stage]:
    """The whole program on `folder`, with three linked companies and three people let in.

    `dialect` is the kind of gateway; only `ai_admin` keeps its files where the bot can reach them.
    """
    timing = timing or Timing()
    gateway = GatewaySandbox(
        folder / "baileys_sessions",
        COMPANIES,
        dialect=dialect,
        qr_first_life_s=timing.qr_first_life_s,
        qr_next_life_s=timing.qr_next_life_s,
        log_path=folder / "gateway.log",
    )
    if dialect != "ai_admin":
        gateway.want_key(GATEWAY_KEY)
    async with contextlib.AsyncExitStack() as stack:
        await gateway.start()
        stack.push_async_callback(gateway.stop)
        telegram = TelegramSandbox(token=TOKEN, panel_url=gateway.url)
        try:
            await telegram.start(port=port)
        except OSError:
            await telegram.start()
        stack.push_async_callback(telegram.stop)
        settings = settings_for(folder, telegram.url, gateway.url, interval_s, dialect)
        app = build(settings, timing=timing)
        await stack.enter_async_context(app.running())
        await _let_in(app)
        yield Stage(app=app, telegram=telegram, gateway=gateway)


def settings_for(
    folder: Path, telegram_url: str, gateway_url: str, interval_s: float, dialect: str
) -> Settings:
    """Settings as an operator would write them for these two servers."""
    within_reach = {
        "SESSIONS_DIR": str(folder / "baileys_sessions" / "company_{company}"),
        "GATEWAY_LOG": str(folder / "gateway.log"),
    }
    return load(
        environ={},
        env_file=None,
        overrides={
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_CHAT_ID": str(GROUP_ID),
            "TELEGRAM_API_URL": telegram_url,
            "OWNER_IDS": str(ANNA.id),
            "GATEWAY_URL": gateway_url,
            "COMPANIES": ",".join(f"{key}={one.name}" for key, one in COMPANIES.items()),
            "GATEWAY": dialect,
            **(within_reach if dialect == "ai_admin" else {"GATEWAY_KEY": GATEWAY_KEY}),
            "GATEWAY_RESTART_COMMAND": shlex.join(
                [sys.executable, "-m", "bot.sandbox.gateway.restart", gateway_url]
            ),
            "DATABASE_URL": f"sqlite:///{folder / 'repair.db'}",
            "LISTEN": "127.0.0.1:0",
            "CHECK_INTERVAL": f"{interval_s:g}",
            "FILES_INTERVAL": f"{interval_s:g}",
        },
    )


async def _let_in(app: App) -> None:
    anna = await app.actions.people.who(UserId(ANNA.id), ANNA.first_name)
    for person, role in ((BORIS, Role.OPERATOR), (VERA, Role.VIEWER)):
        key = f"demo:{person.id}"
        await app.actions.people.grant(anna, UserId(person.id), role, [], GROUP_ID, key)
