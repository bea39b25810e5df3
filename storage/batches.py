"""Batches for statements and rows, yielding to the event loop."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncConnection

FEW = 500  # rows are made of what the driver fetched in some milliseconds

Item = TypeVar("Item")


def parts(items: Sequence[Item], size: int = FEW) -> Iterator[Sequence[Item]]:
    """The items in order, so many at a time: a statement takes only so many values."""
    return (items[start : start + size] for start in range(0, len(items), size))


async def rows_of(tx: AsyncConnection, query: Select[Any]) -> AsyncIterator[Any]:
    """Every row of the answer, in order, yielding to the event loop after every few hundred."""
    for part in (await tx.execute(query)).partitions(FEW):
        for row in part:
            yield row
        await asyncio.sleep(0)
