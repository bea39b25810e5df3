"""The HTTP client the adapters share: what may be asked, how often, and how long an answer may be.

In goes a path, out comes a `Reply` or a GatewayError. The texts of these errors hold no body, no
key and no path, for paths and keys of some gateways are secrets. Keys travel in the `headers` of a
call: some gateways have another one for each session.
"""

import asyncio
import json
import random
from collections.abc import Container, Generator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from typing import TypedDict, Unpack
from urllib.parse import quote

import httpx

from bot.domain.session_names import is_session_key
from bot.gateways.about import About, must_be_about
from bot.gateways.base import (
    GatewayAuthError,
    GatewayConfused,
    GatewayUnreachable,
    RateLimited,
    SessionNotFound,
)
from bot.gateways.reply import NoSuchRoute, Reply, read_reply
from bot.gateways.wire import HttpWire

CONNECTIONS = 8  # a gateway has customers to serve as well
# Slow writes (a reset waits a minute for a code) may never take all the connections from the looks.
WRITES_AT_ONCE = 4

READ_TIMEOUT_S = 10.0
WRITE_TIMEOUT_S = 30.0
MEGABYTE = 1 << 20

_PAUSE_S = 0.02, 0.1  # before a broken connection is tried once more
_HEADERS = {
    "Accept": "application/json",
    # What is not compressed cannot be a bomb; see _body.
    "Accept-Encoding": "identity",
    "User-Agent": "repair-bot",
}


def path_part(key: str) -> str:
    """`key` as one part of a path, or SessionNotFound: such a text can be no session's key."""
    if not is_session_key(key):
        raise SessionNotFound("the key is no name of a session")
    return quote(key, safe="")


def json_of(body: Mapping[str, object]) -> "Payload":
    """`body` as JSON."""
    return Payload(content=json.dumps(body).encode(), media_type="application/json")


class BrokenConnection(GatewayUnreachable):
    """The connection failed before an answer began: a read may be asked once more."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Payload:
    """A body as it travels, and what it is."""

    content: bytes
    media_type: str


class Asking(TypedDict, total=False):
    """What a call may say of how it asks; what it leaves out is as usual.

    `allow`: the statuses that are a Reply too. `about`: whom the answer has to be about.
    """

    headers: Mapping[str, str] | None
    timeout_s: float
    max_bytes: int
    allow: Container[int]
    about: str | About | None


class GatewayClient:
    """Asks one gateway, a bounded number of questions at a time, each of bounded length.

    2xx answers become a Reply, and so do the statuses in `allow`, for those that carry a meaning.
    Otherwise 401 and 403 raise GatewayAuthError, 429 RateLimited, 5xx GatewayUnreachable, redirects
    and the rest GatewayConfused. An answer that names another session than the one it was asked
    `about` is GatewayConfused too. `transport` is the seam for tests.
    """

    def __init__(
        self,
        base_url: str,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        connect_timeout_s: float = 5.0,
        slot_timeout_s: float = 30.0,
    ) -> None:
        self._connect_timeout_s = connect_timeout_s
        self._slot_timeout_s = slot_timeout_s
        self._slots = asyncio.Semaphore(CONNECTIONS)
        self._writes = asyncio.Semaphore(WRITES_AT_ONCE)
        self._base_url = base_url.rstrip("/")
        self._transport = transport or HttpWire(connections=CONNECTIONS)

    async def get_json(self, path: str, **asking: Unpack[Asking]) -> Reply:
        """Read `path`; asked once more, at once, when the connection fails.

        A picture is taken as well where the gateway answers with one.
        """
        whole = Asking(timeout_s=READ_TIMEOUT_S) | asking
        request = self._request("GET", path, whole)
        try:
            return await self._ask(request, whole)
        except BrokenConnection:
            await asyncio.sleep(random.uniform(*_PAUSE_S))  # noqa: S311 - no secret
            return await self._ask(request, whole)

    async def post_json(
        self, path: str, body: Mapping[str, object] | None = None, **asking: Unpack[Asking]
    ) -> Reply:
        """Post `body` as JSON, once: after GatewayUnreachable nobody knows if it took place."""
        return await self._write("POST", path, body or {}, asking)

    async def put_json(
        self, path: str, body: Mapping[str, object] | None = None, **asking: Unpack[Asking]
    ) -> Reply:
        """Put `body` as JSON, once: after GatewayUnreachable nobody knows if it took place."""
        return await self._write("PUT", path, body or {}, asking)

    async def delete_json(self, path: str, **asking: Unpack[Asking]) -> Reply:
        """Delete `path`, once: after GatewayUnreachable nobody knows if it took place."""
        return await self._write("DELETE", path, None, asking)

    async def read(
        self, method: str, path: str, payload: Payload | None = None, **asking: Unpack[Asking]
    ) -> Reply:
        """Ask for something by any method that changes nothing there; a GET as by `get_json`."""
        if method == "GET":
            return await self.get_json(path, **asking)
        whole = Asking(timeout_s=READ_TIMEOUT_S) | asking
        return await self._ask(self._request(method, path, whole, payload), whole)

    async def write(
        self, method: str, path: str, payload: Payload | None = None, **asking: Unpack[Asking]
    ) -> Reply:
        """Have something done, once, by any method: a GET may change things as well.

        After GatewayUnreachable nobody knows if it took place.
        """
        whole = Asking(timeout_s=WRITE_TIMEOUT_S) | asking
        async with _Slot(self._writes, self._slot_timeout_s):
            request = self._request(method, path, whole, payload)
            request.extensions["writes"] = True
            return await self._ask(request, whole)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    async def _write(
        self, method: str, path: str, body: Mapping[str, object] | None, asking: Asking
    ) -> Reply:
        return await self.write(method, path, None if body is None else json_of(body), **asking)

    def _request(
        self, method: str, path: str, asking: Asking, payload: Payload | None = None
    ) -> httpx.Request:
        """`path` is quoted already and may hold a query."""
        content = {} if payload is None else {"Content-Type": payload.media_type}
        connect_s = min(self._connect_timeout_s, asking["timeout_s"])
        try:
            return httpx.Request(
                method,
                self._base_url + path,
                headers={**_HEADERS, **content, **(asking.get("headers") or {})},
                content=None if payload is None else payload.content,
                extensions={"timeout": {"connect": connect_s, "pool": connect_s}},
            )
        except (httpx.InvalidURL, ValueError) as error:
            raise GatewayUnreachable(f"the address is none ({type(error).__name__})") from None

    async def _ask(self, request: httpx.Request, asking: Asking) -> Reply:
        timeout_s = asking["timeout_s"]
        async with _Slot(self._slots, self._slot_timeout_s):
            try:
                async with asyncio.timeout(timeout_s):
                    reply = await self._send(
                        request, asking.get("max_bytes", MEGABYTE), asking.get("allow", ())
                    )
            except TimeoutError:
                raise GatewayUnreachable(f"no answer within {timeout_s:g} s") from None
        return _checked(reply, asking.get("about"))

    async def _send(self, request: httpx.Request, max_bytes: int, allow: Container[int]) -> Reply:
        began = asyncio.get_running_loop().time()
        with _as_ours(BrokenConnection, "connection failed"):
            response = await self._transport.handle_async_request(request)
        with _as_ours(GatewayUnreachable, "the answer broke off"):
            async with aclosing(response):
                _raise_for_status(response, allow)
                body = await _body(response, max_bytes)
        elapsed_s = asyncio.get_running_loop().time() - began
        return read_reply(body, status=response.status_code, elapsed_s=elapsed_s)


@contextmanager
def _as_ours(failed: type[GatewayUnreachable], how: str) -> Generator[None]:
    """Turn httpx's word for a failure into ours, without its text: it may quote a key."""
    try:
        yield
    except httpx.ConnectTimeout:
        raise GatewayUnreachable("no connection in time") from None
    except httpx.RemoteProtocolError:
        raise GatewayConfused("the answer is no HTTP") from None
    except httpx.UnsupportedProtocol as error:
        raise GatewayUnreachable(f"the address is none ({type(error).__name__})") from None
    except httpx.TransportError as error:
        raise failed(f"{how} ({type(error).__name__})") from None


