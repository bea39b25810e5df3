"""The bot as a child process, set up by environment variables alone."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from bot.cli.demo import TOKEN

ROOT = Path(__file__).parents[1]
HELD = "held the loop for"  # what bench.watched begins such a line with


class Program:
    """`python -m bot`, or another module in its place, started and killed as often as wanted."""

    def __init__(self, environ: Mapping[str, str], log: Path, module: str = "bot") -> None:
        # Nothing of this shell's own settings may leak in.
        self._environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environ}
        self._log = log
        self._module = module
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Begin; what it prints goes to the log file."""
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", self._module, env=self._environ, cwd=self._log.parent,
                stdout=log, stderr=log,
            )  # fmt: skip

    @property
    def pid(self) -> int:
        """Of the running process. RuntimeError when there is none."""
        if self._process is None:
            raise RuntimeError("it is not running")
        return self._process.pid

    async def kill(self) -> None:
        """SIGKILL: no chance to tidy up."""
        await self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """SIGSTOP: it is there, and does nothing."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        os.kill(self.pid, signal.SIGCONT)

    def said(self, word: str) -> bool:
        """Whether it ever logged this."""
        return word in self._log.read_text(errors="replace")

    def held_ms(self) -> list[float]:
        """For how long its watchdog saw the event loop held, each time (bench.watched)."""
        lines = self._log.read_text(errors="replace").splitlines()
        return [float(line.split()[4]) for line in lines if line.startswith(HELD)]

    async def stop(self) -> int:
        """SIGTERM, as a service manager does; the exit status."""
        return await self._end(signal.SIGTERM)

    async def _end(self, number: signal.Signals) -> int:
        if self._process is None:
            return 0
        if self._process.returncode is None:
            self._process.send_signal(number)
        async with asyncio.timeout(30):
            status = await self._process.wait()
        self._process = None
        return status


def environ_for(folder: Path, telegram_url: str, gateway_url: str, chat_id: int) -> dict[str, str]:
    """What an operator would set, for servers on this machine."""
    return {
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_CHAT_ID": str(chat_id),
        "TELEGRAM_API_URL": telegram_url,
        "OWNER_IDS": "1001",
        "GATEWAY_URL": gateway_url,
        "DATABASE_URL": f"sqlite:///{folder / 'repair.db'}",
        "LISTEN": "127.0.0.1:0",
        "CHECK_INTERVAL": "2",
        # All that is listed is watched from the first look on.
        "MAX_COMPANIES": "100000",
        "MAX_NEW_COMPANIES": "100000",
    }
