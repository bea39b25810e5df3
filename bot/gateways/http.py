"""The HTTP client the adapters share: the only file that knows httpx.

In goes a path, out comes a `Reply` or a GatewayError. The texts of these errors hold no body, no
key and no path, for paths and keys of some gateways are secrets. Keys travel in the `headers` of a
call: some gateways have another one for each session.
"""

import asyncio
from collections.abc import Container, Mapping
from typing import NoReturn
from urllib.parse import quote

import httpx
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_random

from bot.gateways.base import (
    GatewayAuthError,
    GatewayConfused,
    GatewayUnreachable,
    RateLimited,
    SessionNotFound,
)
from bot.gateways.reply import NoSuchRoute, Reply, read_reply

# httpx' pool searches its list for every request: 0.8 ms with 8 connections, 6 ms with 50.
CONNECTIONS = 8
# Slow writes (a reset waits a minute for a code) may never take all the connections from the looks.
WRITES_AT_ONCE = 4

READ_TIMEOUT_S = 10.0
WRITE_TIMEOUT_S = 30.0
MEGABYTE = 1 << 20

# Node closes an idle connection after 5 s: let go first, or a write meets a connection just closed.
_KEEPALIVE_S = 4.0
_LONGEST_KEY = 200


def path_part(key: str) -> str:
    """`key` as one part of a path, or SessionNotFound: such a text can be no session's key."""
    if not 0 < len(key) <= _LONGEST_KEY or not key.isprintable() or key in {".", ".."}:
        raise SessionNotFound("the key is no name of a session")
    return quote(key, safe="")


class _BrokenConnection(GatewayUnreachable):
    """The connection failed before an answer began: a read may be asked once more."""


