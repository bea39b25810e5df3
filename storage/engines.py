"""The engines of both databases, set up as all statements here count on."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage.errors import DatabaseUnusable

# How long a write waits for another program's, or another replica's.
SQLITE_PATIENCE_S = 5.0
POSTGRES_PATIENCE_S = 10.0  # more replicas, longer queues
_BUSY_MS = round(SQLITE_PATIENCE_S * 1000)

# FULL, not NORMAL: a commit lost to a power cut could be the alert nobody then receives.
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    f"PRAGMA busy_timeout={_BUSY_MS}",
    "PRAGMA foreign_keys=ON",
)

# A replica that hangs in the middle of a transaction must not keep the others waiting for ever.
# A cluster made without a locale is SQL_ASCII: unless told otherwise its driver returns bytes.
_POSTGRES_OPTIONS = (
    "-c idle_in_transaction_session_timeout=8000"
    f" -c lock_timeout={round(POSTGRES_PATIENCE_S * 1000)} -c client_encoding=UTF8"
)


def postgres_engine(url: URL) -> AsyncEngine:
    """DatabaseUnusable where its driver is not installed."""
    try:
        return create_async_engine(
            url,
            connect_args={"options": _POSTGRES_OPTIONS, "connect_timeout": 10},
            pool_pre_ping=True,
        )
    except ModuleNotFoundError as error:
        raise DatabaseUnusable(
            "PostgreSQL needs its driver: install `repair-bot[postgres]`."
        ) from error


def sqlite_engine(url: URL, on_connecting: Callable[[], None]) -> AsyncEngine:
    """`on_connecting` is called before each connection, and may refuse it by an error.

    A transaction with the option `begin_immediate` is one that writes; with `wait_ms` it waits so
    long for other programs, otherwise for SQLITE_PATIENCE_S.
    """
    engine = create_async_engine(url)
    _tune(engine, on_connecting)
    return engine


def _tune(engine: AsyncEngine, on_connecting: Callable[[], None]) -> None:
    @event.listens_for(engine.sync_engine, "do_connect")
    def before_connecting(*_: Any) -> None:
        on_connecting()

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(dbapi_connection: Any, _record: Any) -> None:
        # The driver must not begin transactions by itself: its deferred BEGIN fails at the first
        # write when another connection wrote in between, whatever busy_timeout says.
        dbapi_connection.isolation_level = None
        cursor = dbapi_connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("isolation_level") == "AUTOCOMMIT":
            return  # VACUUM runs in no transaction
        _wait_at_most(connection, options.get("wait_ms", _BUSY_MS))
        immediate = options.get("begin_immediate", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _wait_at_most(connection: Connection, wait_ms: int) -> None:
    """Said only where this connection has another limit: each statement costs a thread's time."""
    if connection.info.get("wait_ms", _BUSY_MS) != wait_ms:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={wait_ms}")
        connection.info["wait_ms"] = wait_ms
