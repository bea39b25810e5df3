"""Restart a gateway's process by the operator's own command, and see whether it answers again.

The command is a list of arguments and meets no shell. What it prints is kept for the audit row
alone: it may name paths and hosts.
"""

import asyncio
import os
import signal
import tempfile
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import IO

from bot.domain.access import UserId
from bot.domain.company import GatewayName
from bot.domain.gateway_restart import Restarted, RestartOutcome, RestartStep
from bot.domain.redaction import redacted
from bot.domain.timing import Timing
from bot.gateways.base import GatewayAdapter, GatewayError
from bot.recovery.steps import Stage, Step, walk
from storage.database import Database
from storage.recovery import restarts

OUTPUT_BYTES = 2000  # of its end, where errors stand

_Ended = tuple[RestartOutcome, int | None]
_Steps = tuple[Step[RestartStep, Restarted], ...]


class RestartCommand:
    """Runs the command of a gateway. `environment` is all it receives of our environment."""

    def __init__(
        self,
        database: Database,
        gateways: Mapping[GatewayName, GatewayAdapter],
        commands: Mapping[GatewayName, Sequence[str]],
        environment: Callable[[], Mapping[str, str]],
        *,
        timing: Timing,
        clock: Callable[[], datetime],
    ) -> None:
        self._db = database
        self._gateways = gateways
        self._commands = commands
        self._environment = environment
        self._timing = timing
        self._clock = clock

    def possible(self, gateway: GatewayName) -> bool:
        """Whether a restart command is configured for this gateway."""
        return bool(self._commands.get(gateway))

    async def run(
        self, gateway: GatewayName, asked_by: UserId
    ) -> AsyncGenerator[RestartStep | Restarted]:
        """Restart it; a Restarted comes last."""
        stale_s = 2 * (self._timing.restart_limit_s + self._timing.restart_wait_s)
        async with self._db.writing() as tx:
            row_id = await restarts.begin(tx, gateway, asked_by, stale_s, self._clock())
        if row_id is None:
            yield Restarted(outcome=RestartOutcome.BUSY)
            return
        run = _RestartRun(began=self._clock())
        steps: _Steps = (
            Step(partial(self._command, gateway, run), RestartStep.COMMAND),
            Step(partial(self._ended, gateway, run), RestartStep.ANSWER),
        )
        walking = walk((Stage(steps),), _told)
        try:
            async with aclosing(walking) as events:
                async for event in events:
                    yield event
        finally:
            async with self._db.writing() as tx:
                await restarts.finish(tx, row_id, run.outcome, self._clock())

    async def _command(self, gateway: GatewayName, run: "_RestartRun") -> None:
        with tempfile.TemporaryFile() as output:
            run.outcome, run.exit_code = await self._carried_out(self._commands[gateway], output)
            run.output = await asyncio.to_thread(_tail, output)

    async def _ended(self, gateway: GatewayName, run: "_RestartRun") -> Restarted:
        answers = await self._answers(gateway)
        return Restarted(
            outcome=run.outcome,
            answers=answers,
            exit_code=run.exit_code,
            took=self._clock() - run.began,
            output=run.output,
        )

    async def _carried_out(self, command: Sequence[str], output: IO[bytes]) -> _Ended:
        """Run it to its end, or to the limit.

        It prints into a file: a pipe would be held open by the gateway that it starts, and would
        choke that gateway once we close our end.
        """
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
                env=dict(self._environment()),
                start_new_session=True,
            )
        except (OSError, ValueError):
            return RestartOutcome.NOT_STARTED, None
        try:
            async with asyncio.timeout(self._timing.restart_limit_s):
                exit_code = await process.wait()
        except TimeoutError:
            return RestartOutcome.TOO_LONG, None
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
        return (RestartOutcome.FAILED if exit_code else RestartOutcome.DONE), exit_code

    async def _answers(self, gateway: GatewayName) -> bool:
        """Ask until it answers, or until the timeout."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._timing.restart_wait_s):
                while True:
                    with suppress(GatewayError, KeyError):  # it may be taken out meanwhile
                        await self._gateways[gateway].ping()
                        return True
                    await asyncio.sleep(self._timing.restart_poll_s)
        return False


@dataclass(kw_only=True)
class _RestartRun:
    """One restart under way: what its command came to."""

    began: datetime
    outcome: RestartOutcome = RestartOutcome.INTERRUPTED
    exit_code: int | None = None
    output: str = ""


async def _told(step: RestartStep) -> RestartStep:
    """No step of it is stored: after a crash nobody can tell whether the command still runs."""
    return step


def _tail(output: IO[bytes]) -> str:
    size = output.seek(0, os.SEEK_END)
    output.seek(max(0, size - OUTPUT_BYTES))
    return redacted(output.read().decode(errors="replace"))
