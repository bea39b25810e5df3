"""The sandbox gateway answers as the recorded one does: same statuses, same shapes, same quirks."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from gateway_world import API, HOOK, KEY, PHONE, QUICK, world

from bot.sandbox.gateway import Phase, SessionTimes

DATA = Path(__file__).parent.parent / "data" / "ai_admin"


def shape(value):
    """Keys and types of a JSON value: what a parser may rely on."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(inner) for inner in value[:1]]
    return type(value).__name__


async def assert_as_recorded(here, line, step):
    """Ask what was asked then; status, type and shape of the answer are those of then."""
    told = json.loads((DATA / line / f"{step}.json").read_text())
    request = told["request"]
    reply = await here.http.request(request["method"], request["path"], json=request.get("body"))
    assert (reply.status_code, reply.headers["Content-Type"]) == (
        told["status"],
        told["content_type"],
    )
    if "text" in told:
        assert reply.text == told["text"]
        return
    assert shape(reply.json()) == shape(told["json"])
    words = ("error", "errors", "reason", "message", "success", "healthy")
    assert [reply.json().get(it) for it in words] == [told["json"].get(it) for it in words]
    inner = told["json"].get("status")
    if inner is not None:
        wanted = {key: inner[key] for key in ("connected", "status", "health") if key in inner}
        assert wanted.items() <= reply.json()["status"].items()


@pytest.fixture(params=["6.7", "7.0"])
def line(request):
    return request.param


async def test_nothing_begun(tmp_path, line):
    async with world(tmp_path, linked=False, line=line) as here:
        for step in (
            "01-sessions-empty",
            "02-status-nothing",
            "03-qr-nothing",
            "04-health-nothing",
            "05-send-no-session",
            "20-unknown-route",
            "21-invalid-company",
        ):
            await assert_as_recorded(here, line, step)


async def test_from_a_code_to_connected(tmp_path, line):
    async with world(tmp_path, linked=False, line=line) as here:
        for step in ("06-initialize-qr", "07-status-qr-shown", "08-qr-shown"):
            await assert_as_recorded(here, line, step)
        await here.gateway.act(KEY, "scan")
        await here.gateway.until(KEY, Phase.OPEN)
        for step in (
            "10-status-connected",
            "11-qr-connected",
            "12-health-connected",
            "13-sessions-connected",
            "14-send-ok",
            "15-send-invalid",
            "16-metrics",
        ):
            await assert_as_recorded(here, line, step)


async def test_routes_that_always_fail_and_the_one_that_reconnects(tmp_path, line):
    async with world(tmp_path, line=line) as here:
        for step in (
            "17-old-disconnect-always-500",
            "18-old-reconnect-always-500",
            "19-old-delete-always-500",
            "22-reconnect",
        ):
            await assert_as_recorded(here, line, step)


async def test_a_dead_socket_still_counts_as_connected(tmp_path, line):
    async with world(tmp_path, line=line) as here:
        await here.gateway.act(KEY, "zombie")
        await assert_as_recorded(here, line, "23-status-dead-socket")
        await assert_as_recorded(here, line, "24-send-dead-socket")


async def test_device_removed_and_init_with_dead_files(tmp_path, line):
    async with world(tmp_path, line=line) as here:
        await here.gateway.act(KEY, "device_removed")
        for step in (
            "26-status-device-removed",
            "27-health-device-removed",
            "28-send-device-removed",
            "29-qr-device-removed",
            "30-init-with-dead-files",
        ):
            await assert_as_recorded(here, line, step)
        await here.gateway.until(KEY, Phase.STOPPED)
        await assert_as_recorded(here, line, "31-status-init-with-dead-files")
        await assert_as_recorded(here, line, "32-initialize-after-removal")


async def test_a_restarted_gateway_connects_again_without_a_code(tmp_path, line):
    async with world(tmp_path, line=line, pace=replace(QUICK, restart_s=60)) as here:
        await here.gateway.act(None, "gateway_restart")
        await here.gateway.until(KEY, Phase.STOPPED)
        await here.gateway.act(None, "gateway_up")
        await assert_as_recorded(here, line, "35-status-after-restart")
        await assert_as_recorded(here, line, "36-init-after-restart")
        await here.gateway.until(KEY, Phase.OPEN)
        await assert_as_recorded(here, line, "37-status-init-after-restart")
        await assert_as_recorded(here, line, "38-qr-init-after-restart")


async def test_a_close_keeps_the_files_and_an_init_of_a_session_deletes_them(tmp_path, line):
    async with world(tmp_path, line=line) as here:
        kept = here.files()
        await assert_as_recorded(here, line, "39-close")
        await assert_as_recorded(here, line, "40-status-closed")
        assert here.files() == kept
        await here.init()
        await here.gateway.until(KEY, Phase.OPEN)
        await assert_as_recorded(here, line, "41-init-destructive")
        await assert_as_recorded(here, line, "42-status-init-destructive")
        assert here.files() == []


async def test_a_window_that_is_over_leaves_its_last_code_in_the_cache(tmp_path, line):
    lives = {"qr_first_life_s": 0.01, "qr_next_life_s": 0.01, "codes": 3}
    async with world(tmp_path, linked=False, line=line, **lives) as here:
        await here.init()
        await here.gateway.until(KEY, Phase.CLOSED)
        await assert_as_recorded(here, line, "43-status-qr-window-over")
        await assert_as_recorded(here, line, "44-qr-stale")
        assert here.gateway.live_code(KEY) is None
        await here.http.delete(f"{API}/sessions/{KEY}")
        assert await here.qr() is not None


async def test_pairing_by_code(tmp_path, line):
    async with world(tmp_path, linked=False, line=line) as here:
        await assert_as_recorded(here, line, "45-pairing-code")
        await assert_as_recorded(here, line, "46-status-code-pending")
        await here.gateway.until(KEY, Phase.SHOWING)
        await here.gateway.act(KEY, "enter_code")
        await here.gateway.until(KEY, Phase.OPEN)
        await assert_as_recorded(here, line, "47-status-linked-by-code")
        health = await here.http.get(f"{API}/sessions/{KEY}/health")
        assert health.json()["phoneNumber"] == PHONE


async def test_too_many_messages_are_limited(tmp_path, line):
    async with world(tmp_path, line=line) as here:
        for _ in range(30):
            body = {"companyId": KEY, "phone": "79161234567", "message": "hello"}
            assert (await here.http.post(f"{HOOK}/send", json=body)).status_code == 200
        await assert_as_recorded(here, line, "48-send-rate-limited")


async def test_an_initialize_without_a_code_times_out(tmp_path, line):
    pace = SessionTimes(first_code_s=60, initialize_wait_s=0.01)
    async with world(tmp_path, linked=False, line=line, pace=pace) as here:
        await assert_as_recorded(here, line, "49-initialize-timeout")


async def test_a_file_in_the_place_of_a_directory_is_an_error(tmp_path, line):
    async with world(tmp_path, linked=False, line=line) as here:
        here.sessions.mkdir()
        here.directory("77").write_text("")
        await assert_as_recorded(here, line, "50-init-error")
        await assert_as_recorded(here, line, "51-status-error")
