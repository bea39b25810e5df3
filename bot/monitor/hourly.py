"""The slow timer, for what may wait: one turn now, and one every hour from then on."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

_TURN_S = 3600.0

log = structlog.get_logger()


async def hourly(what: str, turn: Callable[[], Awaitable[None]]) -> None:
    """Take turns until cancelled; one that fails is logged as `what`, and the next one comes."""
    while True:
        try:
            await turn()
        except Exception:  # a loop's edge: the next turn comes at its time
            log.exception("an hourly turn failed", what=what)
        await asyncio.sleep(_TURN_S)
