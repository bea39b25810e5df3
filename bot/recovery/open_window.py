"""What a pairing asks of a gateway: a window with codes, and what that shows now."""

import asyncio
import hashlib

from bot.domain.pairing import Ended, Ending
from bot.domain.session import Cause, State
from bot.domain.timing import Timing
from bot.gateways.base import (
    GatewayAdapter,
    GatewayAuthError,
    GatewayError,
    Qr,
    QrNotReady,
    SessionInfo,
    Stuck,
    Unsupported,
    WouldDestroy,
)
from bot.gateways.look import look_at

_REFUSALS: dict[type[GatewayError], Ending] = {
    WouldDestroy: Ending.NEEDS_RESET,
    Unsupported: Ending.UNSUPPORTED,
    Stuck: Ending.STUCK,
    GatewayAuthError: Ending.REFUSED_KEY,
}


def ending_of(error: GatewayError) -> Ending:
    """What an error of the gateway makes of a pairing."""
    return _REFUSALS.get(type(error), Ending.UNREACHABLE)


async def open_window(
    gateway: GatewayAdapter, key: str, timing: Timing, *, anew: bool
) -> Ended | None:
    """Make the gateway show codes without harming credentials; Ended when that cannot be.

    A window that is open already will do, unless it must begin `anew`.
    """
    try:
        info = await _settled(gateway, key, timing)
        ending = _needs_no_code(info)
        if ending is not None:
            return Ended(ending=ending, state=info.state)
        waits = info.state is State.AWAITING_SCAN and not anew
        if waits and await code_shown(gateway, key) is not None:
            return None
        await _begin(gateway, key, info.state)
    except GatewayError as error:
        return Ended(ending=ending_of(error))
    return None


async def _settled(gateway: GatewayAdapter, key: str, timing: Timing) -> SessionInfo:
    """The session once it is not on its way any more, or has been so for a while.

    One that was started a moment ago says so too, before it shows its first code.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timing.start_grace_s
    while True:
        info = await look_at(gateway, key)
        if _needs_no_code(info) is not Ending.STILL_TRYING or loop.time() >= deadline:
            return info
        await asyncio.sleep(min(timing.qr_poll_s, max(deadline - loop.time(), 0)))


async def _begin(gateway: GatewayAdapter, key: str, state: State) -> None:
    """A new window, in place of whatever runs."""
    if state is not State.STOPPED:
        try:
            await gateway.stop(key)
        except Unsupported:
            await gateway.restart(key)
            return
    await gateway.start(key)


def _needs_no_code(info: SessionInfo) -> Ending | None:
    """Why no code is due: it is connected, or on its way with credentials of its own."""
    if info.state is State.CONNECTED:
        return Ending.ALREADY_CONNECTED
    away = info.state in (State.CONNECTING, State.DISCONNECTED)
    return Ending.STILL_TRYING if away and info.cause is not Cause.QR_WINDOW_OVER else None


async def code_shown(gateway: GatewayAdapter, key: str) -> Qr | None:
    """The code, if there is one whose age is known: another may be stale."""
    try:
        code = await gateway.get_qr(key)
    except QrNotReady:
        return None
    return code if code.not_older_than is not None else None


def fingerprint(code: Qr) -> bytes:
    """What tells one QR from another."""
    return hashlib.sha256(code.png or (code.raw or "").encode()).digest()
