"""The wire to a gateway: httpx's requests and responses, carried by aiohttp's connections.

The only file that knows both. httpx's own pool takes four times the CPU (docs/decisions.md), and
the bridge between the two names some failures wrongly: here they get httpx's right names, without
texts, for these may quote a key or a path. Whoever tests the client puts another transport in.
"""

import ssl
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from typing import cast

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

# What may travel over a connection that was used before, unless its extension `writes` says that it
# changes something: some gateways have acts that are GETs.
_SENT_AGAIN = frozenset({"GET"})

# Node closes an idle connection after 5 s: let go first, or a read meets a connection just closed.
_KEEPALIVE_S = 4.0


class HttpWire(httpx.AsyncBaseTransport):
    """Real connections to a gateway; redirects are not followed, bodies not unpacked.

    Reads share `connections`. A write has a new one: aiohttp repeats by itself what met a
    connection that was just closed, and nothing that changes something may be sent twice.

    Raises, before an answer and while it is read: httpx.ConnectTimeout (no connection in time),
    NetworkError (it failed, or broke off), RemoteProtocolError (the answer is no HTTP) and
    UnsupportedProtocol (the address is none). There is no limit to the time an answer takes.
    """

    def __init__(self, *, connections: int) -> None:
        self._connections = connections
        self._tls = ssl.create_default_context()
        self._reads = AiohttpTransport(verify=self._tls, client=self._shared)
        self._writes = AiohttpTransport(verify=self._tls, client=self._fresh)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer, whose body is still to be read."""
        writes = request.extensions.get("writes", request.method not in _SENT_AGAIN)
        transport = self._writes if writes else self._reads
        with _renamed():
            response = await transport.handle_async_request(request)
        response.stream = _Body(cast("httpx.AsyncByteStream", response.stream))
        return response

    async def aclose(self) -> None:
        """Close the connections."""
        await self._reads.aclose()
        await self._writes.aclose()

    def _shared(self) -> aiohttp.ClientSession:
        return _session(
            aiohttp.TCPConnector(
                ssl=self._tls, limit=self._connections, keepalive_timeout=_KEEPALIVE_S
            )
        )

    def _fresh(self) -> aiohttp.ClientSession:
        return _session(aiohttp.TCPConnector(ssl=self._tls, force_close=True))


def _session(connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
    """Made at the first request, for it belongs to the loop that runs then."""
    return aiohttp.ClientSession(
        connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
    )


class _Body(httpx.AsyncByteStream):
    """A body whose failures have their right names too."""

    def __init__(self, stream: httpx.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncGenerator[bytes]:
        with _renamed():
            async for chunk in self._stream:
                yield chunk

    async def aclose(self) -> None:
        with _renamed():
            await self._stream.aclose()


@contextmanager
def _renamed() -> Generator[None]:
    """What the bridge calls a ConnectTimeout, or lets through as it is, under its right name."""
    try:
        yield
    except (httpx.TransportError, aiohttp.ClientError, OSError, ValueError) as error:
        real = error.__cause__ if isinstance(error, httpx.TransportError) else error
        raise _name_of(real or error) from None


def _name_of(error: BaseException) -> httpx.TransportError:
    kind = type(error).__name__
    match error:
        case TimeoutError() | httpx.TimeoutException():
            return httpx.ConnectTimeout(kind)
        case aiohttp.InvalidURL() | httpx.UnsupportedProtocol():
            return httpx.UnsupportedProtocol(kind)
        case aiohttp.ClientResponseError():
            return httpx.RemoteProtocolError(kind)
        case ValueError():
            return httpx.UnsupportedProtocol(kind)
        case _:
            return httpx.NetworkError(kind)
