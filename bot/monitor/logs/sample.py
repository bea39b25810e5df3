"""Reads the end of a log once, to know whether it could be followed with profit. Blocking."""

import os
from dataclasses import dataclass
from pathlib import Path

from bot.monitor.logs.lines import LineCutter
from bot.monitor.logs.log_line import read_line, understood
from bot.monitor.logs.unwrapper import Unwrapper

_BYTES = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Of the last lines of a file, how many there are and how many are understood."""

    path: str
    lines: int
    understood: int


def sample(path: str) -> Sample:
    """What the follower would make of its last lines. OSError when it cannot be read."""
    with Path(path).open("rb") as file:
        start = max(0, os.fstat(file.fileno()).st_size - _BYTES)
        file.seek(start)
        cutter, unwrapper = LineCutter(within_line=start > 0), Unwrapper()
        lines = [*cutter.feed(file.read(_BYTES)), *cutter.finish()]
    inner = [found.text for line in lines for found in unwrapper.feed(line) if found.text.strip()]
    known = sum(understood(text, read_line(text)) for text in inner)
    return Sample(path=path, lines=len(inner), understood=known)
