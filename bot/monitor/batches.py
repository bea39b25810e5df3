"""Iterates in batches, yielding to the event loop."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TypeVar

T = TypeVar("T")

FEW = 500  # are judged in some ten milliseconds


async def in_turns(many: Sequence[T]) -> AsyncIterator[Sequence[T]]:
    """All of `many` in order, a few hundred at a time, yielding to the event loop in between."""
    for start in range(0, len(many), FEW):
        if start:
            await asyncio.sleep(0)
        yield many[start : start + FEW]
