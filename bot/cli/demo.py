"""`repair-bot demo`: the real bot, on an empty folder, against a small Telegram and gateway."""

import asyncio
import contextlib
import shlex
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.cli.demo_tour import DemoTour
from bot.domain.access import Role, UserId
from bot.domain.timing import Timing
from bot.gateways.kinds import KINDS
from bot.runtime.app import App
from bot.runtime.shutdown import stopped
from bot.sandbox.gateway import GatewayCompany, GatewaySandbox, token_of
from bot.sandbox.telegram import (
    ANNA,
    BORIS,
    GROUP_ID,
    VERA,
    FirstReader,
    TelegramSandbox,
    translate,
)
from bot.sandbox.telegram.people import Person
from bot.settings import Settings, load, read_setup, with_tokens
from bot.wiring.program import build

TOKEN = "123456:DEMO-TOKEN"  # noqa: S105 - opens nothing
GATEWAY_KEY = "operator:obviously-fake-key"  # of a shape that suits every kind
_HOOK_SECRET = "demo-hooks-open-nothing"  # noqa: S105 - as the token
_HOOK_KEY = "obviously-fake-hook-key-of-32-letters"
COMPANIES = {
    "962302": GatewayCompany(name="Салон «Север»", phone="79000962302"),
    "962303": GatewayCompany(name="Студия «Ногти»", phone="79000962303"),
    "481120": GatewayCompany(name="Barber & Co", phone="79000481120"),
}
COMPANIES_IN = {
    "ru": COMPANIES,
    # Numbers of a range that is kept for films: nobody has them.
    "en": {
        "962302": GatewayCompany(name="Salon North", phone="447700900302"),
        "962303": GatewayCompany(name="Nail Studio", phone="447700900303"),
        "481120": GatewayCompany(name="Barber & Co", phone="447700900120"),
    },
}


@dataclass(frozen=True, kw_only=True)
class DemoParts:
    """The running parts of the demo: bot, Telegram, gateway."""

    app: App
    telegram: TelegramSandbox
    gateway: GatewaySandbox


async def demo(
    port: int,
    interval_s: float,
    dialect: str,
    write: Callable[[str], object],
    language: str | None = None,
) -> None:
    """Play until a signal ends it. `port` is that of the chat page; taken, any other is used.

    `language` is ru or en. None: that of the browser which opens the page first; the bot starts
    then, for its companies are named in it.
    """
    reader = FirstReader()
    with tempfile.TemporaryDirectory(prefix="repair-demo-") as folder:
        async with contextlib.AsyncExitStack() as stack:
            ended = asyncio.create_task(stopped())
            stack.callback(ended.cancel)
            telegram = TelegramSandbox(token=TOKEN, first_reader=reader)
            await stack.enter_async_context(_listening(telegram, port))
            write(f"The demo is ready: open {telegram.url}\nCtrl-C ends it.\n")
            chosen = language or await _unless(ended, reader.language())
            if chosen is not None:
                play = _playing(
                    Path(folder),
                    telegram,
                    interval_s=interval_s,
                    dialect=dialect,
                    timing=Timing(),
                    language=chosen,
                )
                await stack.enter_async_context(play)
                reader.serve()
            await ended
    write("Ended.\n")


@contextlib.asynccontextmanager
async def stage(
    folder: Path,
    *,
    port: int = 0,
    interval_s: float = 5,
    dialect: str = "ai_admin",
    timing: Timing | None = None,
    language: str = "ru",
) -> AsyncIterator[DemoParts]:
    """The whole program on `folder`, with three linked companies and three people let in.

    `dialect` is the kind of gateway; only `ai_admin` keeps its files where the bot can reach them.
    `language`, ru or en, is that of the page, the people, the companies and the bot.
    """
    telegram = TelegramSandbox(token=TOKEN)
    async with (
        _listening(telegram, port),
        _playing(
            folder,
            telegram,
            interval_s=interval_s,
            dialect=dialect,
            timing=timing or Timing(),
            language=language,
        ) as playing,
    ):
        yield playing


@contextlib.asynccontextmanager
async def _listening(telegram: TelegramSandbox, port: int) -> AsyncIterator[None]:
    try:
        await telegram.start(port=port)
    except OSError:
        await telegram.start()
    try:
        yield
    finally:
        await telegram.stop()


