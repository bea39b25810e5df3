"""Column types and indexes that mean the same on both databases."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Index, Integer, TypeDecorator, text


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime in Python, a naive one in the database: the same on both databases."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> datetime | None:
        """Refuse naive times: they have no zone to convert from."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        converted: datetime = value.astimezone(UTC).replace(tzinfo=None)
        return converted

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Give back an aware time."""
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)


# BIGINT on PostgreSQL; SQLite gives row ids only to a column that is declared INTEGER.
Id = BigInteger().with_variant(Integer(), "sqlite")


def index_where(name: str, condition: str, *columns: str, unique: bool = False) -> Index:
    """An index over the rows that fulfil a condition."""
    where = text(condition)
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)
