"""Faults of the gateway process itself: they hit every request of the contract."""

import asyncio
import socket
import struct
from collections.abc import Iterable
from enum import StrEnum

from aiohttp import web

_HTML = "<!DOCTYPE html>\n<html><body><h1>502 Bad Gateway</h1><hr>nginx</body></html>\n"
# Close with a reset instead of a goodbye.
_LINGER = struct.pack("ii", 1, 0)


class Fault(StrEnum):
    """What is wrong with the gateway process."""

    NONE = "none"
    DOWN = "down"
    HANG = "hang"
    GARBAGE = "garbage"


class Faults:
    """Holds the present fault and applies it to requests."""

    def __init__(self, latency_s: float) -> None:
        self._fault = Fault.NONE
        self._latency_s = latency_s
        self._lifted = asyncio.Event()
        self._hanging: frozenset[str] = frozenset()

    @property
    def now(self) -> Fault:
        """The present fault."""
        return self._fault

    def set(self, fault: Fault) -> None:
        """Set another fault; requests that hang because of the old one go on."""
        self._fault = fault
        self._lifted.set()
        self._lifted = asyncio.Event()

    def hang_for(self, companies: Iterable[str]) -> None:
        """Answer no question about these alone from now on; the list tells of them as ever."""
        self._hanging = frozenset(companies)
        self._lifted.set()
        self._lifted = asyncio.Event()

    async def meet(self, request: web.Request) -> web.Response | None:
        """The answer of the faulty gateway to this request; None when the request may pass."""
        await asyncio.sleep(self._latency_s)
        while self._fault is Fault.HANG or self._hangs(request):
            await self._lifted.wait()
        if self._fault is Fault.DOWN:
            _reset(request)
            return web.Response()
        if self._fault is Fault.GARBAGE:
            return web.Response(text=_HTML, content_type="text/html")
        return None

    def _hangs(self, request: web.Request) -> bool:
        asked = request.method == "GET"
        return asked and not self._hanging.isdisjoint(request.path.split("/"))


def _reset(request: web.Request) -> None:
    if request.transport is not None:
        wire = request.transport.get_extra_info("socket")
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
        request.transport.abort()
