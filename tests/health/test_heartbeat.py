"""The dead-man's switch: called after every round of looks, and quiet about where."""

import asyncio

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.health.heartbeat import Heartbeat
from bot.health.metrics import Metrics

PATH = "/ping/c0ffee"


class Switch:
    """Somebody who waits for calls; answers with the statuses it is told."""

    def __init__(self):
        self.calls, self.statuses, self.called = 0, [], asyncio.Event()
        self.goes_on = asyncio.Event()
        self.goes_on.set()

    async def answer(self, _request):
        self.calls += 1
        self.called.set()
        await self.goes_on.wait()
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)


@pytest.fixture
async def switch():
    one = Switch()
    app = web.Application()
    app.router.add_get(PATH, one.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    one.url = f"http://127.0.0.1:{runner.addresses[0][1]}{PATH}"
    yield one
    await runner.cleanup()


async def beat(heartbeat):
    async with asyncio.timeout(10):
        await heartbeat.beat()


async def test_a_failure_is_logged_once_without_the_address_and_so_is_its_end(switch):
    heartbeat = Heartbeat(switch.url, Metrics())
    switch.statuses = [500, 500, 200, 200]
    with capture_logs() as lines:
        for _ in range(4):
            await beat(heartbeat)
    assert [line["log_level"] for line in lines] == ["warning", "info"]
    assert "c0ffee" not in repr(lines)


async def test_an_address_that_is_not_there_hurts_nobody():
    heartbeat = Heartbeat(f"http://127.0.0.1:9{PATH}", Metrics())
    with capture_logs() as lines:
        await beat(heartbeat)
        await beat(heartbeat)
    (line,) = lines
    assert line["trouble"] == "ClientConnectorError"
    assert "c0ffee" not in repr(lines)


async def test_a_beat_during_a_call_is_that_call(switch):
    heartbeat = Heartbeat(switch.url, Metrics())
    switch.goes_on.clear()
    first = heartbeat.beat()
    await switch.called.wait()
    assert heartbeat.beat() is first
    switch.goes_on.set()
    await first
    await beat(heartbeat)
    assert switch.calls == 2


async def test_stopping_does_not_wait_for_a_switch_that_hangs(switch):
    switch.goes_on.clear()
    heartbeat = Heartbeat(switch.url, Metrics())
    call = heartbeat.beat()
    await switch.called.wait()
    await heartbeat.stop()
    assert call.cancelled()
    switch.goes_on.set()
