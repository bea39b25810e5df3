"""What each kind of gateway will not do, said in its own words: nothing changes by asking."""

from dataclasses import replace

import pytest
from gateway_world import API, KEY, PHONE, QUICK, world

from bot.sandbox.gateway import Phase

WPP = f"/api/{KEY}"
ROOM = f"/devices/{KEY}"
AUTH = {
    "wppconnect": {"Authorization": f"Bearer FAKE-TOKEN-OF-{KEY}"},
    "wuzapi": {"Token": f"FAKE-TOKEN-OF-{KEY}"},
    "gowa": {"X-Device-Id": KEY},
}
TEXT = {"phone": PHONE, "message": "ping"}

# Each is (kind, what the session is, method, path, body, status, words).
FROM_WHAT_IS_CONNECTED = [
    ("wuzapi", "POST", "/session/connect", {}, 500, "already connected"),
    ("wuzapi", "GET", "/session/qr", None, 500, "already logged in"),
    ("wuzapi", "POST", "/session/pairphone", {"Phone": PHONE}, 400, "already paired"),
    ("wuzapi", "POST", "/session/pairphone", {}, 400, "missing Phone in Payload"),
    ("wuzapi", "POST", "/session/pairphone", {"Phone": 79000962302}, 400, "missing Phone"),
    ("wuzapi", "POST", "/chat/send/text", {"Phone": PHONE}, 400, "missing Phone in Payload"),
    ("wuzapi", "POST", "/admin/users", {"name": "481120"}, 400, "missing required fields"),
    ("wuzapi", "GET", "/session/nowhere", None, 404, "404 page not found"),
    ("wppconnect", "POST", f"{WPP}/send-message", {"phone": PHONE}, 500, "Error sending message"),
    ("gowa", "GET", f"{ROOM}/login", None, 400, "ALREADY_LOGGED_IN"),
    ("gowa", "POST", f"{ROOM}/login/code?phone={PHONE}", None, 400, "ALREADY_LOGGED_IN"),
    ("gowa", "POST", "/send/message", {"phone": PHONE}, 400, "message: cannot be blank."),
    ("gowa", "GET", "/nowhere", None, 404, "Cannot GET /nowhere"),
    ("gowa", "GET", "/statics/images/qrcode/scan-qr-of-nobody.png", None, 404, "Cannot GET"),
    ("waha", "POST", "/api/sessions", {"name": KEY}, 422, "already exists. Use PUT"),
    ("waha", "POST", f"/api/{KEY}/auth/request-code", {"phoneNumber": PHONE}, 422, "SCAN_QR_CODE"),
    ("waha", "POST", "/api/sendText", {"session": KEY, "text": "ping"}, 400, "chatId and text"),
    ("waha", "DELETE", f"/api/sessions/{KEY}", None, 404, f"Cannot DELETE /api/sessions/{KEY}"),
    ("evolution", "POST", "/instance/create", {"instanceName": KEY}, 403, "already in use."),
    ("evolution", "POST", f"/message/sendText/{KEY}", {"number": PHONE}, 400, "requires property"),
    ("evolution", "GET", "/nowhere", None, 404, "Cannot GET /nowhere"),
    ("ai_admin", "POST", f"{API}/sessions/{KEY}/pairing-code", {}, 400, "phoneNumber is required"),
    (
        "ai_admin",
        "POST",
        f"{API}/sessions/{KEY}/pairing-code",
        {"phoneNumber": "+7 900"},
        400,
        "phoneNumber is required",
    ),
]
FROM_WHAT_DROPPED = [
    ("wuzapi", "POST", "/session/disconnect", {}, 500, "it is not logged in"),
    ("wuzapi", "POST", "/session/logout", {}, 500, "could not logout"),
    ("wuzapi", "GET", "/session/qr", None, 500, "not connected"),
    ("wuzapi", "POST", "/session/pairphone", {"Phone": PHONE}, 500, "no session"),
    ("wuzapi", "POST", "/chat/send/text", {"Phone": PHONE, "Body": "x"}, 500, "websocket not"),
    ("wppconnect", "POST", f"{WPP}/logout-session", {}, 404, "The session is not active"),
    ("wppconnect", "POST", f"{WPP}/send-message", TEXT, 404, "The session is not active"),
    ("wppconnect", "GET", f"{WPP}/get-phone-number", None, 404, "The session is not active"),
    ("gowa", "GET", f"{ROOM}/login", None, 500, "SESSION_SAVED_ERROR"),
    ("gowa", "POST", "/send/message", TEXT, 401, "you are not logged in"),
    (
        "waha",
        "POST",
        "/api/sendText",
        {"session": KEY, "chatId": f"{PHONE}@c.us", "text": "ping"},
        422,
        "WORKING",
    ),
    ("ai_admin", "GET", f"{API}/sessions/{KEY}/health", None, 503, "Session not connected"),
]
FROM_WHAT_NEVER_BEGAN = [
    ("wuzapi", "POST", "/session/disconnect", {}, 500, "no session"),
    ("wuzapi", "POST", "/session/logout", {}, 500, "could not logout"),
    ("wuzapi", "GET", "/session/qr", None, 500, "no session"),
    ("wuzapi", "POST", "/session/pairphone", {"Phone": PHONE}, 500, "no session"),
    ("wuzapi", "POST", "/chat/send/text", {"Phone": PHONE, "Body": "x"}, 500, "no session"),
    ("wppconnect", "POST", f"{WPP}/close-session", {}, 500, "Error closing session"),
    ("wppconnect", "POST", f"{WPP}/logout-session", {}, 404, "The session is not active"),
    ("wppconnect", "GET", f"{WPP}/get-phone-number", None, 404, "The session is not active"),
    ("gowa", "POST", f"{ROOM}/reconnect", {}, 500, "is not logged in (session deleted)"),
    ("gowa", "POST", "/send/message", TEXT, 401, "you are not logged in"),
    ("evolution", "POST", f"/instance/restart/{KEY}", {}, 200, "[object Object]"),
    ("evolution", "DELETE", f"/instance/logout/{KEY}", None, 400, "instance is not connected"),
    ("ai_admin", "POST", f"{API}/sessions/{KEY}/reconnect", {}, 500, "Session not found"),
]