def _checked(reply: Reply, about: str | About | None) -> Reply:
    """The reply, once it is seen to be about nobody else."""
    if about is not None:
        must_be_about(reply.json, About(key=about) if isinstance(about, str) else about)
    return reply


class _Slot:
    """A place in a semaphore, waited for no longer than `timeout_s`."""

    def __init__(self, semaphore: asyncio.Semaphore, timeout_s: float) -> None:
        self._semaphore = semaphore
        self._timeout_s = timeout_s

    async def __aenter__(self) -> None:
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._semaphore.acquire()
        except TimeoutError:
            raise GatewayUnreachable("every connection is waiting for an answer") from None

    async def __aexit__(self, *_: object) -> None:
        self._semaphore.release()


def _raise_for_status(answer: httpx.Response, allow: Container[int]) -> None:
    status = answer.status_code
    if 200 <= status < 300 or (status in allow and not 300 <= status < 400):
        return
    if status in {401, 403}:
        raise GatewayAuthError(f"the gateway refused the key ({status})")
    if status == 429:
        raise RateLimited("too many requests", _retry_after_s(answer))
    if status >= 500:
        raise GatewayUnreachable(f"the gateway answered {status}", status)
    if status == 404:
        raise NoSuchRoute("the gateway answered 404", status)
    raise GatewayConfused(f"the gateway answered {status}", status)


def _retry_after_s(answer: httpx.Response) -> float | None:
    header = answer.headers.get("retry-after", "")
    return float(header) if header.isascii() and header.isdecimal() and len(header) < 8 else None


async def _body(answer: httpx.Response, max_bytes: int) -> bytes:
    """The body as it travelled. A compressed one is refused: one packet can fill the memory."""
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        raise GatewayConfused("the answer is compressed though that was not asked for")
    body = bytearray()
    async for chunk in answer.aiter_bytes():
        body += chunk
        if len(body) > max_bytes:
            raise GatewayConfused(f"the answer is larger than {max_bytes} bytes")
    return bytes(body)
