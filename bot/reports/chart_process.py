"""Has pictures drawn by a child process, so that the bot itself never loads what draws them.

matplotlib takes 60 MB and never gives them back; the child takes them with it when it ends.
"""

import asyncio
import json
import sys
from contextlib import suppress
from typing import Any

import structlog

from bot.domain.report import Day, PictureWords, Piece, Report

PATIENCE_S = 30
_PROGRAM = "bot.reports.charts"

log = structlog.get_logger()


class ChartProcess:
    """Draws one picture at a time."""

    def __init__(self, *, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._one_at_a_time = asyncio.Lock()

    async def draw(self, report: Report, words: PictureWords) -> bytes | None:
        """A PNG; None when the child failed or took too long."""
        asked = json.dumps(order(report, words)).encode()
        async with self._one_at_a_time:
            return await self._ask(asked)

    async def _ask(self, asked: bytes) -> bytes | None:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", _PROGRAM,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            async with asyncio.timeout(self._patience_s):
                png, errors = await child.communicate(asked)
        except TimeoutError:
            log.warning("picture_timed_out", patience_s=self._patience_s)
            return None
        finally:
            if child.returncode is None:
                with suppress(ProcessLookupError):
                    child.kill()
                await child.wait()
        if child.returncode != 0:
            log.warning("a picture was not drawn", said=errors.decode(errors="replace")[-500:])
            return None
        return png


def order(report: Report, words: PictureWords) -> dict[str, Any]:
    """What the child is told: numbers and words, nothing to look up."""
    several = report.company is None
    most = [day.files for day in report.daily if day.files is not None]
    return {
        "title": words.title,
        "strip_title": words.strip,
        "kinds": {kind.value: word for kind, word in words.kinds.items()},
        "reconnects_title": words.reconnects,
        "files_title": words.files,
        "begin": report.begin.timestamp(),
        "end": report.end.timestamp(),
        "zone": report.zone,
        "strip": [_piece(piece) for piece in report.pieces],
        "down": [day.down for day in report.daily] if several else [],
        "days": [_day(day) for day in report.daily],
        "reconnects": [day.reconnects for day in report.daily],
        "reconnects_limit": report.total.reconnects_limit,
        "files": [day.files for day in report.daily] if most else [],
        "files_limit": report.total.files.limit,
        "target_word": words.target,
    }


def _piece(piece: Piece) -> tuple[str, float, float]:
    return (piece.kind.value, piece.begin.timestamp(), piece.end.timestamp())


def _day(day: Day) -> str:
    return f"{day.on.day:02}.{day.on.month:02}"
