"""The bot's own server and its port."""

import asyncio
import socket

from structlog.testing import capture_logs

from bot.http.server import Server


async def test_a_taken_port_is_one_clear_line_and_is_taken_over_when_it_gets_free():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        server = Server("127.0.0.1", port, [], retry_s=0.01)
        with capture_logs() as lines:
            await server.start()
    async with asyncio.timeout(10):
        await server.listening.wait()
    assert server.url == f"http://127.0.0.1:{port}"
    await server.stop()
    (line,) = lines
    assert line["log_level"] == "error"
    assert line["address"] == f"127.0.0.1:{port}"
    assert "LISTEN" in line["event"]


async def test_it_can_be_stopped_while_it_waits_for_its_port():
    with socket.create_server(("127.0.0.1", 0)) as other:
        server = Server("127.0.0.1", other.getsockname()[1], [])
        await server.start()
        await server.stop()
    assert server.url == ""
    assert not server.listening.is_set()


class Counting(Server):
    """Knows when it has tried three times."""

    tries, third = 0, asyncio.Event()

    async def _try(self, runner, *, first):
        self.tries += 1
        if self.tries == 3:
            self.third.set()
        return await super()._try(runner, first=first)


async def test_it_tries_again_and_again_and_says_so_once():
    with socket.create_server(("127.0.0.1", 0)) as other:
        server = Counting("127.0.0.1", other.getsockname()[1], [], retry_s=0.001)
        with capture_logs() as lines:
            await server.start()
            await asyncio.wait_for(server.third.wait(), 10)
    async with asyncio.timeout(10):
        await server.listening.wait()
    await server.stop()
    assert [line["log_level"] for line in lines] == ["error"]


async def test_one_that_was_never_started_can_be_stopped():
    server = Server("127.0.0.1", 0, [])
    await server.stop()
    assert server.url == ""
