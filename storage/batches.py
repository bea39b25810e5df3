"""Reads many rows without keeping everybody else waiting."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncConnection

FEW = 500  # rows are made of what the driver fetched in some milliseconds


async def rows_of(tx: AsyncConnection, query: Select[Any]) -> AsyncIterator[Any]:
    """Every row of the answer, in order; between a few hundred and the next others have a turn."""
    for part in (await tx.execute(query)).partitions(FEW):
        for row in part:
            yield row
        await asyncio.sleep(0)