class GatewayClient:
    """Asks one gateway, a bounded number of questions at a time, each of bounded length.

    2xx answers become a Reply, and so do the statuses in `allow`, for those that carry a meaning.
    Otherwise 401 and 403 raise GatewayAuthError, 429 RateLimited, 5xx GatewayUnreachable, redirects
    and the rest GatewayConfused. `transport` is the seam for tests.
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
        self._http = httpx.AsyncClient(
            base_url=base_url,
            headers={
                "Accept": "application/json",
                # What is not compressed cannot be a bomb; see _body.
                "Accept-Encoding": "identity",
                "User-Agent": "repair-bot",
            },
            limits=httpx.Limits(
                max_connections=CONNECTIONS,
                max_keepalive_connections=CONNECTIONS,
                keepalive_expiry=_KEEPALIVE_S,
            ),
            transport=transport,
            trust_env=False,
            follow_redirects=False,
        )

    async def get_json(
        self,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = READ_TIMEOUT_S,
        max_bytes: int = MEGABYTE,
        allow: Container[int] = (),
    ) -> Reply:
        """Read `path`; asked once more, at once, when the connection fails.

        A picture is taken as well where the gateway answers with one.
        """
        reads = AsyncRetrying(
            retry=retry_if_exception_type(_BrokenConnection),
            stop=stop_after_attempt(2),
            wait=wait_random(0.02, 0.1),
            reraise=True,
        )
        request = self._request("GET", path, headers, timeout_s)
        return await reads(self._ask, request, timeout_s, max_bytes, allow)

    async def post_json(
        self,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = WRITE_TIMEOUT_S,
        max_bytes: int = MEGABYTE,
        allow: Container[int] = (),
    ) -> Reply:
        """Post `body` as JSON, once: after GatewayUnreachable nobody knows if it took place."""
        request = self._request("POST", path, headers, timeout_s, body or {})
        return await self._write(request, timeout_s, max_bytes, allow)

    async def put_json(
        self,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = WRITE_TIMEOUT_S,
        max_bytes: int = MEGABYTE,
        allow: Container[int] = (),
    ) -> Reply:
        """Put `body` as JSON, once: after GatewayUnreachable nobody knows if it took place."""
        request = self._request("PUT", path, headers, timeout_s, body or {})
        return await self._write(request, timeout_s, max_bytes, allow)

    async def delete_json(
        self,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = WRITE_TIMEOUT_S,
        max_bytes: int = MEGABYTE,
        allow: Container[int] = (),
    ) -> Reply:
        """Delete `path`, once: after GatewayUnreachable nobody knows if it took place."""
        request = self._request("DELETE", path, headers, timeout_s)
        return await self._write(request, timeout_s, max_bytes, allow)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def _request(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None,
        timeout_s: float,
        body: Mapping[str, object] | None = None,
    ) -> httpx.Request:
        timeout = httpx.Timeout(
            connect=min(self._connect_timeout_s, timeout_s),
            read=timeout_s,
            write=timeout_s,
            pool=timeout_s,
        )
        return self._http.build_request(method, path, headers=headers, json=body, timeout=timeout)

    async def _write(
        self, request: httpx.Request, timeout_s: float, max_bytes: int, allow: Container[int]
    ) -> Reply:
        async with _Slot(self._writes, self._slot_timeout_s):
            return await self._ask(request, timeout_s, max_bytes, allow)

    async def _ask(
        self, request: httpx.Request, timeout_s: float, max_bytes: int, allow: Container[int]
    ) -> Reply:
        async with _Slot(self._slots, self._slot_timeout_s):
            try:
                # httpx limits the pause between two bytes; only this ends an endless drip.
                async with asyncio.timeout(timeout_s):
                    return await self._send(request, max_bytes, allow)
            except (TimeoutError, httpx.TimeoutException):
                raise GatewayUnreachable(f"no answer within {timeout_s:g} s") from None
            except httpx.HTTPError as error:
                _raise_for_transport(error)

    async def _send(self, request: httpx.Request, max_bytes: int, allow: Container[int]) -> Reply:
        began = asyncio.get_running_loop().time()
        response = await self._http.send(request, stream=True)
        try:
            _raise_for_status(response, allow)
            body = await _body(response, max_bytes)
        finally:
            await response.aclose()
        elapsed_s = asyncio.get_running_loop().time() - began
        return read_reply(body, status=response.status_code, elapsed_s=elapsed_s)


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


def _raise_for_transport(error: httpx.HTTPError) -> NoReturn:
    """Turn httpx' word for a failure into ours, without its text: it may quote what was sent."""
    broken_off = "disconnected" in str(error) or "closed connection" in str(error)
    if isinstance(error, httpx.RemoteProtocolError) and not broken_off:
        raise GatewayConfused("the answer is no HTTP") from None
    if isinstance(error, httpx.NetworkError | httpx.RemoteProtocolError):
        raise _BrokenConnection(f"connection failed ({type(error).__name__})") from None
    raise GatewayUnreachable(f"request failed ({type(error).__name__})") from None


def _raise_for_status(response: httpx.Response, allow: Container[int]) -> None:
    status = response.status_code
    if response.is_success or (status in allow and not 300 <= status < 400):
        return
    if status in {401, 403}:
        raise GatewayAuthError(f"the gateway refused the key ({status})")
    if status == 429:
        raise RateLimited("too many requests", _retry_after_s(response))
    if status >= 500:
        raise GatewayUnreachable(f"the gateway answered {status}")
    if status == 404:
        raise NoSuchRoute("the gateway answered 404")
    raise GatewayConfused(f"the gateway answered {status}")


def _retry_after_s(response: httpx.Response) -> float | None:
    told = response.headers.get("Retry-After", "")
    return float(told) if told.isascii() and told.isdecimal() and len(told) < 8 else None


async def _body(response: httpx.Response, max_bytes: int) -> bytes:
    """The body as it travelled. A compressed one is refused: one packet can fill the memory."""
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise GatewayConfused("the answer is compressed though that was not asked for")
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > max_bytes:
            raise GatewayConfused(f"the answer is larger than {max_bytes} bytes")
    return bytes(body)
