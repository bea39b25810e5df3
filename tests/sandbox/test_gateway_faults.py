import asyncio
from dataclasses import replace

import httpx
import pytest
from gateway_world import HOOK, KEY, QUICK, GatewayCompany, world

from bot.sandbox.gateway import NotNow, Phase


async def test_a_gateway_that_is_down_resets_connections_and_keeps_its_sessions(tmp_path):
    async with world(tmp_path) as here:
        await here.gateway.act(None, "gateway_down")
        with pytest.raises(httpx.NetworkError):
            await here.status()
        await here.gateway.act(None, "gateway_up")
        assert await here.word() == "connected"


async def test_a_hanging_gateway_answers_when_it_is_up_again(tmp_path):
    async with world(tmp_path) as here:
        await here.gateway.act(None, "hang")
        with pytest.raises(httpx.ReadTimeout):
            await here.http.get(f"{HOOK}/sessions", timeout=0.05)
        waiting = asyncio.ensure_future(here.word())
        await here.http.get("/sandbox/state")
        assert not waiting.done()
        await here.gateway.act(None, "gateway_up")
        assert await waiting == "connected"


async def test_garbage_is_html_with_status_200(tmp_path):
    async with world(tmp_path) as here:
        await here.gateway.act(None, "garbage")
        reply = await here.http.get(f"{HOOK}/sessions")
        assert (reply.status_code, reply.text[:9]) == (200, "<!DOCTYPE")


async def test_a_restarting_gateway_is_down(tmp_path):
    async with world(tmp_path, pace=replace(QUICK, restart_s=60)) as here:
        await here.gateway.act(None, "gateway_restart")
        await here.gateway.until(KEY, Phase.STOPPED)
        with pytest.raises(httpx.NetworkError):
            await here.status()


async def test_a_restart_forgets_every_session(tmp_path):
    async with world(tmp_path) as here:
        await here.gateway.act(None, "gateway_restart")
        await here.gateway.until(KEY, Phase.STOPPED)
        assert await answered(here) == "not_initialized"


async def answered(here):
    for _ in range(2000):
        try:
            return await here.word()
        except httpx.NetworkError:
            continue
    raise AssertionError("the gateway did not come back")


async def test_after_a_restart_with_automatic_start_all_with_files_connect(tmp_path):
    companies = {
        "1": GatewayCompany("a", "79000000001"),
        "2": GatewayCompany("b", "79000000002", False),
    }
    async with world(tmp_path, companies=companies) as here:
        await here.gateway.act(None, "gateway_restart_auto")
        await here.gateway.until("1", Phase.STOPPED)
        await here.gateway.until("1", Phase.OPEN)
        assert await here.word("2") == "not_initialized"


async def test_what_is_not_wrong_cannot_be_mended(tmp_path):
    async with world(tmp_path) as here:
        with pytest.raises(NotNow):
            await here.gateway.act(None, "gateway_up")
        with pytest.raises(KeyError):
            await here.gateway.act(None, "scan")


async def test_a_slow_gateway_answers_late(tmp_path):
    async with world(tmp_path, pace=replace(QUICK, latency_s=0.05)) as here:
        began = asyncio.get_running_loop().time()
        assert await here.word() == "connected"
        assert asyncio.get_running_loop().time() - began >= 0.05


async def test_a_sandbox_stops_at_once_while_someone_waits_for_an_answer(tmp_path):
    async with world(tmp_path) as here:
        await here.gateway.act(None, "hang")
        waiting = asyncio.ensure_future(here.http.get(f"{HOOK}/status/{KEY}"))
        await here.http.get("/sandbox/state")
        async with asyncio.timeout(5):
            await here.gateway.stop()
        with pytest.raises(httpx.TransportError):
            await waiting
