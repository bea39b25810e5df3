"""A database: its transactions, and what differs between the two kinds beside their engines."""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.database_trouble import DatabaseTrouble
from storage.engines import (
    POSTGRES_PATIENCE_S,
    SQLITE_PATIENCE_S,
    postgres_engine,
    sqlite_engine,
)
from storage.errors import DatabaseInUse, DatabaseMoved, DatabaseUnusable
from storage.file import FileClaim, copy, identity, make_directory, prepare_file, trouble_at
from storage.lock_wait import LockWait
from storage.migrate import migrate, present
from storage.trouble import trouble_of

_SIZES = {
    True: "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    False: "SELECT pg_database_size(current_database())",
}

_LOOKS = 10
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
)

_WRITING = 731043  # an advisory lock: any number that is no other's here


def engine_url(url: str) -> URL:
    """`sqlite:///…` or `postgresql://…` as people write it, with the async driver named."""
    parsed = make_url(url)
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}
    return parsed.set(drivername=drivers.get(parsed.drivername, parsed.drivername))


# What repositories take: an open transaction. The rooms that pass it on need not know SQLAlchemy.
Transaction = AsyncConnection


class Database:
    """One database. `open` migrates it; `reading` and `writing` are the only ways in."""

    def __init__(self, url: str) -> None:
        self._url = engine_url(url)
        self._is_sqlite = self._url.get_backend_name() == "sqlite"
        self._engine = (
            sqlite_engine(self._url, self._must_be_there)
            if self._is_sqlite
            else postgres_engine(self._url)
        )
        self._file = _file_of(self._url)
        self._opened: tuple[int, int] | None = None
        self._claim: FileClaim | None = None
        # There is one writer anyway; queueing here is fair, and spares busy_timeout's polling.
        self._one_writer = asyncio.Lock()
        full_s = SQLITE_PATIENCE_S if self._is_sqlite else POSTGRES_PATIENCE_S
        self._patience = LockWait(full_s, time.monotonic)

    async def claim(self) -> None:
        """Keep other bots from this SQLite file until `close`; replicas may share a PostgreSQL.

        DatabaseInUse when one runs on it, DatabaseUnusable when no file can be made beside it.
        """
        if self._file is None or self._claim is not None:
            return
        try:
            await asyncio.to_thread(make_directory, self._file)
            self._claim = await asyncio.to_thread(FileClaim.take, self._file, self.name)
        except OSError as error:
            raise DatabaseUnusable(f"The database {self.name} cannot be used: {error}") from error

    async def open(self) -> None:
        """Create or migrate. DatabaseTooNew or DatabaseUnusable when that cannot be."""
        try:
            if self._is_sqlite and self._url.database:
                await asyncio.to_thread(prepare_file, Path(self._url.database))
            async with self.writing() as tx:
                await tx.run_sync(migrate)
            if self._file is not None:
                self._opened = await asyncio.to_thread(identity, self._file)
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            raise DatabaseUnusable(
                f"The database {self.name} cannot be used: {_root(error)}"
            ) from error

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A consistent view; nothing written in it is kept."""
        async with self._engine.connect() as connection:
            if not self._is_sqlite:
                await connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @contextlib.asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: all of it is kept, or none. One at a time, replicas included.

        So what was read in it stays true until it ends, on both databases. Where another program
        holds the database, the error comes after a few seconds, however many wait for it here.
        """
        asked_s, begun = time.monotonic(), False
        async with self._one_writer, self._engine.connect() as connection:
            tried_s, left_s = time.monotonic(), self._patience.left_s(asked_s)
            await connection.execution_options(begin_immediate=True, wait_ms=round(left_s * 1000))
            try:
                async with connection.begin():
                    if not self._is_sqlite:
                        await self._lock_out_replicas(connection, left_s)
                    self._patience.granted()
                    begun = True
                    yield connection
            except SQLAlchemyError as error:
                if not begun and trouble_of(error) is DatabaseTrouble.LOCKED:
                    self._patience.refused(tried_s)
                raise

    async def _lock_out_replicas(self, connection: AsyncConnection, left_s: float) -> None:
        if left_s < self._patience.full_s:
            limit_ms = max(1, round(left_s * 1000))  # 0 would be no limit at all
            await connection.exec_driver_sql(f"SET LOCAL lock_timeout = {limit_ms}")
        await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITING})")

    @contextlib.asynccontextmanager
    async def alone(self) -> AsyncIterator[AsyncConnection]:
        """A writing transaction while nobody else has the database open. DatabaseInUse otherwise.

        Whoever opens it later waits before writing. The transaction may idle as long as it likes.
        """
        if self._is_sqlite:
            await self._engine.dispose()  # our own connections would count as somebody's
            await asyncio.to_thread(_try_to_own, Path(self._url.database or ""), self.name)
        async with self.writing() as tx:
            if not self._is_sqlite:
                await tx.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
                await self._must_be_alone(tx)
            yield tx

    async def _must_be_alone(self, tx: AsyncConnection) -> None:
        """DatabaseInUse while others are connected; who has just left is listed for a moment."""
        for _ in range(_LOOKS):
            if (await tx.exec_driver_sql(_OTHERS)).scalar_one() == 0:
                return
            await tx.exec_driver_sql("SELECT pg_stat_clear_snapshot(), pg_sleep(0.1)")
        raise DatabaseInUse(_in_use(self.name))

    @property
    def name(self) -> str:
        """Its address, without a password."""
        return self._url.set(drivername=self._url.get_backend_name()).render_as_string()

    async def version(self) -> str | None:
        """The migration that it is at; None while there is nothing in it. Changes nothing."""
        if self._is_sqlite and not await asyncio.to_thread(Path(self._url.database or "").is_file):
            return None
        async with self.reading() as tx:
            return await tx.run_sync(present)

    async def size_bytes(self) -> int:
        """How much room it takes, free pages inside it included."""
        async with self.reading() as tx:
            size: int = (await tx.exec_driver_sql(_SIZES[self._is_sqlite])).scalar_one()
        return size

    async def backup(self, target: Path) -> int:
        """Copy all that is committed into a new file; its size. The bot may run meanwhile.

        DatabaseUnusable when the file is there already, cannot be written, or there is nothing to
        copy; for PostgreSQL always, for it has a tool of its own.
        """
        if not self._is_sqlite:
            raise DatabaseUnusable(
                "This database is PostgreSQL, whose own tool copies it while the bot runs: "
                f"pg_dump --format=custom --file={target} and the address of DATABASE_URL."
            )
        try:
            return await asyncio.to_thread(copy, Path(self._url.database or ""), target)
        except (sqlite3.Error, OSError) as error:
            raise DatabaseUnusable(f"The backup failed: {error}") from error

    async def moved(self) -> DatabaseTrouble | None:
        """Whether the file that was opened does not lie in its place any more; for SQLite only."""
        if self._file is None:
            return None
        return await asyncio.to_thread(trouble_at, self._file, self._opened)

    async def rescue(self, moment: datetime) -> Path:
        """Copy what the open file holds into a new one beside it, whose path is returned.

        For a file that was deleted or replaced: what is in it ends with this process otherwise.
        OSError or whatever the database raises when it cannot be done.
        """
        path = self._file or Path()
        target = path.with_name(f"{path.name}.rescued-{moment:%Y%m%d-%H%M%S}")
        await asyncio.to_thread(target.touch, 0o600, exist_ok=False)
        try:
            async with self._engine.connect() as connection:
                await connection.execution_options(isolation_level="AUTOCOMMIT")
                await connection.exec_driver_sql("VACUUM INTO ?", (str(target),))
        except BaseException:
            await asyncio.to_thread(target.unlink, missing_ok=True)
            raise
        return target

    async def close(self) -> None:
        """Let go of every connection. An unclosed one would keep the process from ending."""
        await self._engine.dispose()
        if self._claim is not None:
            self._claim.release()
            self._claim = None

    def _must_be_there(self) -> None:
        """DatabaseMoved rather than a connection to another file, or to a new and empty one."""
        trouble = None if self._file is None else trouble_at(self._file, self._opened)
        if trouble is not None:
            raise DatabaseMoved(trouble)


def _file_of(url: URL) -> Path | None:
    """The file of a SQLite database; None for one in memory, and for a server's."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(url.database or "")


def _try_to_own(path: Path, name: str) -> None:
    """DatabaseInUse when any other connection has the file open, be it idle."""
    with contextlib.closing(sqlite3.connect(path, timeout=0)) as connection:
        try:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("SELECT count(*) FROM sqlite_schema")
        except sqlite3.OperationalError as error:
            raise DatabaseInUse(_in_use(name)) from error


def _in_use(name: str) -> str:
    return f"The database {name} is in use: stop the bot first, every replica of it."


def _root(error: BaseException) -> str:
    return str(getattr(error, "orig", None) or error)
