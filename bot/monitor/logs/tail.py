"""One log file, held open and read as it grows. Blocking: it runs in a thread."""

import hashlib
import os
import stat
from datetime import datetime
from pathlib import Path

from bot.monitor.logs.lines import LineCutter
from bot.monitor.logs.unwrapper import Unwrapper
from storage.logs.log_positions import LogPosition

HEAD_BYTES = 256
BEFORE_BYTES = 64 * 1024  # read again at a start, for a line that was begun there
BACKLOG_BYTES = 64 * 1024 * 1024  # what is older is given up, so that news are read in time


class Tail:
    """Reads on from a position. Held open, a file that was renamed can be read to its end."""

    def __init__(self, path: Path, followed_at: datetime) -> None:
        """OSError when the file cannot be opened; OSError too when it is none."""
        self.path = path
        self.followed_at = followed_at
        # A pipe of that name would block the first reader for ever.
        self._fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        found = os.fstat(self._fd)
        if not stat.S_ISREG(found.st_mode):
            os.close(self._fd)
            raise OSError("it is not a regular file")
        self.identity = (found.st_dev, found.st_ino)
        self.unwrapper = Unwrapper()
        self._read_to = 0
        self._cutter = LineCutter()
        self._head_bytes = min(HEAD_BYTES, found.st_size)
        self._head = self._hash_of_head()

    def begin_at(self, position: int) -> None:
        """Read from here on; `position` is where a line begins."""
        self._read_to, self._cutter = position, LineCutter()
        self._catch_up()

    def begin_at_end(self) -> None:
        """Read only what is written from now on."""
        self._read_to = os.fstat(self._fd).st_size
        self._cutter = LineCutter(within_line=not self._ends_a_line(self._read_to))
        self._catch_up()

    def continues(self, stored: LogPosition) -> bool:
        """Whether this is the file that was read before, and has only grown since."""
        size = os.fstat(self._fd).st_size
        if self.identity[1] != stored.inode or size < stored.position:
            return False
        return _hash(os.pread(self._fd, stored.head_bytes, 0)) == stored.head

    def read(self, most_bytes: int) -> tuple[list[str], bool]:
        """The next lines, and whether anything was read. A file that was emptied begins anew."""
        size = os.fstat(self._fd).st_size
        if size == self._read_to:
            return [], False
        if size < self._read_to or self._hash_of_head() != self._head:
            self._read_to, self._cutter = 0, LineCutter()  # a line begun before may go on in it
            self._head_bytes, self._head = 0, _hash(b"")
        if size - self._read_to > BACKLOG_BYTES:
            self._read_to = size - BACKLOG_BYTES
            self._cutter = LineCutter(within_line=True)
            self._catch_up()
        data = os.pread(self._fd, most_bytes, self._read_to)
        self._read_to += len(data)
        if self._head_bytes < HEAD_BYTES:
            self._head_bytes = min(HEAD_BYTES, size)
            self._head = self._hash_of_head()
        return self._cutter.feed(data), bool(data)

    def finish(self) -> list[str]:
        """The unfinished last line, and an end to it."""
        os.close(self._fd)
        return self._cutter.finish()

    def position(self, now: datetime) -> LogPosition:
        """Where a later program goes on."""
        return LogPosition(
            path=str(self.path),
            inode=self.identity[1],
            position=self._read_to - self._cutter.pending,
            head=self._head,
            head_bytes=self._head_bytes,
            followed_at=self.followed_at,
            read_at=now,
        )

    def _catch_up(self) -> None:
        """Know which wrapped lines are unfinished where reading begins."""
        start = max(0, self._read_to - BEFORE_BYTES)
        if self._read_to == 0:
            return
        before = os.pread(self._fd, self._read_to - start, start)
        cutter = LineCutter(within_line=start > 0)
        self.unwrapper.catch_up(cutter.feed(before), from_start=start == 0)

    def _ends_a_line(self, position: int) -> bool:
        return position == 0 or os.pread(self._fd, 1, position - 1) == b"\n"

    def _hash_of_head(self) -> str:
        return _hash(os.pread(self._fd, self._head_bytes, 0))


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
