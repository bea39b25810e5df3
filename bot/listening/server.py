"""Listens at LISTEN for as long as the program runs."""

import asyncio
import contextlib
import logging
from collections.abc import Iterable

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

LARGEST_BODY_BYTES = 256 * 1024
_RETRY_S = 10.0

log = structlog.get_logger()


class Server:
    """One address, and the routes of all who want to be asked there.

    A taken port keeps nobody from watching: it is logged once and tried again, for the program that
    has it may be our predecessor on its way out.
    """

    def __init__(
        self, host: str, port: int, routes: Iterable[web.RouteDef], *, retry_s: float = _RETRY_S
    ) -> None:
        self._host = host
        self._port = port
        self._routes = list(routes)
        self._retry_s = retry_s
        self._runner: web.AppRunner | None = None
        self._trying: asyncio.Task[None] | None = None
        self.listening = asyncio.Event()

    @property
    def url(self) -> str:
        """Where it listens, once it does."""
        if self._runner is None or not self._runner.addresses:
            return ""
        host, port = self._runner.addresses[0][:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def start(self) -> None:
        """Begin to listen, now or as soon as the port is free."""
        app = web.Application(client_max_size=LARGEST_BODY_BYTES, middlewares=[_say_little])
        app.router.add_routes(self._routes)
        app.on_response_prepare.append(_tell_no_versions)
        # No access log, and none of aiohttp's own lines: paths are secrets here.
        mute = logging.Logger("aiohttp.mute")  # noqa: LOG001 - it must not reach the root
        mute.disabled = True
        self._runner = web.AppRunner(app, access_log=None, logger=mute, shutdown_timeout=1.0)
        await self._runner.setup()
        if not await self._try(self._runner, first=True):
            self._trying = asyncio.create_task(self._keep_trying(self._runner))

    async def stop(self) -> None:
        """Take no more requests, and let go of the port."""
        if self._trying is not None:
            self._trying.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._trying
        if self._runner is not None:
            await self._runner.cleanup()

    async def _keep_trying(self, runner: web.AppRunner) -> None:
        while True:
            await asyncio.sleep(self._retry_s)
            if await self._try(runner, first=False):
                return

    async def _try(self, runner: web.AppRunner, *, first: bool) -> bool:
        site = web.TCPSite(runner, self._host, self._port)
        try:
            await site.start()
        except OSError as error:
            await site.stop()
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
async def _say_little(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A refusal is a bare status: who has no business here learns nothing."""
    try:
        return await handler(request)
    except web.HTTPException as refusal:
        return web.Response(status=refusal.status)
    except Exception:  # a loop's edge: the next request is answered
        log.exception("a request broke off", method=request.method)
        return web.Response(status=500)


async def _tell_no_versions(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers["Server"] = "repair-bot"
