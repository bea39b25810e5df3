"""What the bridge between httpx and aiohttp gets wrong by itself, and must not through our wire."""

import asyncio
import socket
from urllib.parse import unquote

import httpx
import pytest
from test_http_sockets import OK, endless_headers, hang_up, reset, speak_another_language

from bot.gateways.client import GatewayClient, path_part
from bot.gateways.wire import HttpWire

SECRET = "obviously-fake-key"


async def asked(port, method="GET", path="/", **options):
    """What the wire says of a server on this port."""
    wire = HttpWire(connections=2)
    try:
        url = f"http://127.0.0.1:{port}{path}?key={SECRET}"
        response = await wire.handle_async_request(httpx.Request(method, url, **options))
        return response.status_code, await response.aread()
    finally:
        await wire.aclose()


class Server:
    """Lets `behave(reader, writer)` answer each request; counts connections and requests."""

    def __init__(self, behave):
        self.behave = behave
        self.connections, self.heads = 0, []

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader, writer):
        self.connections += 1
        try:
            while True:
                self.heads.append(await reader.readuntil(b"\r\n\r\n"))
                if await self.behave(reader, writer) is not True:
                    return
        except (ConnectionError, asyncio.IncompleteReadError):
            return  # the client has gone
        finally:
            writer.close()


async def answer_once(reader, writer):
    """A keep-alive answer after which the connection is closed all the same, as Node does."""
    writer.write(OK + b"Content-Length: 2\r\n\r\n{}")
    await writer.drain()


async def answer_on(reader, writer):
    await answer_once(reader, writer)
    return True


async def test_a_refused_connection_is_no_timeout():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody else gets this port
        with pytest.raises(httpx.NetworkError) as raised:
            await asked(taken.getsockname()[1])
    assert SECRET not in repr(raised.value)
    assert raised.value.__cause__ is None


@pytest.mark.parametrize("behave", [hang_up, reset])
async def test_a_dropped_connection_is_no_timeout(behave):
    async with Server(behave) as server:
        with pytest.raises(httpx.NetworkError):
            await asked(server.port)


@pytest.mark.parametrize("behave", [speak_another_language, endless_headers])
async def test_what_is_no_http_is_said_in_words_of_httpx(behave):
    async with Server(behave) as server:
        with pytest.raises(httpx.RemoteProtocolError) as raised:
            await asked(server.port)
    assert SECRET not in repr(raised.value)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST"])
async def test_a_write_is_never_sent_over_a_used_connection_nor_twice(method):
    """A connection that the server closed just then would have it repeated by aiohttp."""
    async with Server(answer_once) as server:
        wire = HttpWire(connections=2)
        for _ in range(3):
            url = f"http://127.0.0.1:{server.port}/"
            response = await wire.handle_async_request(httpx.Request(method, url))
            assert await response.aread() == b"{}"
        await wire.aclose()
    assert (server.connections, len(server.heads)) == (3, 3)


async def test_reads_share_a_connection():
    async with Server(answer_on) as server:
        wire = HttpWire(connections=2)
        for _ in range(3):
            url = f"http://127.0.0.1:{server.port}/"
            await (await wire.handle_async_request(httpx.Request("GET", url))).aread()
        await wire.aclose()
    assert (server.connections, len(server.heads)) == (1, 3)


async def test_no_cookie_of_one_answer_comes_with_the_next_question():
    async def with_cookie(reader, writer):
        writer.write(OK + b"Set-Cookie: sid=1; Path=/\r\nContent-Length: 2\r\n\r\n{}")
        return True

    async with Server(with_cookie) as server:
        client = GatewayClient(f"http://127.0.0.1:{server.port}")
        for _ in range(2):
            await client.get_json("/")
        await client.aclose()
    assert all(b"cookie" not in head.lower() for head in server.heads)


@pytest.mark.parametrize(
    "key", ["a/b", "..%2F", "%2e%2e", "a?b#c", "50%", "a+b", "Салон красоты", "x;y=z", "😀", "a\\b"]
)
async def test_any_key_arrives_as_one_part_of_the_path(key):
    """Both libraries read an address anew and may write a sign otherwise, never another one."""
    async with Server(answer_on) as server:
        client = GatewayClient(f"http://127.0.0.1:{server.port}/base/")
        await client.get_json(f"/sessions/{path_part(key)}/status")
        await client.aclose()
    path = server.heads[0].split(b" ")[1].decode()
    assert [unquote(part) for part in path.split("/")] == ["", "base", "sessions", key, "status"]
