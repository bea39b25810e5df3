"""Statements that the two databases spell differently."""

from typing import Any

from sqlalchemy import ColumnElement, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def insert_new(tx: AsyncConnection, table: Table) -> Any:
    """INSERT that leaves rows alone which are there already."""
    return _insert(tx, table).on_conflict_do_nothing()


def upsert(
    tx: AsyncConnection, table: Table, keys: tuple[str, ...], change: tuple[str, ...]
) -> Any:
    """INSERT that overwrites the columns `change` of a row with the same `keys`."""
    statement = _insert(tx, table)
    return statement.on_conflict_do_update(
        index_elements=list(keys),
        set_={name: statement.excluded[name] for name in change},
    )


def upsert_adding(
    tx: AsyncConnection,
    table: Table,
    keys: tuple[str, ...],
    sums: tuple[str, ...],
    change: tuple[str, ...],
) -> Any:
    """INSERT that, for a row with the same `keys`, adds to `sums` and overwrites `change`."""
    statement = _insert(tx, table)
    added = {name: table.c[name] + statement.excluded[name] for name in sums}
    return statement.on_conflict_do_update(
        index_elements=list(keys),
        set_={**added, **{name: statement.excluded[name] for name in change}},
    )


def bytewise(tx: AsyncConnection, column: ColumnElement[str]) -> ColumnElement[str]:
    """The column as it sorts in Python, whatever the order of the database's language is."""
    return column.collate({"postgresql": "C", "sqlite": "BINARY"}[tx.dialect.name])


def _insert(tx: AsyncConnection, table: Table) -> Any:
    kinds: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
    return kinds[tx.dialect.name](table)