async def assert_refused(here, kind, method, path, body, status, words):
    """What is asked is refused with this status and these words, and changes nothing."""
    phase, files = here.gateway.phase(KEY), here.directory().exists() and here.files()
    reply = await here.http.request(method, path, json=body, headers=AUTH.get(kind))
    assert (reply.status_code, words in reply.text) == (status, True), reply.text
    assert here.gateway.phase(KEY) is phase
    assert (here.directory().exists() and here.files()) == files


@pytest.mark.parametrize(
    ("kind", "method", "path", "body", "status", "words"), FROM_WHAT_IS_CONNECTED
)
async def test_what_is_connected_is_not_asked_for_this(
    tmp_path, kind, method, path, body, status, words
):
    async with world(tmp_path, dialect=kind) as here:
        await assert_refused(here, kind, method, path, body, status, words)


@pytest.mark.parametrize(("kind", "method", "path", "body", "status", "words"), FROM_WHAT_DROPPED)
async def test_what_dropped_for_good_cannot_do_this(
    tmp_path, kind, method, path, body, status, words
):
    async with world(tmp_path, dialect=kind) as here:
        await here.gateway.act(KEY, "drop_for_good")
        await assert_refused(here, kind, method, path, body, status, words)


@pytest.mark.parametrize(
    ("kind", "method", "path", "body", "status", "words"), FROM_WHAT_NEVER_BEGAN
)
async def test_what_never_began_cannot_do_this(tmp_path, kind, method, path, body, status, words):
    async with world(tmp_path, linked=False, dialect=kind) as here:
        await assert_refused(here, kind, method, path, body, status, words)


@pytest.mark.parametrize(
    ("kind", "path", "status"),
    [
        ("wppconnect", f"{WPP}/status-session", 401),
        ("wppconnect", "/api/wrong-secret/show-all-sessions", 400),
        ("wuzapi", "/session/status", 401),
        ("wuzapi", "/admin/users", 401),
        ("gowa", "/devices", 401),
        ("waha", "/api/sessions", 401),
        ("evolution", "/instance/fetchInstances", 401),
    ],
)
async def test_nobody_is_told_anything_without_the_key(tmp_path, kind, path, status):
    async with world(tmp_path, dialect=kind) as here:
        here.gateway.want_key("operator:obviously-fake-key")
        reply = await here.http.get(path)
        assert (reply.status_code, KEY in reply.text) == (status, False)


@pytest.mark.parametrize(
    ("kind", "method", "path", "body", "words"),
    [
        ("gowa", "GET", f"{ROOM}/login", None, "timeout waiting for QR code"),
        ("gowa", "POST", f"{ROOM}/login/code?phone={PHONE}", None, "Timed out waiting"),
        ("wppconnect", "POST", f"{WPP}/start-session", {"waitQrCode": True}, '"status": "error"'),
        (
            "wppconnect",
            "POST",
            f"{WPP}/start-session",
            {"waitQrCode": True, "phone": PHONE},
            "Timed out waiting",
        ),
    ],
)
async def test_a_code_that_does_not_come_is_waited_for_only_so_long(
    tmp_path, kind, method, path, body, words
):
    pace = replace(QUICK, first_code_s=60, initialize_wait_s=0.01)
    async with world(tmp_path, linked=False, dialect=kind, pace=pace) as here:
        reply = await here.http.request(method, path, json=body, headers=AUTH[kind])
        assert (reply.status_code, words in reply.text) == (500, True), reply.text
        assert here.gateway.phase(KEY) is Phase.CONNECTING


@pytest.mark.parametrize(("act", "status"), [("codes_limited", 429), ("codes_unsupported", 500)])
async def test_a_wppconnect_without_pairing_codes_says_why(tmp_path, act, status):
    async with world(tmp_path, linked=False, dialect="wppconnect") as here:
        await here.gateway.act(None, act)
        asked = {"waitQrCode": True, "phone": PHONE}
        reply = await here.http.post(f"{WPP}/start-session", json=asked, headers=AUTH["wppconnect"])
        assert (reply.status_code, reply.json()["status"]) == (status, "error")
        assert here.gateway.live_pairing_code(KEY) is None


async def test_an_initialize_into_a_file_is_an_error(tmp_path):
    async with world(tmp_path, linked=False) as here:
        here.sessions.mkdir()
        here.directory().write_text("")
        reply = await here.http.post(f"{API}/sessions/{KEY}/initialize", json={})
        assert (reply.status_code, "not a directory" in reply.json()["error"]) == (500, True)
        assert await here.word() == "error"
