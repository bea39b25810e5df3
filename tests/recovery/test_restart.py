"""The restart of a gateway's process, with real programs."""

import asyncio
import contextlib
import os
import sys
from contextlib import aclosing
from pathlib import Path

import pytest
from doubles import Clock, ScriptedGateway

from bot.domain.access import UserId
from bot.domain.company import GatewayName
from bot.domain.gateway_restart import Restarted, RestartOutcome, RestartStep
from bot.domain.timing import Timing
from bot.gateways.base import GatewayUnreachable
from bot.recovery.restart import OUTPUT_BYTES, RestartCommand
from storage.database import Database
from storage.recovery import restarts

GATEWAY = GatewayName("ai_admin")
ANNA = UserId(1001)
QUICK = Timing(restart_limit_s=5, restart_wait_s=0.2, restart_poll_s=0.02)


@pytest.fixture
async def database(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'repair.db'}")
    await database.open()
    yield database
    await database.close()


def restart_by(database, code, *args, gateway=None, timing=QUICK, **environment):
    command = [sys.executable, "-c", code, *map(str, args)]
    return RestartCommand(
        database,
        {GATEWAY: gateway or ScriptedGateway()},
        {GATEWAY: command},
        lambda: environment,
        timing=timing,
        clock=Clock(),
    )


async def end_of(restart):
    async with aclosing(restart.run(GATEWAY, ANNA)) as steps:
        return [step async for step in steps][-1]


async def test_it_runs_the_command_and_waits_for_the_gateway(database):
    steps = [step async for step in restart_by(database, "").run(GATEWAY, ANNA)]
    assert steps[:2] == [RestartStep.COMMAND, RestartStep.ANSWER]
    assert (steps[2].outcome, steps[2].answers, steps[2].exit_code) == ("done", True, 0)


async def test_arguments_meet_no_shell(database):
    end = await end_of(restart_by(database, "import sys; print(sys.argv[1:])", "$HOME; ls | wc"))
    assert "['$HOME; ls | wc']" in end.output


async def test_a_command_that_fails_says_its_code(database):
    end = await end_of(restart_by(database, "raise SystemExit(3)"))
    assert (end.outcome, end.exit_code, end.answers) == (RestartOutcome.FAILED, 3, True)


async def test_a_program_that_is_not_there_is_named_so(database):
    restart = restart_by(database, "")
    restart._commands = {GATEWAY: ["no-such-program-anywhere"]}
    assert (await end_of(restart)).outcome is RestartOutcome.NOT_STARTED


async def test_a_gateway_that_stays_silent_is_not_called_back(database):
    silent = ScriptedGateway(failure=GatewayUnreachable("no answer"))
    end = await end_of(restart_by(database, "", gateway=silent))
    assert (end.outcome, end.answers) == (RestartOutcome.DONE, False)


async def test_a_command_that_hangs_is_ended_with_all_it_started(database, tmp_path):
    told = tmp_path / "pid"
    code = (
        "import subprocess, sys, pathlib\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "pathlib.Path(sys.argv[1]).write_text(str(child.pid))\n"
        "child.wait()"
    )
    hasty = Timing(restart_limit_s=3, restart_wait_s=0.1, restart_poll_s=0.02)
    end = await end_of(restart_by(database, code, told, timing=hasty))
    assert end.outcome is RestartOutcome.TOO_LONG
    assert await is_gone(int(told.read_text()))


async def test_a_gateway_that_keeps_the_output_open_does_not_hold_us(database):
    code = (
        "import subprocess, sys\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(3)'])\n"
        "print('started')"
    )
    async with asyncio.timeout(2.9):
        end = await end_of(restart_by(database, code))
    assert "started" in end.output


async def test_secrets_in_the_output_are_hidden_and_only_its_end_is_kept(database):
    code = f"print('x' * {OUTPUT_BYTES} + ' token=abcdefgh12345678 79001234567 end')"
    end = await end_of(restart_by(database, code))
    assert "abcdefgh12345678" not in end.output
    assert "79001234567" not in end.output
    assert end.output.rstrip().endswith("end")
    assert len(end.output) <= OUTPUT_BYTES


async def test_the_command_sees_the_environment_it_is_given_and_no_more(database):
    code = "import os; print(sorted(os.environ))"
    end = await end_of(restart_by(database, code, PATH=os.defpath, LC_ALL="C"))
    assert "PATH" in end.output
    assert "HOME" not in end.output


async def test_two_restarts_of_a_gateway_never_overlap(database):
    restart = restart_by(database, "")
    async with aclosing(restart.run(GATEWAY, ANNA)) as first:
        await anext(first)
        assert (await end_of(restart)).outcome is RestartOutcome.BUSY


async def test_a_restart_that_died_with_its_bot_does_not_block_the_next(database):
    clock = Clock()
    async with database.writing() as tx:
        assert await restarts.begin(tx, GATEWAY, ANNA, 60, clock())
        assert await restarts.begin(tx, GATEWAY, ANNA, 60, clock()) is None
        clock.push(61)
        assert await restarts.begin(tx, GATEWAY, ANNA, 60, clock())


async def test_a_repr_shows_nothing_that_was_printed():
    assert "secret" not in repr(Restarted(outcome=RestartOutcome.DONE, output="secret"))


async def is_gone(pid):
    """Whether a process has ended, or does so soon."""
    never = asyncio.Event()
    for _ in range(40):
        if not lives(pid):
            return True
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(never.wait(), 0.05)
    return False


def lives(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"