@contextlib.asynccontextmanager
async def _playing(
    folder: Path,
    telegram: TelegramSandbox,
    *,
    interval_s: float,
    dialect: str,
    timing: Timing,
    language: str,
) -> AsyncIterator[DemoParts]:
    """The gateway and the bot beside a Telegram that listens and in which nothing has happened."""
    gateway = GatewaySandbox(
        folder / "baileys_sessions",
        COMPANIES_IN[language],
        dialect=dialect,
        qr_first_life_s=timing.qr_first_life_s,
        qr_next_life_s=timing.qr_next_life_s,
        log_path=folder / "gateway.log",
    )
    if dialect != "ai_admin":
        gateway.want_key(GATEWAY_KEY)
    translate(telegram.world, language)
    gateway.listeners.append(DemoTour(telegram.world).session_moved)
    async with contextlib.AsyncExitStack() as stack:
        await gateway.start()
        stack.push_async_callback(gateway.stop)
        telegram.panel_url = gateway.url
        settings = settings_for(
            folder, telegram.url, gateway.url, interval_s, dialect, language=language
        )
        tokens = {name: token_of(name) for name in gateway.companies}
        app = build(settings, with_tokens(read_setup(settings), tokens), timing=timing)
        await stack.enter_async_context(app.running())
        if app.server is not None and KINDS[dialect].caps.push_events:
            gateway.push_to(f"{app.server.url}/hooks/{dialect}/{_HOOK_SECRET}", _HOOK_KEY)
        await _let_in(app, telegram.world.people)
        yield DemoParts(app=app, telegram=telegram, gateway=gateway)


async def _unless(ended: asyncio.Task[None], answer: Coroutine[None, None, str]) -> str | None:
    """The answer, or None where the end comes before it."""
    waiting = asyncio.create_task(answer)
    try:
        await asyncio.wait({ended, waiting}, return_when=asyncio.FIRST_COMPLETED)
        return waiting.result() if waiting.done() else None
    finally:
        waiting.cancel()


def settings_for(
    folder: Path,
    telegram_url: str,
    gateway_url: str,
    interval_s: float,
    dialect: str,
    *,
    language: str = "ru",
) -> Settings:
    """Settings as an operator would write them for these two servers."""
    within_reach = {
        "SESSIONS_DIR": str(folder / "baileys_sessions" / "company_{company}"),
        "GATEWAY_LOG": str(folder / "gateway.log"),
    }
    hooks = {"HOOK_SECRET": _HOOK_SECRET, "HOOK_KEY": _HOOK_KEY}
    companies = COMPANIES_IN[language].items()
    return load(
        environ={},
        env_file=None,
        overrides={
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_CHAT_ID": str(GROUP_ID),
            "TELEGRAM_API_URL": telegram_url,
            "OWNER_IDS": str(ANNA.id),
            "LANGUAGE": language,
            "GATEWAY_URL": gateway_url,
            "COMPANIES": ",".join(f"{key}={company.name}" for key, company in companies),
            "GATEWAY": dialect,
            **(within_reach if dialect == "ai_admin" else {"GATEWAY_KEY": GATEWAY_KEY}),
            **(hooks if KINDS[dialect].caps.push_events else {}),
            "GATEWAY_RESTART_COMMAND": shlex.join(
                [sys.executable, "-m", "bot.sandbox.gateway.restart", gateway_url]
            ),
            "DATABASE_URL": f"sqlite:///{folder / 'repair.db'}",
            "LISTEN": "127.0.0.1:0",
            "CHECK_INTERVAL": f"{interval_s:g}",
            "FILES_INTERVAL": f"{interval_s:g}",
        },
    )


async def _let_in(app: App, names: Mapping[int, Person]) -> None:
    owner = await app.actions.people.who(UserId(ANNA.id), names[ANNA.id].first_name)
    for person, role in ((BORIS, Role.OPERATOR), (VERA, Role.VIEWER)):
        key = f"demo:{person.id}"
        await app.actions.people.grant(owner, UserId(person.id), role, [], GROUP_ID, key)
