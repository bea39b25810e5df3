"""Waits no longer than it may: for a courier's outcome, for one of several events."""

import asyncio
from collections.abc import Awaitable

from bot.alerts.courier import Outcome, RetryLater


async def in_time(call: Awaitable[Outcome], timeout_s: float) -> Outcome:
    """The outcome; one that says to try again where none has come in time."""
    try:
        async with asyncio.timeout(timeout_s):
            return await call
    except TimeoutError:
        return RetryLater(after_s=None, everywhere=True, reason="no answer in time")


async def first_of(*events: asyncio.Event, timeout_s: float) -> None:
    """Return when one of them is set, or the time is over."""
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
