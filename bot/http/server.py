"""Listens at LISTEN for as long as the program runs."""

import asyncio
import contextlib
import logging
from collections.abc import Iterable

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.http.body import LARGEST_BODY_BYTES
from bot.http.connections import ConnectionLimits, SocketListener, routes_url

_RETRY_S = 10.0
_LINGERING_S = 2.0  # for the rest of a body that nobody wanted to read

log = structlog.get_logger()


class Server:
    """One address, and the routes of all who want to be asked there.

    A taken port keeps nobody from watching: it is logged once and tried again, for the program that
    has it may be our predecessor on its way out.
    """

    def __init__(
        self,
        host: str,
        port: int,
        routes: Iterable[web.RouteDef],
        *,
        retry_s: float = _RETRY_S,
        patience: ConnectionLimits | None = None,
    ) -> None:
        self._host = host
        self._port = port
        self._routes = list(routes)
        self._retry_s = retry_s
        self._patience = patience or ConnectionLimits()
        self._listener: SocketListener | None = None
        self._runner: web.AppRunner | None = None
        self._trying: asyncio.Task[None] | None = None
        self.listening = asyncio.Event()

    @property
    def url(self) -> str:
        """Where it listens, once it does."""
        address = None if self._listener is None else self._listener.address
        return "" if address is None else routes_url(address)

    async def start(self) -> None:
        """Begin to listen, now or as soon as the port is free."""
        app = web.Application(client_max_size=LARGEST_BODY_BYTES, middlewares=[self._guarded])
        app.router.add_routes(self._routes)
        app.on_response_prepare.append(_tell_no_versions)
        # No access log, and none of aiohttp's own lines: paths are secrets here.
        mute = logging.Logger("aiohttp.mute")  # noqa: LOG001 - it must not reach the root
        mute.disabled = True
        self._runner = web.AppRunner(
            app,
            access_log=None,
            logger=mute,
            shutdown_timeout=1.0,
            keepalive_timeout=self._patience.idle_s,
            lingering_time=_LINGERING_S,
            auto_decompress=False,  # `read_body` unpacks, up to a size
        )
        await self._runner.setup()
        assert self._runner.server is not None  # noqa: S101 - there after the setup
        self._listener = SocketListener(self._runner.server, self._patience)
        if not await self._try(self._listener, first=True):
            self._trying = asyncio.create_task(self._keep_trying(self._listener))

    async def stop(self) -> None:
        """Take no more requests, and let go of the port."""
        if self._trying is not None:
            self._trying.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._trying
        if self._listener is not None:
            self._listener.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _keep_trying(self, listener: SocketListener) -> None:
        while True:
            await asyncio.sleep(self._retry_s)
            if await self._try(listener, first=False):
                return

    async def _try(self, listener: SocketListener, *, first: bool) -> bool:
        try:
            await listener.open(self._host, self._port)
        except OSError as error:
            if first:
                log.error(
                    "LISTEN cannot be used: no health, no metrics, no pushes until it can; "
                    "name another port, or leave LISTEN empty",
                    address=f"{self._host}:{self._port}",
                    reason=error.strerror,
                )
            return False
        log.info("listening", url=self.url)
        self.listening.set()
        return True

    @web.middleware
    async def _guarded(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """One request, within its time. Between requests a connection waits, and not for long."""
        connection = None if self._listener is None else self._listener.of(request.transport)
        if connection is None:
            return await _said_little(request, handler, self._patience.handling_s)
        connection.work()
        try:
            return await _said_little(request, handler, self._patience.handling_s)
        finally:
            connection.wait(self._patience.idle_s)


async def _said_little(
    request: web.Request, handler: Handler, within_s: float
) -> web.StreamResponse:
    """A refusal is a bare status: who has no business here learns nothing."""
    try:
        async with asyncio.timeout(within_s):
            return await handler(request)
    except web.HTTPException as refusal:
        return web.Response(status=refusal.status)
    except TimeoutError:
        log.warning("request_timed_out", method=request.method)
        return web.Response(status=503)
    except Exception:  # a loop's edge: the next request is answered
        log.exception("request_failed", method=request.method)
        return web.Response(status=500)


async def _tell_no_versions(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers["Server"] = "repair-bot"
