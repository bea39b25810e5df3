"""Runs a loop for ever: one failure ends nothing, is logged once, and the next tick comes."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import NoReturn

import structlog

log = structlog.get_logger()

Tick = Callable[[], Awaitable[float | None]]


async def for_ever(
    tick: Tick,
    *,
    failed: str,
    pause_s: float,
    again_s: float | None = None,
    wake: asyncio.Event | None = None,
    on_failure: Callable[[], Awaitable[None]] | None = None,
) -> NoReturn:
    """Tick, pause, and so on until cancelled.

    The pause is what the tick returned, `pause_s` where that is None, or `again_s` after a failure;
    `wake`, once set, ends it early. A failure is logged as `failed`, but not where the tick before
    failed in the same way; `on_failure` is called after each.
    """
    failure = ""
    while True:
        rest_s: float | None
        try:
            rest_s = await tick()
            failure = ""
        except Exception as error:  # the edge of every loop: its next tick is planned
            if type(error).__name__ != failure:
                log.exception(failed, error=type(error).__name__)
            failure, rest_s = type(error).__name__, again_s
            if on_failure is not None:
                await on_failure()
        await _rest(pause_s if rest_s is None else rest_s, wake)


async def _rest(seconds: float, wake: asyncio.Event | None) -> None:
    if wake is None:
        await asyncio.sleep(seconds)
        return
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await wake.wait()
    wake.clear()
