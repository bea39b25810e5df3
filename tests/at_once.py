"""For tests that live very many lives: the same disk and database, without threads in between.

A call to the database or to the disk costs more in handing it to a thread and back than in being
done. Where nothing happens at the same time, it may as well be done at once, by who asks for it.
"""

import asyncio
import sqlite3
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import pool
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util.concurrency import await_only

from storage.database import Database
from storage.tables import metadata

# What an address of a database begins with whose statements others come between.
IN_TURN = "sqlite+inturn"
_TRY_AGAIN_S = 0.05  # what is locked
# A disk in memory, where there is one: what a program gets back from it is the same, sooner.
FAST_DISK = Path("/dev/shm") if Path("/dev/shm").is_dir() else None


class AtOnce(ThreadPoolExecutor):
    """An executor of a loop that does what it is given before it returns."""

    def submit(self, fn, /, *args, **more):
        done = Future()
        try:
            done.set_result(fn(*args, **more))
        except Exception as error:  # noqa: BLE001 - it is the asker's
            done.set_exception(error)
        return done


class _Cursor(sqlite3.Cursor):
    async def _async_soft_close(self):
        """What the engine awaits of a cursor of its own."""


class _Connection(sqlite3.Connection):
    def cursor(self):
        return super().cursor(_Cursor)


class SqliteAtOnce(SQLiteDialect_pysqlite):
    """The same SQLite behind the same engine, called without a thread."""

    driver = "atonce"
    is_async = True
    supports_statement_cache = True

    @classmethod
    def get_pool_class(cls, url):
        return pool.AsyncAdaptedQueuePool

    def connect(self, *args, **more):
        return super().connect(*args, factory=_Connection, **more)

    def do_execute(self, cursor, statement, parameters, context=None):
        await_only(_nothing())  # the engine refuses a driver that never awaits
        super().do_execute(cursor, statement, parameters, context)

    def do_executemany(self, cursor, statement, parameters, context=None):
        await_only(_nothing())
        super().do_executemany(cursor, statement, parameters, context)


async def _nothing():
    """What takes no time."""


class _PatientCursor(_Cursor):
    """Of a connection that leaves waiting for a lock to who can do something else meanwhile."""

    def execute(self, statement, parameters=()):
        what, _, much = statement.partition("=")
        if what == "PRAGMA busy_timeout":
            self.connection.patience_s = int(much) / 1000
            return self
        return super().execute(statement, parameters)


class _PatientConnection(sqlite3.Connection):
    patience_s = 0.0

    def cursor(self):
        return super().cursor(_PatientCursor)


class SqliteInTurn(SqliteAtOnce):
    """The same for where much happens at the same time: others come between any two statements.

    Who meets a lock waits for it by the loop's time, and holds up nobody.
    """

    driver = "inturn"
    supports_statement_cache = True

    def connect(self, *args, **more):
        made = {**more, "timeout": 0, "factory": _PatientConnection}
        return SQLiteDialect_pysqlite.connect(self, *args, **made)

    def do_execute(self, cursor, statement, parameters, context=None):
        waited_s = 0.0
        while True:
            await_only(asyncio.sleep(0))
            try:
                SQLiteDialect_pysqlite.do_execute(self, cursor, statement, parameters, context)
            except sqlite3.OperationalError as error:
                if waited_s >= cursor.connection.patience_s or "locked" not in str(error):
                    raise
                await_only(asyncio.sleep(_TRY_AGAIN_S))
                waited_s += _TRY_AGAIN_S
            else:
                return

    def do_executemany(self, cursor, statement, parameters, context=None):
        await_only(asyncio.sleep(0))
        SQLiteDialect_pysqlite.do_executemany(self, cursor, statement, parameters, context)


for dialect in (SqliteAtOnce, SqliteInTurn):
    registry.register(f"sqlite.{dialect.driver}", __name__, dialect.__name__)


def threadless() -> None:
    """From now on the running loop has no threads: `asyncio.to_thread` stays in this one."""
    asyncio.get_running_loop().set_default_executor(AtOnce())


def sqlite_at_once(file: Path) -> Database:
    """A database in this file."""
    return Database(f"sqlite+atonce:///{file}")


async def empty(database: Database) -> None:
    """Leave no row in any of its tables: whoever comes next begins as in a new one."""
    async with database.writing() as tx:
        names = [table.name for table in reversed(metadata.sorted_tables)]
        looks = (f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in names)
        used = set((await tx.exec_driver_sql(" UNION ALL ".join(looks))).scalars())
        for name in names:
            if name in used:
                await tx.exec_driver_sql(f"DELETE FROM {name}")
