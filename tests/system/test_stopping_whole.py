"""SIGTERM is obeyed by the whole program, whatever hangs around it.

The bound is the program's own (`bot.runtime.shutdown.WITHIN_S`): what is still under way then is
cut off, with exit status 3 and a line in the log. How fast this machine is does not matter here.
"""

import asyncio
import contextlib
import os
import sqlite3
import sys

import pytest
from passage import Passage

from bench.program import Program, environ_for
from bot.runtime.shutdown import CUT_OFF, WITHIN_S
from bot.sandbox.gateway import GatewayCompany, GatewaySandbox
from bot.sandbox.telegram import ANNA, GROUP_ID

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]

ONE, NEW = "962302", "962303"  # the second has no session yet
FOR_EVER = """
import os, pathlib, signal, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))
while True:
    signal.pause()
"""
PATIENCE_S = 150  # for what must happen; only a failing test ever waits this long


class Stage:
    """The program between two servers; each way can get stuck."""

    def __init__(self, folder, telegram, to_telegram, to_gateway):
        self.folder, self.telegram = folder, telegram
        self.to_telegram, self.to_gateway = to_telegram, to_gateway
        self.environ = environ_for(folder, to_telegram.url, to_gateway.url, GROUP_ID)
        self.environ["COMPANIES"] = f"{ONE}=North,{NEW}=South"
        self.log = folder / "bot.log"
        self.program = None

    async def runs(self, **settings):
        """Start it, with these settings too; return once it answers people."""
        self.starts(**settings)
        await self.program.start()
        await self.answers("/id")

    def starts(self, **settings):
        """It is to be started so."""
        self.program = Program(self.environ | settings, self.log)

    async def answers(self, text):
        before = len(self.bot_wrote())
        self.telegram.say(ANNA.id, ANNA.id, text)
        return await self.telegram.wait_message(
            ANNA.id, lambda one: one in self.bot_wrote()[before:], timeout_s=PATIENCE_S
        )

    def bot_wrote(self):
        every = self.telegram.world.messages(ANNA.id)
        return [one for one in every if one.sender is self.telegram.world.bot]

    async def obeys(self):
        """Told to stop, it ends: in order, or cut off by its own bound with a word about it."""
        status = await self.program.stop()  # which waits for far longer than the bound
        cut_off = "the stop took too long" in self.log.read_text(errors="replace")
        assert (status, cut_off) in {(0, False), (CUT_OFF, True)}
        return status


async def eventually(look):
    """Return as soon as `look` is true of what another process does."""
    never = asyncio.Event()
    async with asyncio.timeout(PATIENCE_S):
        while not look():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(never.wait(), 0.05)


@pytest.fixture
async def stage(tmp_path, telegram):
    gateway = GatewaySandbox(
        tmp_path / "sessions",
        {
            ONE: GatewayCompany(name="North", phone="79990002302"),
            NEW: GatewayCompany(name="South", phone="79990002303", linked=False),
        },
    )
    async with contextlib.AsyncExitStack() as stack:
        await gateway.start()
        stack.push_async_callback(gateway.stop)
        to_telegram = await stack.enter_async_context(Passage(telegram.url))
        to_gateway = await stack.enter_async_context(Passage(gateway.url))
        stage = Stage(tmp_path, telegram, to_telegram, to_gateway)
        yield stage
        await stage.program.kill()


def test_the_bound_leaves_service_managers_their_ten_seconds():
    assert WITHIN_S == 8.0


@pytest.mark.parametrize("first_bytes", [0, pytest.param(40, marks=pytest.mark.long)])
async def test_while_the_gateway_hangs_before_and_within_its_answer(stage, first_bytes):
    await stage.runs()
    stage.to_gateway.sticks(b"/sessions", first_bytes)
    await stage.to_gateway.stuck()
    await stage.obeys()


@pytest.mark.long
async def test_while_telegram_takes_connections_and_never_answers(stage):
    stage.to_telegram.sticks(b"POST ")
    stage.starts()
    await stage.program.start()
    await stage.to_telegram.stuck()
    await stage.obeys()


@pytest.mark.long
async def test_while_it_starts_on_a_database_that_another_program_holds(stage):
    await stage.runs()
    await stage.program.stop()
    path = stage.folder / "repair.db"
    with contextlib.closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await stage.program.start()
        claim = stage.folder / "repair.db.lock"
        await eventually(lambda: claim.read_text() == f"{stage.program.pid}\n")
        # It waits to write now, or has given that up by itself a moment ago.
        assert await stage.program.stop() in {0, 1, CUT_OFF}


async def test_while_a_long_poll_hangs(stage):
    await stage.runs()
    stage.to_telegram.sticks(b"/getUpdates")
    await stage.to_telegram.stuck()
    await stage.obeys()


@pytest.mark.parametrize(
    ("call", "words"), [(b"/sendPhoto", f"/qr {NEW}"), (b"/sendMessage", "/status")]
)
async def test_while_telegram_hangs_on_what_it_is_sent(stage, call, words):
    await stage.runs()
    stage.to_telegram.sticks(call)
    stage.telegram.say(ANNA.id, ANNA.id, words)
    await stage.to_telegram.stuck()
    await stage.obeys()


async def test_while_another_program_holds_the_database(stage):
    await stage.runs()
    path = stage.folder / "repair.db"
    with contextlib.closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "Не получилось" in (await stage.answers(f"/mute {ONE} 1h")).text
        stage.telegram.say(ANNA.id, ANNA.id, f"/mute {ONE} 2h")
        await stage.obeys()


@pytest.mark.long
async def test_while_nobody_reads_its_log(stage):
    os.mkfifo(stage.log)
    pipe = os.open(stage.log, os.O_RDWR | os.O_NONBLOCK)
    try:
        await stage.runs()
        with contextlib.suppress(BlockingIOError):
            while True:  # no room for another line
                os.write(pipe, b"x" * 4096)
        assert await stage.program.stop() == CUT_OFF
    finally:
        os.close(pipe)


async def test_while_the_log_it_follows_is_a_pipe_and_a_gateway_writes_no_word(stage):
    os.mkfifo(stage.folder / "gateway.log")
    await stage.runs(GATEWAY_LOG=str(stage.folder / "*.log"))
    assert await stage.obeys() == 0


@pytest.mark.long
async def test_while_a_test_message_is_on_its_way(stage):
    await stage.runs()
    while "На связи" not in (await stage.answers(f"/status {ONE}")).text:
        pass
    stage.to_gateway.sticks(b"/send")
    stage.telegram.say(ANNA.id, ANNA.id, f"/probe {ONE}")
    await stage.to_gateway.stuck()
    await stage.obeys()


@pytest.mark.long
async def test_while_the_restart_command_runs_for_ever_and_it_ends_with_the_program(stage):
    pid, script = stage.folder / "pid", stage.folder / "restart.py"
    script.write_text(FOR_EVER)
    command = f"{sys.executable} {script} {pid}"
    await stage.runs(GATEWAY_RESTART_COMMAND=command)
    question = await stage.answers("/restart")
    yes = next(button for button in question.buttons if "callback_data" in button)
    stage.telegram.press(ANNA.id, ANNA.id, question, yes["callback_data"])
    await eventually(lambda: pid.exists() and pid.read_text())
    await stage.obeys()
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


@pytest.mark.long
async def test_while_the_dead_mans_switch_hangs(stage):
    async with Passage(stage.to_telegram.url) as to_switch:
        to_switch.sticks(b" ")
        await stage.runs(HEARTBEAT_URL=f"{to_switch.url}/beat")
        await to_switch.stuck()
        await stage.obeys()
