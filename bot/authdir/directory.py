"""Opening and listing a directory without ever following a link inside it."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bot.authdir.errors import DirectoryInTheWay, NotADirectory, SymlinkRefused, error_of

PRIVATE = 0o700

_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """One name in a directory; a link is described itself, not its target."""

    name: str
    stat: os.stat_result

    @property
    def is_file(self) -> bool:
        """Whether it is a plain file: no link, no directory, no pipe."""
        return stat.S_ISREG(self.stat.st_mode)

    @property
    def is_dir(self) -> bool:
        """Whether it is a real directory."""
        return stat.S_ISDIR(self.stat.st_mode)


@contextmanager
def opened(path: Path, *, at: int | None = None, follow: bool = False) -> Iterator[int | None]:
    """A descriptor of the directory, or None when there is nothing under that name.

    With `at`, the last part of `path` is looked up in that open directory. Once opened, the
    directory stays the same one even if its name is given to another. Raises SymlinkRefused (not
    with `follow`), NotADirectory, NotReadable.
    """
    fd = _open(path, at=at, follow=follow)
    try:
        yield fd
    finally:
        if fd is not None:
            os.close(fd)


@contextmanager
def private(path: Path, *, at: int) -> Iterator[int]:
    """A descriptor of a directory in `at` that its owner alone may enter; made where it is missing.

    Raises what `opened` raises, and DirectoryInTheWay when it vanishes while it is needed.
    """
    try:
        with suppress(FileExistsError):
            os.mkdir(path.name, PRIVATE, dir_fd=at)
        with opened(path, at=at) as fd:
            if fd is None:
                raise DirectoryInTheWay(f"{path} vanished while it was needed")
            if os.fstat(fd).st_mode & 0o777 != PRIVATE:
                os.fchmod(fd, PRIVATE)
            yield fd
    except OSError as error:
        raise error_of(error, path) from error


def _open(path: Path, *, at: int | None, follow: bool) -> int | None:
    name = path if at is None else path.name
    try:
        return os.open(name, _FLAGS if follow else _FLAGS | os.O_NOFOLLOW, dir_fd=at)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno in (errno.ENOTDIR, errno.ELOOP):  # systems disagree on what a link gives
            raise _not_a_directory(path) from error
        raise error_of(error, path) from error


def _not_a_directory(path: Path) -> NotADirectory | SymlinkRefused:
    if path.is_symlink():
        return SymlinkRefused(f"{path} is a symbolic link")
    return NotADirectory(f"{path} is not a directory")


def scan(fd: int, path: Path, *, hidden: bool = False) -> Iterator[DirectoryEntry]:
    """What a plain listing shows: names without a leading dot unless `hidden`, in no order.

    What vanishes between listing and looking is left out, as the next listing would.
    """
    try:
        with os.scandir(fd) as entries:
            for entry in entries:
                if entry.name.startswith(".") and not hidden:
                    continue
                try:
                    found = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                yield DirectoryEntry(entry.name, found)
    except OSError as error:
        raise error_of(error, path) from error
