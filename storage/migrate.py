"""Brings a database to the tables of this version. Alembic does it, and is loaded only for that.

Where nothing is to be done, which is nearly every start, its 11 MB and half a second are saved.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect

from storage.errors import DatabaseTooNew

_MIGRATIONS = Path(__file__).with_name("migrations")
_LOCK = 731042  # an advisory lock: any number that nobody else uses


def migrate(connection: Connection) -> None:
    """Apply what is missing; DatabaseTooNew when the database is newer than this program."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    known = _versions()
    found = present(connection)
    if found is not None and found not in known:
        raise DatabaseTooNew(
            f"The database is at version {found}, which this program does not know: it was used "
            "with a newer one. Install that version again; nothing was changed."
        )
    if found != known[-1]:
        _upgrade(connection)


def present(connection: Connection) -> str | None:
    """The migration that the database is at; None while there is nothing in it."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.exec_driver_sql(
        "SELECT version_num FROM alembic_version"
    ).scalar()
    return found


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _versions() -> list[str]:
    """Every migration there is, the oldest first: their files are named by their numbers."""
    files = (_MIGRATIONS / "versions").glob("[0-9]*.py")
    return sorted(file.name.partition("_")[0] for file in files)
