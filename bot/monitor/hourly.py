"""The slow timer, for what may wait: one tick now, and one every hour from then on."""

from collections.abc import Awaitable, Callable

from structlog.contextvars import bound_contextvars

from bot.supervisor import for_ever

_PAUSE_S = 3600.0


async def hourly(what: str, tick: Callable[[], Awaitable[None]]) -> None:
    """Tick every hour until cancelled; a failure is logged as `what`."""
    with bound_contextvars(what=what):
        await for_ever(tick, failed="hourly_tick_failed", pause_s=_PAUSE_S)
