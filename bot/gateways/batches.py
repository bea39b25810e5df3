"""Reads many entries of an answer without holding up the loop."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")

FEW = 500  # read where they are; more go to a thread, which lets others in between


async def read_all(read: Callable[[object], T], entries: Sequence[object]) -> list[T]:
    """What is read of every entry, in order."""
    if len(entries) <= FEW:
        return _read(read, entries)
    return await asyncio.to_thread(_read, read, entries)


def _read(read: Callable[[object], T], entries: Sequence[object]) -> list[T]:
    return [read(entry) for entry in entries]
