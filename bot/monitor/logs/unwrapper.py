"""Takes a file's lines out of their wrappers, and puts long ones together again. PURE.

What is inside is read as if it stood there alone: the same line, the same detection, and so no
more power to whoever can write into it. A piece whose beginning was not seen is dropped, for a
customer may have chosen what stands at the break.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.monitor.logs.log_line import HEAD, LONGEST_ENTRY
from bot.monitor.logs.wrappers import Layer, peel, plain

DEEPEST = 4  # PM2 with dates, in Docker, in journald
MOST_STREAMS = 16  # of which a line may be unfinished at a time
LONGEST_LINE = LONGEST_ENTRY + HEAD  # of what is longer, no more than a head is read anyway

Stream = tuple[int, str]


@dataclass(frozen=True, kw_only=True)
class Inner:
    """A line as the gateway wrote it, and when, by the wrapper's word."""

    text: str
    at: datetime | None = None


class Unwrapper:
    """Lines of one file go in, in their order; lines of the gateway come out."""

    def __init__(self) -> None:
        self._begun: dict[Stream, str | None] = {}  # None: it began where nobody looked
        self._catching_up = False
        self._met: set[Stream] = set()

    def catch_up(self, lines: Iterable[str], *, from_start: bool) -> None:
        """Know what was begun before the place where reading begins; nothing of it is told."""
        self._begun, self._met, self._catching_up = {}, set(), not from_start
        for line in lines:
            self.feed(line)
        self._catching_up = False

    def feed(self, line: str) -> list[Inner]:
        """The gateway's lines that this one completes; of a long one's first piece, none."""
        return list(self._inner(plain(line), None, 0))

    def _inner(self, text: str, at: datetime | None, depth: int) -> Iterator[Inner]:
        layer = peel(text) if depth < DEEPEST else None
        if layer is None:
            yield Inner(text=text, at=at)
            return
        for line in self._whole(layer, depth):
            yield from self._inner(plain(line), layer.at or at, depth + 1)

    def _whole(self, layer: Layer, depth: int) -> Iterable[str]:
        if not layer.stream:
            return layer.lines
        stream = (depth, layer.stream)
        unseen = self._catching_up and stream not in self._met
        self._met |= {stream} if self._catching_up else set()
        before = None if unseen else self._begun.pop(stream, "")
        joined = None if before is None else (before + "".join(layer.lines))[:LONGEST_LINE]
        if not layer.unfinished:
            return () if joined is None else (joined,)
        if len(self._begun) >= MOST_STREAMS:
            del self._begun[next(iter(self._begun))]
        self._begun[stream] = joined
        return ()
