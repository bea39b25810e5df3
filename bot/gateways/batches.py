"""Reads many entries of an answer without holding up the loop."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")

FEW = 500  # read where they are; more go to a thread, which lets others in between


async def read_all(read: Callable[[object], T | None], entries: Sequence[object]) -> list[T]:
    """Every entry that could be read, in order."""
    if len(entries) <= FEW:
        return _read(read, entries)
    return await asyncio.to_thread(_read, read, entries)


def _read(read: Callable[[object], T | None], entries: Sequence[object]) -> list[T]:
    return [parsed for entry in entries if (parsed := read(entry)) is not None]
