"""What strangers can do to LISTEN with connections alone. The bot must go on watching and telling.

Found on 29 November 2026: 1,500 silent connections took every file of the process. No alert went
out, and asyncio wrote 1.8 million lines in 150 s.
"""

import asyncio
import contextlib
import os
import resource
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.http.connections import ConnectionLimits
from bot.http.server import Server

ROOT = Path(__file__).parents[2]
SOON = ConnectionLimits(most=24, most_of_one=12, first_s=0.3, idle_s=0.3, handling_s=0.5)


async def _well(_request):
    return web.json_response({"ok": True})


async def _hangs(_request):
    await asyncio.Event().wait()


async def _read(request):
    return web.Response(body=await request.read())


@contextlib.asynccontextmanager
async def serving(patience=None):
    routes = [web.get("/healthz", _well), web.get("/hangs", _hangs), web.post("/read", _read)]
    server = Server("127.0.0.1", 0, routes, patience=patience)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


def address_of(server):
    return "127.0.0.1", int(server.url.rpartition(":")[2])


@contextlib.contextmanager
def besieged(server, many, says=b""):
    """So many connections that say this much and no more."""
    with contextlib.ExitStack() as stack:
        opened = []
        for _ in range(many):
            sock = stack.enter_context(socket.socket())
            sock.settimeout(0)
            with contextlib.suppress(BlockingIOError):
                sock.connect(address_of(server))
            opened.append(sock)
        if says:
            for sock in opened:
                with contextlib.suppress(OSError):
                    sock.send(says)
        yield opened


def files_open():
    return len(list(Path("/proc/self/fd").iterdir()))


async def asked(server, path="/healthz"):
    async with aiohttp.ClientSession() as http, http.get(server.url + path) as answer:
        return answer.status


async def closed(sock):
    """Wait for the other side to close."""
    loop = asyncio.get_running_loop()
    with contextlib.suppress(ConnectionError):
        while await loop.sock_recv(sock, 4096):
            pass


# What those who only want to hold a place send, after which they fall silent.
SILENCES = {
    "nothing": b"",
    "half a line": b"GET /heal",
    "half a head": b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    "half a body": b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab",
    "half a chunk": b"POST /read HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n9\r\na",
    "a whole request": b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("says", [SILENCES["nothing"], SILENCES["half a head"]])
async def test_health_is_told_while_fifteen_hundred_connections_wait(whole, says):
    many = 1_500 if whole else 400
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, 4_096), hard), hard))
    try:
        with capture_logs() as lines:
            async with serving() as server:
                with besieged(server, many, says):
                    assert [await asked(server) for _ in range(5)] == [200] * 5
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert len([line for line in lines if line["log_level"] != "info"]) <= 2


@pytest.mark.parametrize("says", SILENCES.values(), ids=SILENCES)
async def test_who_falls_silent_is_not_waited_for(says):
    async with serving(SOON) as server:
        with besieged(server, 1, says) as (sock,):
            await asyncio.wait_for(closed(sock), 10)


async def test_an_answer_that_nobody_fetches_holds_no_connection():
    served = asyncio.get_running_loop().create_future()

    async def large(request):
        served.set_result(request.task)
        return web.Response(body=b"x" * 16_000_000)

    server = Server("127.0.0.1", 0, [web.get("/large", large)], patience=SOON)
    await server.start()
    try:
        with besieged(server, 1, b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n"):
            _, unfinished = await asyncio.wait([await served], timeout=10)
            assert not unfinished
    finally:
        await server.stop()


async def test_what_hangs_in_a_handler_is_given_up():
    async with serving(SOON) as server:
        assert await asked(server, "/hangs") == 503


async def test_requests_under_way_are_not_cut_off_for_new_ones():
    begun, everybody, free = [], asyncio.Event(), asyncio.Event()

    async def slow(_request):
        begun.append(None)
        if len(begun) == 8:
            everybody.set()
        await free.wait()
        return web.Response()

    patience = ConnectionLimits(most=8, most_of_one=8)
    server = Server("127.0.0.1", 0, [web.get("/slow", slow)], patience=patience)
    await server.start()
    try:
        async with aiohttp.ClientSession() as http:
            under_way = [asyncio.create_task(http.get(server.url + "/slow")) for _ in range(8)]
            await everybody.wait()
            with besieged(server, 1) as (sock,):
                await asyncio.wait_for(closed(sock), 10)
            free.set()
            assert [(await one).status for one in under_way] == [200] * 8
    finally:
        await server.stop()


async def test_a_connection_is_used_again():
    async with serving() as server, aiohttp.ClientSession() as http:
        for _ in range(3):
            async with http.get(server.url + "/healthz") as answer:
                assert answer.status == 200
        assert len(http.connector._conns) == 1


@pytest.mark.parametrize("limit", [60, 90])
def test_a_process_that_may_open_few_files_still_answers_and_still_calls_out(limit):
    """A gateway has to be asked, and an alert to be sent, while LISTEN is flooded."""
    child = textwrap.dedent(f"""
        import asyncio, contextlib, io, resource, socket
        from aiohttp import web
        import aiohttp
        from bot import logs
        from bot.http.server import Server

        stream = io.StringIO()
        logs.configure(level="info", stream=stream)

        async def well(_): return web.Response(text="well")

        async def main():
            server = Server("127.0.0.1", 0, [web.get("/healthz", well)])
            await server.start()
            elsewhere = await asyncio.start_server(lambda r, w: w.close(), "127.0.0.1", 0)
            gateway = elsewhere.sockets[0].getsockname()
            print(server.url, flush=True)
            await asyncio.get_running_loop().run_in_executor(None, input)
            for _ in range(5):
                _, writer = await asyncio.open_connection(*gateway)
                writer.close()
            print("called out", len(stream.getvalue().splitlines()), flush=True)
            await asyncio.get_running_loop().run_in_executor(None, input)
            await server.stop()

        resource.setrlimit(resource.RLIMIT_NOFILE, ({limit}, {limit}))
        asyncio.run(main())
    """)
    with subprocess.Popen(
        [sys.executable, "-c", child],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        url = process.stdout.readline().strip()
        host, port = "127.0.0.1", int(url.rpartition(":")[2])
        with contextlib.ExitStack() as stack:
            for _ in range(300):
                sock = stack.enter_context(socket.socket())
                sock.settimeout(0)
                with contextlib.suppress(BlockingIOError):
                    sock.connect((host, port))
            process.stdin.write("\n")
            process.stdin.flush()
            told, _, lines = process.stdout.readline().strip().rpartition(" ")
            with socket.create_connection((host, port), 10) as asking:
                asking.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                assert asking.recv(100).startswith(b"HTTP/1.1 200")
        process.stdin.write("\n")
        process.stdin.close()
        assert process.wait(20) == 0
    assert told == "called out"
    assert int(lines) < 20


async def test_without_a_single_file_left_the_log_stays_short():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with capture_logs() as lines:
        async with serving() as server:
            with besieged(server, 20):
                taken = files_open()
                resource.setrlimit(resource.RLIMIT_NOFILE, (taken, hard))
                try:
                    await asyncio.sleep(0.3)  # in which 1.0.0 wrote thousands of lines
                finally:
                    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
                assert await asked(server) == 200
    assert len([line for line in lines if line["log_level"] != "info"]) <= 2
