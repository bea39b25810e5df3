"""Puts the real bot between the two sandboxes, in this process, with a clock to push."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from at_once import IN_TURN
from doubles import SkippedTime
from migrated import put_migrated
from pydantic import SecretStr
from reading import ONE
from talking import Machine, PushedClock, Talk

from bot.cli.demo import COMPANIES, GATEWAY_KEY, TOKEN
from bot.domain.access import Role, UserId
from bot.domain.timing import Timing
from bot.runtime.app import App
from bot.sandbox.gateway import GatewayCompany, GatewaySandbox, SessionTimes, token_of
from bot.sandbox.telegram import ANNA, BORIS, GROUP_ID, VERA, TelegramSandbox, demo_world
from bot.sandbox.telegram.demo_world import BASIC_GROUP_ID
from bot.settings import load, read_setup, with_tokens
from bot.wiring.basics import Clocks
from bot.wiring.program import build

TEMPO = Timing(
    confirm_after_s=0.05,
    unstable_interval_s=0.2,
    stable_for_s=0.4,
    qr_poll_s=0.05,
    qr_first_life_s=1.2,
    qr_next_life_s=1.2,
    qr_first_wait_s=3.0,
    reconnect_wait_s=3.0,
    gateway_settles_s=0.2,
    start_grace_s=0.5,
    refused_after_s=1.0,
    quiet_for_s=0.1,
    quiet_wait_s=1.0,
    group_window_s=0.05,
    group_spacing_s=0.1,
    outbox_poll_s=0.1,
    board_spacing_s=0.2,
    checklist_s=0.2,
    remind_turn_s=0.2,
    digest_turn_s=0.2,
)
PACE = SessionTimes(
    login_s=0.1,
    first_code_s=0.1,
    pair_s=0.2,
    act_s=0.3,
    away_s=30.0,
    restart_s=0.1,
    auto_init_s=0.1,
    write_creds_s=0.5,
    create_s=0.01,
)

UNLINKED = {**COMPANIES, ONE: replace(COMPANIES[ONE], linked=False)}  # a company that is new

Group = Literal["supergroup", "forum", "basic"]


@contextlib.asynccontextmanager
async def talking(
    folder: Path,
    *,
    group: Group = "supergroup",
    companies: Mapping[str, GatewayCompany] = COMPANIES,
    codes: int = 6,
    pace: SessionTimes = PACE,
    logged: bool = False,
    in_docker: bool = False,
    look_s: float = 0.3,
    timing: Timing = TEMPO,
    kind: str = "ai_admin",
    settings: Mapping[str, str] = MappingProxyType({}),
    changed: Mapping[str, object] = MappingProxyType({}),
    config: Callable[[str, Path], str] | None = None,
    wall_ahead: timedelta = timedelta(),
    beside: GatewaySandbox | None = None,
) -> AsyncIterator[Talk]:
    """Everything, running, with Anna, Boris and Vera let in.

    With `logged` the gateway writes a log, and the bot follows it; `in_docker` it is Docker that
    does, in its own records. A tick comes every `look_s`.
    `changed` are settings as no operator may write them. The clock of the bot's own machine may be
    off by `wall_ahead`. The gateway may stand `beside` another, and have nothing running.
    Of another `kind` than `ai_admin` it keeps its files out of the bot's reach and wants a key,
    unless a `config` says how it is reached.
    """
    log_path = folder / ("api-json.log" if in_docker else "gateway.log") if logged else None
    clock, pacing = PushedClock(asyncio.get_running_loop()), SkippedTime()
    machine = Machine(clock, wall_ahead)
    async with contextlib.AsyncExitStack() as stack:
        gateway = GatewaySandbox(
            folder / "baileys_sessions",
            companies,
            dialect=kind,
            qr_first_life_s=TEMPO.qr_first_life_s,
            qr_next_life_s=TEMPO.qr_next_life_s,
            codes=codes,
            log_path=log_path,
            pace=pace,
        )
        if beside is not None:
            gateway.stand_beside(beside)
        await gateway.start()
        stack.push_async_callback(gateway.stop)
        telegram = _telegram(group, clock, pacing)
        await telegram.start()
        stack.push_async_callback(telegram.stop)
        text = settings_text(folder, telegram, gateway) | settings
        if kind != "ai_admin" and config is None:
            gateway.want_key(GATEWAY_KEY)
            told = {"GATEWAY": kind, "GATEWAY_KEY": GATEWAY_KEY, "SESSIONS_DIR": ""}
            text |= {**told, **settings}
        text |= {"GATEWAY_LOG": str(log_path)} if log_path else {}
        if config is not None:
            text |= _by_file(folder, config(gateway.url, folder / "baileys_sessions"))
        put_migrated(folder / "repair.db")
        running = await stack.enter_async_context(contextlib.AsyncExitStack())
        talk = Talk(
            app=_built(text, machine, look_s, timing, changed, pacing),
            telegram=telegram,
            gateway=gateway,
            clock=clock,
            machine=machine,
            folder=folder,
            group_id=BASIC_GROUP_ID if group == "basic" else GROUP_ID,
            rebuild=lambda: _built(text, machine, look_s, timing, changed, pacing),
            running=running,
        )
        await running.enter_async_context(talk.app.running())
        await _let_in(talk.app)
        yield talk


def _by_file(folder: Path, config: str) -> dict[str, str]:
    """The gateways stand in a file, and none in the environment."""
    path = folder / "repair-bot.toml"
    path.write_text(config)
    return {"GATEWAY_URL": "", "COMPANIES": "", "SESSIONS_DIR": "", "CONFIG_FILE": str(path)}


def _telegram(group: Group, clock: PushedClock, pacing: SkippedTime) -> TelegramSandbox:
    """A Telegram whose limits hold, by the time that the bot's own line waits for."""

    def now() -> float:
        return clock().timestamp()

    world = demo_world(TOKEN, group=group, clock=now)
    return TelegramSandbox(token=TOKEN, world=world, clock=now, limits_clock=pacing.now)


