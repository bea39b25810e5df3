"""What real sockets do: refuse, hang, drip, flood, break off. Servers on 127.0.0.1 only."""

import asyncio
import gzip
import socket
import struct
from contextlib import asynccontextmanager

import pytest
from recorded import KEY, Clock

from bot.gateways.ai_admin import AiAdmin
from bot.gateways.base import GatewayConfused, GatewayUnreachable
from bot.gateways.client import GatewayClient

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@asynccontextmanager
async def serving(behave, **options):
    """A client of a server that lets `behave(reader, writer)` answer after the request's head."""
    answering = set()

    async def answer(reader, writer):
        answering.add(asyncio.current_task())
        try:
            await reader.readuntil(b"\r\n\r\n")
            await behave(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client has gone: that is what most of these tests are about
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = GatewayClient(f"http://127.0.0.1:{port}", **options)
    try:
        yield client
    finally:
        await client.aclose()
        server.close()
        for task in answering:
            task.cancel()
        await asyncio.gather(*answering, return_exceptions=True)
        await server.wait_closed()


async def hang(reader, writer):
    await reader.read()


async def drip(reader, writer):
    writer.write(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    for _ in range(10_000):
        writer.write(b"1\r\n \r\n")
        await writer.drain()
        try:
            await asyncio.wait_for(reader.read(1), 0.02)
        except TimeoutError:
            continue
        return


async def flood(reader, writer):
    writer.write(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
        await writer.drain()


async def bomb(reader, writer):
    body = gzip.compress(b"[" + b" " * 50_000_000)
    writer.write(OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    await writer.drain()


async def break_off(reader, writer):
    writer.write(OK + b"Content-Length: 100\r\n\r\n{")
    await writer.drain()


async def hang_up(reader, writer):
    pass


async def reset(reader, writer):
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


async def speak_another_language(reader, writer):
    writer.write(b"220 mail.invalid ESMTP\r\n\r\n")
    await writer.drain()


async def endless_headers(reader, writer):
    writer.write(OK)
    while True:
        writer.write(b"X-More: " + b"x" * 1000 + b"\r\n")
        await writer.drain()


@pytest.mark.parametrize("behave", [hang, drip])
async def test_a_gateway_that_takes_for_ever_is_unreachable_in_time(behave):
    async with serving(behave) as client:
        async with asyncio.timeout(5):
            with pytest.raises(GatewayUnreachable) as raised:
                await client.get_json("/", timeout_s=0.2)
    assert raised.type is GatewayUnreachable
    assert "0.2 s" in str(raised.value)


@pytest.mark.parametrize("behave", [flood, bomb, speak_another_language, endless_headers])
async def test_a_gateway_that_talks_nonsense_is_confused(behave):
    async with serving(behave) as client:
        with pytest.raises(GatewayConfused):
            await client.get_json("/", timeout_s=5)


@pytest.mark.parametrize("behave", [break_off, hang_up, reset])
async def test_a_gateway_that_breaks_off_is_unreachable(behave):
    async with serving(behave) as client:
        with pytest.raises(GatewayUnreachable) as raised:
            await client.get_json("/", timeout_s=5)
    assert not isinstance(raised.value, GatewayConfused)


async def test_a_refused_connection_is_unreachable():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody else gets this port
        client = GatewayClient(f"http://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(GatewayUnreachable):
            await client.get_json("/")
        await client.aclose()


async def test_a_client_goes_on_after_a_hanging_gateway():
    hanging = asyncio.Event()
    hanging.set()

    async def behave(reader, writer):
        if hanging.is_set():
            await reader.read()
        writer.write(OK + b"Content-Length: 2\r\n\r\n{}")
        await writer.drain()

    async with serving(behave) as client:
        asked = [client.get_json("/", timeout_s=0.2) for _ in range(20)]
        failed = await asyncio.gather(*asked, return_exceptions=True)
        hanging.clear()
        assert all(isinstance(error, GatewayUnreachable) for error in failed)
        assert (await client.get_json("/")).mapping() == {}


@pytest.mark.parametrize("behave", [break_off, reset, speak_another_language, flood])
async def test_no_broken_gateway_makes_a_session_look_lost(behave):
    async with serving(behave) as client:
        admin = AiAdmin(client, clock=Clock())
        for call in (admin.get_session(KEY), admin.list_sessions(), admin.get_qr(KEY)):
            with pytest.raises(GatewayUnreachable):
                await call


async def test_an_address_that_is_none_is_a_gateway_out_of_reach():
    client = GatewayClient("http://")
    with pytest.raises(GatewayUnreachable, match="address"):
        await client.get_json("/")
    await client.aclose()
