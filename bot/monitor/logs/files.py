"""Every log file that the globs name, through rotation. Blocking: it runs in a thread.

A file is known by its inode: renamed within the globs it is still the same, renamed out of them it
is read until its writer has left. What a writer adds between the copy and the truncation of a
`copytruncate` is lost, for logrotate loses it too.
"""

import glob
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from bot.monitor.logs.log_line import NOTHING, LogLine, read_line, understood
from bot.monitor.logs.tail import Tail
from bot.monitor.logs.unwrapper import Unwrapper
from storage.logs.log_positions import LogPosition

log = structlog.get_logger()

MOST_FILES = 100
_BYTES_PER_PASS, _LEAST_SHARE = 1024 * 1024, 64 * 1024
_PASSES_PER_GLOB = 4  # new files may be found a second late
_LINGER = timedelta(seconds=10)  # a writer reopens its log within a second or two

Identity = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Found:
    """A line that says something, and the path of its file."""

    path: str
    line: LogLine


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What one pass found, and how far it came in the files in which it read."""

    found: Sequence[Found]
    positions: Sequence[LogPosition]


@dataclass(kw_only=True)
class Tally:
    """How many lines of a file were read, and how many of them understood."""

    since: datetime
    lines: int = 0
    understood: int = 0


class LogFiles:
    """Follows files by their globs. One pass at a time."""

    def __init__(self, globs: Iterable[str], stored: Sequence[LogPosition]) -> None:
        """`stored` is how far an earlier program came. What it did not know begins at its end."""
        self._globs = tuple(globs)
        self._stored = {log_position.path: log_position for log_position in stored}
        self._tails: dict[Identity, Tail] = {}
        self._moved_at: dict[Identity, datetime] = {}
        self._tallies = {at.path: _tally_of(at) for at in stored if at.counted_since is not None}
        self._paths: tuple[str, ...] = ()
        self._old: set[str] = set()  # there before the first pass
        self._passes = 0
        self._refused: dict[str, str] = {}  # logged already

    def read(self, now: datetime) -> Reading:
        """Find files and read on in each. Bounded: the next pass goes on with what is left."""
        self._find()
        present = self._present(now)
        paths = {str(self._tails[identity].path) for identity in present}
        share = max(_LEAST_SHARE, _BYTES_PER_PASS // max(1, len(self._tails)))
        found: list[Found] = []
        positions: list[LogPosition] = []
        for identity, tail in list(self._tails.items()):
            lines, moved = self._read(tail, share)
            # A new file's place is told before anything is read in it: a restart may come first.
            moved = moved or identity not in self._moved_at
            if moved or identity in present:
                self._moved_at[identity] = now
            if now - self._moved_at[identity] > _LINGER:
                lines += self._let_go(identity)
            path = str(tail.path)
            tally = self._tallies.setdefault(path, Tally(since=now))
            found += _telling(tail, lines, tally)
            # A rotated file whose name has a successor leaves the name's position to that one.
            if moved and (identity in present or path not in paths):
                positions.append(_counted(tail.position(now), tally))
        return Reading(found=found, positions=positions)

    def close(self) -> None:
        """Let go of every file."""
        for identity in list(self._tails):
            self._let_go(identity)

    def _find(self) -> None:
        if self._passes % _PASSES_PER_GLOB == 0:
            # Path.glob knows no absolute patterns.
            paths = {path for pattern in self._globs for path in glob.glob(pattern)}  # noqa: PTH207
            self._paths = tuple(sorted(paths)[:MOST_FILES])
            if len(paths) > MOST_FILES:
                self._refuse(", ".join(self._globs), f"only {MOST_FILES} files are followed")
        if self._passes == 0:
            self._old = set(self._paths)
        self._passes += 1

    def _present(self, now: datetime) -> set[Identity]:
        """The files that have one of the paths now, each of them open."""
        present: set[Identity] = set()
        for path in self._paths:
            try:
                status = Path(path).stat()
                tail = self._tails.get((status.st_dev, status.st_ino)) or self._open(path, now)
            except FileNotFoundError:
                continue  # between a rename and its successor
            except OSError as error:
                self._refuse(path, _reason(error))
                continue
            self._refused.pop(path, None)
            if tail.identity not in present:  # a link to the same file counts once
                tail.path = Path(path)
                present.add(tail.identity)
        return present

    def _open(self, path: str, now: datetime) -> Tail:
        tail = Tail(Path(path), now)
        if tail.identity in self._tails:  # renamed just now
            tail.finish()
            return self._tails[tail.identity]
        # What was stored is of use once: after a rotation the same path is another file.
        before = next(
            (
                log_position
                for log_position in self._stored.values()
                if tail.continues(log_position)
            ),
            None,
        )
        had_path = self._stored.pop(path, None)
        if before is not None:
            tail.begin_at(before.position)
            tail.followed_at = before.followed_at
            self._stored.pop(before.path, None)
        elif had_path is not None:
            self._open_rotated(had_path, now)
            tail.unwrapper = self._unwrapper_of(had_path.path) or tail.unwrapper
        elif path in self._old:
            tail.begin_at_end()
        else:
            tail.unwrapper = self._unwrapper_of(path) or tail.unwrapper
        self._old.discard(path)
        self._tails[tail.identity] = tail  # behind the rotated one: that has the older lines
        log.info("log followed", path=path)
        return tail

    def _open_rotated(self, stored: LogPosition, now: datetime) -> None:
        """Find the file that had this path when the program ended, to read the rest of it."""
        with os.scandir(Path(stored.path).parent) as siblings:
            names = [sibling.path for sibling in siblings if sibling.inode() == stored.inode]
        for name in names:
            tail = Tail(Path(name), now)
            if tail.continues(stored) and tail.identity not in self._tails:
                tail.begin_at(stored.position)
                tail.path = Path(stored.path)  # until it is found under a name of its own
                self._tails[tail.identity] = tail
            else:
                tail.finish()

    def _unwrapper_of(self, path: str) -> Unwrapper | None:
        """Of the file that had this path until now: a long line may go on in its successor."""
        return next((t.unwrapper for t in self._tails.values() if str(t.path) == path), None)

    def _read(self, tail: Tail, most_bytes: int) -> tuple[list[str], bool]:
        try:
            return tail.read(most_bytes)
        except OSError as error:
            self._refuse(str(tail.path), _reason(error))
            return [], False

    def _let_go(self, identity: Identity) -> list[str]:
        self._moved_at.pop(identity, None)
        return self._tails.pop(identity).finish()

    def _refuse(self, path: str, reason: str) -> None:
        if self._refused.get(path) != reason:
            log.warning("log not followed", path=path, reason=reason)
        self._refused[path] = reason


def _reason(error: OSError) -> str:
    return error.strerror or str(error)


def _telling(tail: Tail, lines: Iterable[str], tally: Tally) -> Iterable[Found]:
    """What is known of these lines. Here the lines themselves end."""
    path = str(tail.path)
    for text in lines:
        for inner in tail.unwrapper.feed(text):
            line = read_line(inner.text, inner.at)
            if inner.text.strip():
                tally.lines += 1
                tally.understood += understood(inner.text, line)
            if line is not NOTHING:
                yield Found(path=path, line=line)


def _counted(position: LogPosition, tally: Tally) -> LogPosition:
    return replace(
        position, counted_since=tally.since, lines=tally.lines, understood=tally.understood
    )


def _tally_of(position: LogPosition) -> Tally:
    since = position.counted_since or position.followed_at
    return Tally(since=since, lines=position.lines, understood=position.understood)
