"""The slow timer, for what may wait: one turn now, and one every hour from then on."""

from collections.abc import Awaitable, Callable

from structlog.contextvars import bound_contextvars

from bot.supervisor import for_ever

_TURN_S = 3600.0


async def hourly(what: str, turn: Callable[[], Awaitable[None]]) -> None:
    """Take turns until cancelled; one that fails is logged as `what`, and the next one comes."""
    with bound_contextvars(what=what):
        await for_ever(turn, failed="an hourly turn failed", pause_s=_TURN_S)
