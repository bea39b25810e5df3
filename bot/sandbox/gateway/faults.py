"""Faults of the gateway process itself: they hit every request of the contract."""

import asyncio
import socket
import struct
from collections.abc import Iterable
from enum import StrEnum
from urllib.parse import unquote

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
    LIST_FAILS = "list_fails"  # and nothing else: sessions answer for themselves
    LIST_GARBAGE = "list_garbage"
    LIST_SILENT = "list_silent"  # an answer without a body
    LIST_HANGS = "list_hangs"


FAULT_ACTS = {
    "gateway_down": Fault.DOWN,
    "hang": Fault.HANG,
    "garbage": Fault.GARBAGE,
    "list_fails": Fault.LIST_FAILS,
    "list_garbage": Fault.LIST_GARBAGE,
    "list_silent": Fault.LIST_SILENT,
    "list_hangs": Fault.LIST_HANGS,
    "gateway_up": Fault.NONE,
}

TOKEN_OF = "FAKE-TOKEN-OF-"  # noqa: S105 - of whom a token is, in kinds that make them

# The route of each kind that tells of all sessions at once.
LISTS = {
    "ai_admin": "/webhook/whatsapp/baileys/sessions",
    "evolution": "/instance/fetchInstances",
    "gowa": "/devices",
    "waha": "/api/sessions",
    "wppconnect": "/show-all-sessions",
    "wuzapi": "/admin/users",
}


class Faults:
    """Holds the present fault and applies it to requests."""

    def __init__(self, latency_s: float, list_path: str | None) -> None:
        self._fault = Fault.NONE
        self._list = list_path
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
        while (
            self._fault is Fault.HANG
            or (self._fault is Fault.LIST_HANGS and self.is_list(request))
            or self._hangs(request)
        ):
            await self._lifted.wait()
        if self._fault is Fault.DOWN:
            _reset(request)
            return web.Response()
        if self._fault is Fault.GARBAGE:
            return web.Response(text=_HTML, content_type="text/html")
        return self._of_list() if self.is_list(request) else None

    def is_list(self, request: web.Request) -> bool:
        """Whether all sessions are asked for at once."""
        if request.method != "GET" or "instanceName" in request.query or self._list is None:
            return False
        # Before wppconnect's stands its secret.
        return request.path == self._list or request.path.endswith("/show-all-sessions")

    def _of_list(self) -> web.Response | None:
        match self._fault:
            case Fault.LIST_FAILS:
                return web.json_response({"error": "Internal Server Error"}, status=500)
            case Fault.LIST_GARBAGE:
                return web.Response(text=_HTML, content_type="text/html")
            case Fault.LIST_SILENT:
                return web.Response()
        return None

    def _hangs(self, request: web.Request) -> bool:
        """Whether one of the hanging ones is asked for: by its path, or at wuzapi by its token."""
        if request.method != "GET":
            return False
        token = request.headers.get("Token", "")
        named = {*request.path.split("/"), unquote(token.removeprefix(TOKEN_OF))}
        return not self._hanging.isdisjoint(named)


def _reset(request: web.Request) -> None:
    if request.transport is not None:
        wire = request.transport.get_extra_info("socket")
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
        request.transport.abort()
