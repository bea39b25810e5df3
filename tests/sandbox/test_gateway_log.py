import json

import pytest
from gateway_world import KEY, world

from bot.sandbox.gateway import Phase


def entries(here):
    return [json.loads(text) for text in here.log().splitlines() if text.startswith("{")]


@pytest.mark.parametrize(("line", "field"), [("6.7", "node"), ("7.0", "fullErrorNode")])
async def test_a_removal_is_logged_as_baileys_does(tmp_path, line, field):
    async with world(tmp_path, line=line) as here:
        await here.gateway.act(KEY, "device_removed")
        [error] = [entry for entry in entries(here) if entry.get("msg") == "stream errored out"]
        assert (error["level"], error["companyId"]) == (50, KEY)
        assert error[field]["attrs"] == {"code": "401"}
        assert error[field]["content"][0]["attrs"] == {"type": "device_removed"}


async def test_a_later_login_says_something_else(tmp_path):
    async with world(tmp_path) as here:
        await here.gateway.act(KEY, "device_removed")
        await here.init()
        await here.gateway.until(KEY, Phase.STOPPED)
        closes = [entry for entry in entries(here) if entry.get("ev") == "close"]
        assert [it["message"] for it in closes] == [
            "Stream Errored (conflict)",
            "Connection Failure",
        ]


async def test_a_window_that_ends_is_logged(tmp_path):
    lives = {"qr_first_life_s": 0.01, "qr_next_life_s": 0.01, "codes": 2}
    async with world(tmp_path, linked=False, **lives) as here:
        await here.init()
        await here.gateway.until(KEY, Phase.CLOSED)
        assert "QR refs attempts ended" in here.log()


@pytest.mark.parametrize(("line", "headed"), [("6.7", True), ("7.0", False)])
async def test_libsignal_dumps_fake_keys_with_the_company(tmp_path, line, headed):
    async with world(tmp_path, line=line) as here:
        await here.gateway.act(KEY, "files_grow")
        assert f"[{KEY}] Closing session: SessionEntry {{" in here.log()
        assert "privKey: <Buffer 46 41 4b 45 2d 4b 45 59" in here.log()
        assert ("Closing stale open session" in here.log()) is headed


async def test_every_line_names_the_company(tmp_path):
    async with world(tmp_path) as here:
        for act in ("files_grow", "drop"):
            await here.gateway.act(KEY, act)
        assert all(KEY in text for text in here.log().splitlines())
