"""A database as a new bot has it, made once in each process and copied for each test."""

import functools
import tempfile
from pathlib import Path

from sqlalchemy import create_engine

from storage.migrate import migrate


@functools.cache
def _empty() -> bytes:
    """The file of an empty database of this version."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "repair.db")
        engine = create_engine(f"sqlite:///{path}")
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            migrate(connection)
            connection.commit()
        engine.dispose()
        return path.read_bytes()


def put_migrated(path: Path) -> None:
    """At this path lies a database of this version with nothing in it, as the bot leaves one.

    One that is there already stays as it is.
    """
    if path.exists() and path.stat().st_size:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(0o600)
    path.write_bytes(_empty())
