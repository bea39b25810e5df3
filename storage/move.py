"""Copies a whole database into another, of the same kind or not.

Enters: a database that nobody uses, and an empty one. Leaves: the same rows in both. The source is
only read; the target holds everything or nothing.

    DatabaseError            try again?  whose fault?
    └── MoveRefused          no          the operator's: the text says what to do
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Table, func, insert, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.errors import DatabaseError, DatabaseUnusable
from storage.tables import metadata

BATCH = 1000


class MoveRefused(DatabaseError):
    """These two cannot be source and target."""


@dataclass(frozen=True, kw_only=True)
class MovedTable:
    """A table, and how many rows of it there are now on both sides."""

    table: str
    rows: int


async def move(source: Database, target: Database) -> list[MovedTable]:
    """Copy every table. The target is created or brought up to date first, the source is not.

    MoveRefused, DatabaseInUse or DatabaseUnusable: then no row has been written anywhere.
    """
    if source.name == target.name:
        raise MoveRefused("FROM and TO are the same database.")
    try:
        present = await source.version()
        if present is None:
            raise MoveRefused(f"There is nothing to move in {source.name}.")
        await target.open()
        wanted = await target.version()
        if present != wanted:
            raise MoveRefused(
                f"{source.name} is at version {present}, this program at {wanted}: start it once "
                "on the old database, stop it, and move then."
            )
        async with source.alone() as old, target.alone() as new:
            await _must_be_empty(new, target.name)
            return [await _copy(old, new, table) for table in metadata.sorted_tables]
    except (SQLAlchemyError, OSError) as error:
        raise DatabaseUnusable(f"A database cannot be used: {_first_line(error)}") from error


async def _must_be_empty(tx: AsyncConnection, name: str) -> None:
    for table in metadata.sorted_tables:
        if rows := await _count(tx, table):
            raise MoveRefused(
                f"{name} is not empty: there are {rows} rows in {table.name}. Name another one."
            )


async def _copy(old: AsyncConnection, new: AsyncConnection, table: Table) -> MovedTable:
    async with old.stream(select(table).order_by(*table.primary_key.columns)) as rows:
        async for batch in rows.mappings().partitions(BATCH):
            await _write(new, table, [dict(row) for row in batch])
    await _number_on(new, table)
    read, written = await _count(old, table), await _count(new, table)
    if read != written:
        raise MoveRefused(f"{table.name} has {read} rows here and {written} there.")
    return MovedTable(table=table.name, rows=written)


async def _write(tx: AsyncConnection, table: Table, rows: Sequence[dict[str, object]]) -> None:
    try:
        await tx.execute(insert(table), rows)
    except SQLAlchemyError as error:
        raise MoveRefused(
            f"{table.name} has a row that the new database does not take: {_first_line(error)}"
        ) from error


async def _number_on(tx: AsyncConnection, table: Table) -> None:
    """Let PostgreSQL's next row get the number after the highest; SQLite does so by itself."""
    column = table.autoincrement_column
    if column is None or tx.dialect.name != "postgresql":
        return
    sequence = func.pg_get_serial_sequence(table.name, column.name)
    await tx.execute(select(func.setval(sequence, func.max(column))))


async def _count(tx: AsyncConnection, table: Table) -> int:
    return int((await tx.execute(select(func.count()).select_from(table))).scalar_one())


def _first_line(error: BaseException) -> str:
    """What the database said, without the rows that come after."""
    return str(getattr(error, "orig", None) or error).partition("\n")[0]
