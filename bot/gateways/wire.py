"""The wire to a gateway: a request goes out, an answer comes in. The only file here with aiohttp.

Its errors hold no body, no key and no path. Whoever tests the client puts another wire in.
"""

from collections.abc import AsyncGenerator, AsyncIterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import NoReturn, Protocol

import aiohttp
import yarl

from bot.gateways.base import GatewayConfused, GatewayUnreachable

_ONCE_MORE = frozenset({"GET"})  # what may be sent over a connection that was used before

# Node closes an idle connection after 5 s: let go first, or a read meets a connection just closed.
_KEEPALIVE_S = 4.0


class BrokenConnection(GatewayUnreachable):
    """The connection failed before an answer began: a read may be asked once more."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Request:
    """What is asked. `path` is quoted already and may hold a query."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    connect_timeout_s: float


@dataclass(frozen=True, kw_only=True, repr=False)
class Answer:
    """What came back, as it travelled; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    chunks: AsyncIterable[bytes]


class Wire(Protocol):
    """Connections to one gateway."""

    def send(self, request: Request) -> AbstractAsyncContextManager[Answer]:
        """The answer, to be read within the block.

        BrokenConnection when none came, GatewayUnreachable when it broke off, GatewayConfused when
        it was no HTTP. There is no limit to the time it takes.
        """
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...


class HttpWire:
    """Real connections, at most so many; redirects are not followed, bodies not unpacked.

    Reads share connections. A write has a new one: aiohttp repeats by itself what met a connection
    that was just closed, and nothing that changes something may be sent twice.
    """

    def __init__(self, base_url: str, *, connections: int) -> None:
        self._base_url = base_url.rstrip("/")
        self._connections = connections
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    @asynccontextmanager
    async def send(self, request: Request) -> AsyncGenerator[Answer]:
        """The answer, as `Wire` has it."""
        began = False
        try:
            async with self._session(request).request(
                request.method,
                yarl.URL(self._base_url + request.path, encoded=True),
                headers=request.headers,
                data=request.body,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(connect=request.connect_timeout_s),
            ) as response:
                began = True
                headers = {name.lower(): value for name, value in response.headers.items()}
                chunks = response.content.iter_any()
                yield Answer(status=response.status, headers=headers, chunks=chunks)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            _raise(error, began=began)

    async def aclose(self) -> None:
        """Close the connections."""
        for session in self._sessions.values():
            await session.close()

    def _session(self, request: Request) -> aiohttp.ClientSession:
        """Made when first needed, for it belongs to the loop that runs then."""
        again = request.method in _ONCE_MORE
        if again not in self._sessions:
            connector = (
                aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=_KEEPALIVE_S)
                if again
                else aiohttp.TCPConnector(limit=self._connections, force_close=True)
            )
            self._sessions[again] = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
            )
        return self._sessions[again]


def _raise(error: Exception, *, began: bool) -> NoReturn:
    """Turn the library's word for a failure into ours, without its text: it may quote us."""
    kind = type(error).__name__
    if isinstance(error, TimeoutError):
        raise GatewayUnreachable("no connection in time") from None
    if isinstance(error, aiohttp.ClientResponseError):
        raise GatewayConfused("the answer is no HTTP") from None
    if isinstance(error, aiohttp.InvalidURL | ValueError):
        raise GatewayUnreachable(f"the address is none ({kind})") from None
    if began:
        raise GatewayUnreachable(f"the answer broke off ({kind})") from None
    raise BrokenConnection(f"connection failed ({kind})") from None
