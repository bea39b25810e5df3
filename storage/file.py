"""A SQLite database as a file: who may use it, and whether it still is the one that was opened."""

import contextlib
import fcntl
import os
import sqlite3
from pathlib import Path
from typing import Self

import structlog

from bot.domain.database_trouble import DatabaseTrouble
from storage.errors import DatabaseInUse, DatabaseUnusable

log = structlog.get_logger()

_HELD = (BlockingIOError, PermissionError)  # what flock(2) says when another one holds it


class FileClaim:
    """Says to every other bot that this file is taken, for as long as this process lives.

    An advisory lock on a file of its own, beside the database: SQLite's locks on the database
    itself would be lost the moment any other descriptor of it is closed in this process. It ends
    with the process, however that ends, so that nobody has to clear it away; the file stays.
    """

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, path: Path, name: str) -> Self:
        """DatabaseInUse when another program has it; OSError when no file can be made there.

        DatabaseInUse as well when the file has other names: whether a program runs on it under one
        of them cannot be seen, and two would keep a journal each, which destroys the database.
        """
        found = identity(path)
        if found is not None and path.stat().st_nlink > 1:
            raise DatabaseInUse(_more_names(name))
        beside = claim_path(path)
        descriptor = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except _HELD as error:
            holder = _holder(descriptor)
            os.close(descriptor)
            raise DatabaseInUse(_refusal(name, holder)) from error
        except OSError as error:
            # A file system that knows no locks: better unguarded than not running at all.
            log.warning("database_not_locked", path=str(beside), error=str(error))
            os.close(descriptor)
            return cls(None)
        with contextlib.suppress(OSError):  # a full disk takes no number; the lock holds anyway
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        return cls(descriptor)

    def release(self) -> None:
        """Let another one have it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def claim_path(path: Path) -> Path:
    """The file that is locked. Links to one database lead to one lock."""
    real = path.resolve()
    return real.with_name(f"{real.name}.lock")


def identity(path: Path) -> tuple[int, int] | None:
    """Which file lies at this path, None when there is none. OSError when nobody can tell."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_dev, found.st_ino


def trouble_at(path: Path, opened: tuple[int, int] | None) -> DatabaseTrouble | None:
    """Whether another file, or none, lies where `opened` was."""
    if opened is None:
        return None
    try:
        found = identity(path)
    except OSError:  # the way to it is closed, its server does not answer
        return DatabaseTrouble.AWAY
    if found is None:
        return DatabaseTrouble.DELETED
    return None if found == opened else DatabaseTrouble.REPLACED


def make_directory(path: Path) -> None:
    """The one that the file lies in."""
    with contextlib.suppress(FileExistsError):
        path.parent.mkdir(parents=True)


def prepare_file(path: Path) -> None:
    """Make the directory, and see that the file opens: sqlite3.Error or OSError when it does not.

    A connection that fails inside aiosqlite leaves a thread that reports to a closed event loop.
    """
    make_directory(path)
    with contextlib.suppress(FileExistsError):
        path.touch(mode=0o600, exist_ok=False)  # it holds phone numbers: nobody else's to read
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA schema_version")


def copy(source: Path, target: Path) -> int:
    """Copy all that is committed; the size of the copy.

    The file appears under its name only when it is whole; nobody else may read it.
    """
    if target.exists():
        raise DatabaseUnusable(f"{target} is there already; name a file that is not.")
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    try:
        address = f"{source.absolute().as_uri()}?mode=rw"  # rw: made it is not, if it is not there
        with contextlib.closing(sqlite3.connect(address, uri=True)) as connection:
            connection.execute("VACUUM INTO ?", (str(part),))
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)
    return target.stat().st_size


def _holder(descriptor: int) -> str:
    """The number of the process that has it, as far as it was written down."""
    with contextlib.suppress(OSError, ValueError):
        return str(int(os.pread(descriptor, 20, 0)))
    return ""


def _more_names(name: str) -> str:
    return (
        f"The file of the database {name} has more than one name (hard links): programs that use "
        "it by different ones destroy it. Find them with `find DIRECTORY -samefile FILE`, leave "
        "one name, and set DATABASE_URL to that; a copy is made by `repair-bot backup`."
    )


def _refusal(name: str, holder: str) -> str:
    process = f" (process {holder})" if holder else ""
    return (
        f"Another bot{process} is running on the database {name}: two would tell everything twice. "
        "Stop that one first, or give this one a DATABASE_URL of its own; several that share the "
        "work need PostgreSQL."
    )
