"""What each kind of gateway pushes of the same happenings, by the words it has for them."""

import hashlib
import hmac
import json
from contextlib import asynccontextmanager

import pytest
from gateway_world import KEY, world
from receiving import receiving

from bot.sandbox.gateway import Phase

HOOK_KEY = "obviously-fake-hook-key"
START = {
    "wppconnect": ("POST", f"/api/{KEY}/start-session"),
    "wuzapi": ("POST", "/session/connect"),
    "evolution": ("GET", f"/instance/connect/{KEY}"),
    "waha": ("POST", f"/api/sessions/{KEY}/start"),
}
STOP = {
    "wppconnect": ("POST", f"/api/{KEY}/close-session"),
    "wuzapi": ("POST", "/session/disconnect"),
    "waha": ("POST", f"/api/sessions/{KEY}/stop"),
}
HEADERS = {"Authorization": f"Bearer FAKE-TOKEN-OF-{KEY}", "Token": f"FAKE-TOKEN-OF-{KEY}"}


def word_of(kind, body):
    """The one word of a push that tells what happened."""
    match kind:
        case "wppconnect":
            return body.get("status", body["event"])
        case "wuzapi":
            return body["type"]
        case "evolution":
            return body["data"].get("state", body["event"])
    return body["payload"]["status"]


@asynccontextmanager
async def heard(here, key=HOOK_KEY):
    """The (headers, body) of each push from here on; complete once `pushes_out` has returned."""
    got = []
    async with receiving(got) as url:
        here.gateway.push_to(url, key)
        yield got


async def words(here, kind, got):
    await here.gateway.pushes_out()
    bodies = [json.loads(body) for _, body in got]
    names = {body.get("session") or body.get("instanceName") or body["instance"] for body in bodies}
    assert names <= {KEY}
    return [word_of(kind, body) for body in bodies]


async def ask(here, kind, table):
    method, path = table[kind]
    reply = await here.http.request(method, path, headers=HEADERS, json={})
    assert reply.is_success, reply.text


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("wppconnect", ["qrcode", "qrReadSuccess", "inChat", "phoneNotConnected"]),
        ("wuzapi", ["QR", "PairSuccess", "Connected", "Disconnected"]),
        ("evolution", ["qrcode.updated", "connecting", "connecting", "open", "close"]),
        ("waha", ["SCAN_QR_CODE", "WORKING", "FAILED"]),
    ],
)
async def test_from_a_code_over_a_scan_to_a_drop(tmp_path, kind, told):
    async with world(tmp_path, linked=False, dialect=kind) as here, heard(here) as got:
        await ask(here, kind, START)
        await here.gateway.until(KEY, Phase.SHOWING)
        await here.gateway.act(KEY, "scan")
        await here.gateway.until(KEY, Phase.OPEN)
        await here.gateway.act(KEY, "drop_for_good")
        assert await words(here, kind, got) == told


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("wppconnect", ["qrcode", "autocloseCalled"]),
        ("wuzapi", ["QR", "QRTimeout"]),
        ("evolution", [*["qrcode.updated", "connecting"] * 4, "qrcode.updated", "close"]),
        ("waha", ["SCAN_QR_CODE", "FAILED"]),
    ],
)
async def test_a_code_that_nobody_scans(tmp_path, kind, told):
    window = {"codes": 1, "qr_first_life_s": 0.01}
    async with world(tmp_path, linked=False, dialect=kind, **window) as here, heard(here) as got:
        await ask(here, kind, START)
        await here.gateway.until(KEY, Phase.CLOSED)
        assert await words(here, kind, got) == told


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("wppconnect", ["disconnectedMobile"]),
        ("wuzapi", ["LoggedOut"]),
        ("evolution", ["close"]),
        ("waha", ["FAILED"]),
    ],
)
async def test_a_device_that_was_removed(tmp_path, kind, told):
    async with world(tmp_path, dialect=kind) as here, heard(here) as got:
        await here.gateway.act(KEY, "device_removed")
        assert await words(here, kind, got) == told
        if kind == "evolution":
            assert json.loads(got[0][1])["data"]["statusReason"] == 401


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("wppconnect", ["phoneNotConnected", "inChat"]),
        ("wuzapi", ["Connected"]),  # that it was replaced it keeps to itself
        ("evolution", ["close", "open"]),
        ("waha", ["WORKING"]),
    ],
)
async def test_a_session_that_was_replaced_and_comes_back(tmp_path, kind, told):
    async with world(tmp_path, dialect=kind) as here, heard(here) as got:
        await here.gateway.act(KEY, "second_process")
        await here.gateway.until(KEY, Phase.OPEN)
        assert await words(here, kind, got) == told


@pytest.mark.parametrize(
    ("kind", "told"), [("wppconnect", ["browserClose"]), ("wuzapi", []), ("waha", ["STOPPED"])]
)
async def test_a_session_that_somebody_stopped(tmp_path, kind, told):
    async with world(tmp_path, dialect=kind) as here, heard(here) as got:
        await ask(here, kind, STOP)
        assert here.gateway.phase(KEY) is Phase.STOPPED
        assert await words(here, kind, got) == told


@pytest.mark.parametrize(
    ("kind", "header", "digest"),
    [
        ("waha", "X-Webhook-Hmac", hashlib.sha512),
        ("wuzapi", "x-hmac-signature", hashlib.sha256),
    ],
)
async def test_a_push_is_signed_with_the_key_it_was_told_and_bare_without(
    tmp_path, kind, header, digest
):
    async with world(tmp_path, dialect=kind) as here:
        for key in (HOOK_KEY, None):
            async with heard(here, key) as got:
                await here.gateway.act(KEY, "second_process")
                await here.gateway.until(KEY, Phase.OPEN)
                await here.gateway.pushes_out()
            headers, body = got[0]
            right = None if key is None else hmac.new(key.encode(), body, digest).hexdigest()
            assert headers.get(header.lower()) == right