def _built(
    text: dict[str, str],
    machine: Machine,
    look_s: float,
    timing: Timing,
    changed: Mapping[str, object],
    pacing: SkippedTime,
) -> App:
    """The program, which looks more often than an operator may ask for."""
    settings = load(environ={}, env_file=None, overrides=text)
    setup = read_setup(settings)
    if settings.config_file is None:  # where each session has a secret of its own
        named = (company.id for company in setup.companies)
        setup = with_tokens(setup, {name: token_of(name) for name in named})
    url = settings.database_url.get_secret_value().replace("sqlite", IN_TURN, 1)
    quicker = {
        "check_interval": timedelta(seconds=look_s),
        "database_url": SecretStr(url),
        **changed,
    }
    return build(
        settings.model_copy(update=quicker),
        setup,
        timing=timing,
        clocks=Clocks(wall=machine.wall, steady_s=machine.steady_s, carried_s=machine.carried_s),
        pacing=pacing,
    )


def settings_text(
    folder: Path, telegram: TelegramSandbox, gateway: GatewaySandbox
) -> dict[str, str]:
    """The settings by their names."""
    group = next(chat for chat in telegram.world.chats.values() if not chat.is_private)
    names = ",".join(f"{key}={one.name}" for key, one in gateway.companies.items())
    return {
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_CHAT_ID": str(group.id),
        "TELEGRAM_API_URL": telegram.url,
        "OWNER_IDS": str(ANNA.id),
        "GATEWAY_URL": gateway.url,
        "COMPANIES": names,
        "SESSIONS_DIR": str(folder / "baileys_sessions" / "company_{company}"),
        "DATABASE_URL": f"sqlite:///{folder / 'repair.db'}",
        "LISTEN": "127.0.0.1:0",
        "CHECK_INTERVAL": "2",
        "FILES_INTERVAL": "2",
        "AUTO_RECOVERY": "off",  # people act here; what the bot does by itself has tests of its own
    }


async def _let_in(app: App) -> None:
    anna = await app.actions.people.who(UserId(ANNA.id), ANNA.first_name)
    for person, role in ((BORIS, Role.OPERATOR), (VERA, Role.VIEWER)):
        key = f"let in {person.id}"
        await app.actions.people.grant(anna, UserId(person.id), role, [], ANNA.id, key)
