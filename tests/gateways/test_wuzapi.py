"""`wuzapi`: what its replies and pushes mean, and what it is asked."""

import hashlib
import hmac
import json
from urllib.parse import urlencode

import pytest
from kinds_world import met
from recorded import KEY, Clock, client, json_transport
from replies_of import body_of, meeting, push_of

from bot.domain.session import Cause, State
from bot.gateways.base import (
    GatewayAuthError,
    GatewayConfused,
    GatewayError,
    GatewayUnreachable,
    NotSent,
    PushForged,
    PushRefused,
    QrNotReady,
    RateLimited,
    SessionNotFound,
    Stuck,
)
from bot.gateways.events import GatewayEvent, PushNews
from bot.gateways.wuzapi_users import WuzapiUsers
from bot.sandbox.gateway import Phase

HOOK_KEY = "obviously-fake-hook-key-of-32-letters"
PHONE = "79000962302"


def wuzapi(*names, **more):
    return meeting("wuzapi", *names, **more)


def paths(asked):
    return [f"{one.method} {one.url.path}" for one in asked]


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("status-connected", State.CONNECTED),
        ("status-old", State.CONNECTED),
        ("status-away", State.DISCONNECTED),
        ("status-never-paired", State.STOPPED),
        ("status-no-session", State.STOPPED),
        ("status-qr", State.AWAITING_SCAN),
        ("status-qr-after-removal", State.AWAITING_SCAN),
        ("status-logging-in", State.CONNECTING),
    ],
)
async def test_a_status_is_a_state(name, state):
    info = await wuzapi("users", name)[0].get_session(KEY)
    assert (info.key, info.state, info.cause) == (KEY, state, None)
    assert info.owner_phone == (PHONE if state is State.CONNECTED else None)


async def test_the_list_is_one_call_and_holds_every_user():
    gateway, asked = wuzapi("users")
    found = {info.key: info.state for info in await gateway.list_sessions()}
    assert found == {
        KEY: State.CONNECTED,
        "962303": State.DISCONNECTED,
        "481120": State.STOPPED,
    }
    assert paths(asked) == ["GET /admin/users"]


async def test_the_bare_array_of_an_older_build_is_read():
    [info] = await wuzapi("users-bare")[0].list_sessions()
    assert (info.state, info.owner_phone) == (State.CONNECTED, PHONE)


async def test_a_row_without_a_state_is_looked_at_by_itself():
    [info] = await wuzapi("users-stateless", "status-connected")[0].list_sessions()
    assert info.state is State.CONNECTED


async def test_a_name_that_two_users_bear_is_nobodys():
    gateway, asked = wuzapi("users-twins", "status-connected")
    found = {info.key: info.state for info in await gateway.list_sessions()}
    assert found == {KEY: State.UNKNOWN, "962303": State.CONNECTED}
    with pytest.raises(GatewayConfused):
        await gateway.reset(KEY)
    assert {one.method for one in asked} == {"GET"}


async def test_a_user_that_is_not_listed_is_not_found():
    with pytest.raises(SessionNotFound):
        await wuzapi("users")[0].get_session("000000")


async def test_a_refused_admin_token_is_no_lost_session():
    with pytest.raises(GatewayAuthError):
        await wuzapi("users-unauthorized")[0].list_sessions()


async def test_a_session_is_asked_with_its_own_token_in_both_headers():
    gateway, asked = wuzapi("users", "status-connected")
    await gateway.get_session(KEY)
    listed, looked = (one.headers for one in asked)
    assert (listed["Authorization"], "Token" in listed) == ("fake", False)
    assert looked["Token"] == looked["Authorization"] == f"FAKE-TOKEN-OF-{KEY}"


async def test_no_token_shows_itself():
    transport = json_transport(lambda _: body_of("wuzapi", "users"))
    users = WuzapiUsers(client(transport), "fake")
    await users.list()
    assert "FAKE-TOKEN" not in repr((vars(users), users.all()))


async def test_what_we_have_closed_is_stopped_and_not_away():
    gateway, _ = wuzapi("users", "status-away", "disconnect", "connect")
    assert (await gateway.get_session(KEY)).state is State.DISCONNECTED
    await gateway.stop(KEY)
    assert (await gateway.get_session(KEY)).state is State.STOPPED
    await gateway.start(KEY)
    assert (await gateway.get_session(KEY)).state is State.DISCONNECTED


@pytest.mark.parametrize(
    ("after", "state", "cause"),
    [
        ("status-away", State.STOPPED, Cause.QR_WINDOW_OVER),
        ("status-away-again", State.DISCONNECTED, None),
    ],
)
async def test_a_window_nobody_used_is_told_from_a_scan_by_the_account(after, state, cause):
    gateway, _ = wuzapi("users", "status-qr-after-removal", after)
    assert (await gateway.get_session(KEY)).state is State.AWAITING_SCAN
    info = await gateway.get_session(KEY)
    assert (info.state, info.cause) == (state, cause)


async def test_a_picture_is_passed_on_whole():
    assert (await wuzapi("users", "status-qr", "qr")[0].get_qr(KEY)).png.startswith(b"\x89PNG")


async def test_a_picture_that_lay_there_before_the_start_is_an_old_one():
    gateway, _ = wuzapi("users", "status-qr", "connect", "disconnect", "qr")
    await gateway.restart(KEY)
    with pytest.raises(QrNotReady):
        await gateway.get_qr(KEY)


@pytest.mark.parametrize(
    ("names", "state"),
    [
        (("status-connected",), State.CONNECTED),
        (("status-away",), State.DISCONNECTED),
        (("status-qr", "qr-empty"), State.CONNECTING),
        (("status-qr", "qr-not-connected"), State.CONNECTING),
        (("status-qr", "qr-logged-in"), State.CONNECTED),
    ],
)
async def test_without_a_code_the_state_is_told(names, state):
    with pytest.raises(QrNotReady) as raised:
        await wuzapi("users", *names)[0].get_qr(KEY)
    assert raised.value.state is state


async def test_a_pairing_code_is_read():
    gateway, asked = wuzapi("users", "pairphone")
    assert (await gateway.request_pairing_code(KEY, PHONE)).code == "9H3J-H3J8"
    assert json.loads(asked[-1].content) == {"Phone": PHONE}


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("pairphone-paired", QrNotReady),
        ("pairphone-no-session", QrNotReady),
        ("pairphone-limited", RateLimited),
    ],
)
async def test_why_there_is_no_pairing_code_is_told_apart(name, error):
    gateway, asked = wuzapi("users", name)
    with pytest.raises(error):
        await gateway.request_pairing_code(KEY, PHONE)
    assert len(asked) == 2


async def test_a_message_has_an_id():
    assert await wuzapi("users", "sent")[0].send_text(KEY, PHONE, "ping") == "3EB0FAKE"


@pytest.mark.parametrize(
    ("name", "error"), [("not-sent", NotSent), ("not-sent-failed", GatewayUnreachable)]
)
async def test_a_message_that_did_not_go_out_is_told_from_one_that_may_have(name, error):
    with pytest.raises(error):
        await wuzapi("users", name)[0].send_text(KEY, PHONE, "ping")


async def test_a_reset_logs_out_what_is_connected():
    gateway, asked = wuzapi("users", "status-connected", "logout", "connect")
    await gateway.reset(KEY)
    assert paths(asked)[2:] == ["POST /session/logout", "POST /session/connect"]


async def test_a_reset_of_what_shows_a_code_logs_nothing_out():
    gateway, asked = wuzapi("users", "status-qr", "disconnect", "connect")
    await gateway.reset(KEY)
    assert paths(asked)[2:] == ["POST /session/disconnect", "POST /session/connect"]


async def test_a_reset_whose_logout_is_refused_goes_no_further():
    gateway, asked = wuzapi("users", "status-connected", "logout-refused", "connect")
    with pytest.raises(GatewayUnreachable):
        await gateway.reset(KEY)
    assert "POST /session/connect" not in paths(asked)


async def test_a_reset_of_what_was_removed_while_it_was_closed_shows_a_code(tmp_path):
    async with met("wuzapi", tmp_path) as here:
        await here.adapter.stop(KEY)
        await here.gateway.act(KEY, "device_removed")
        await here.adapter.reset(KEY)
        await here.gateway.until(KEY, Phase.SHOWING)


async def test_what_does_not_connect_is_not_logged_out_and_nothing_is_lost():
    names = ("users", "status-away", "connect", "logout")
    gateway, asked = wuzapi(*names, lives_s=0)
    with pytest.raises(GatewayError) as raised:
        await gateway.reset(KEY)
    assert not isinstance(raised.value, GatewayUnreachable)
    assert "POST /session/logout" not in paths(asked)


async def test_after_a_logout_no_error_says_that_nothing_was_done():
    gateway, _ = wuzapi("users", "status-connected", "logout", "connect-limited")
    with pytest.raises(GatewayUnreachable):
        await gateway.reset(KEY)


async def test_connected_and_not_connected_at_once_wants_a_restart_of_wuzapi():
    names = ("users", "status-away", "disconnect-not-connected", "connect-already")
    gateway, _ = wuzapi(*names, lives_s=0)
    with pytest.raises(Stuck, match="restart wuzapi"):
        await gateway.restart(KEY)


@pytest.mark.parametrize(
    ("name", "what", "state", "cause"),
    [
        ("push-connected", PushNews.STATE, State.CONNECTED, None),
        ("push-disconnected", PushNews.STATE, None, None),
        ("push-keep-alive", PushNews.STATE, None, None),
        ("push-removed", PushNews.STATE, State.LOGGED_OUT, Cause.DEVICE_REMOVED),
        ("push-removed-without-code", PushNews.STATE, State.LOGGED_OUT, Cause.DEVICE_REMOVED),
        ("push-login-refused", PushNews.STATE, State.LOGGED_OUT, Cause.LOGIN_REFUSED),
        ("push-locked", PushNews.STATE, State.LOGGED_OUT, Cause.ACCOUNT_LOCKED),
        ("push-banned", PushNews.STATE, State.LOGGED_OUT, Cause.TEMPORARY_BAN),
        ("push-connect-failure", PushNews.STATE, State.FAILED, Cause.CLIENT_OUTDATED),
        ("push-outdated", PushNews.STATE, State.FAILED, Cause.CLIENT_OUTDATED),
        ("push-stream-error", PushNews.STATE, State.DISCONNECTED, Cause.SERVICE_UNAVAILABLE),
        ("push-qr-timeout", PushNews.STATE, State.STOPPED, Cause.QR_WINDOW_OVER),
        ("push-qr", PushNews.QR, State.AWAITING_SCAN, None),
        ("push-paired", PushNews.PAIRING, None, None),
    ],
)
def test_a_push_is_one_event_as_json_and_as_a_form(name, what, state, cause):
    gateway, _ = wuzapi()
    told = body_of("wuzapi", name)
    form = {"jsonData": json.dumps(told), "userID": "fake-id", "instanceName": KEY}
    for body in (json.dumps(told).encode(), urlencode(form).encode()):
        [event] = gateway.read_push({}, body)
        assert (event.what, event.key, event.state, event.cause) == (what, KEY, state, cause)


def test_of_a_message_nothing_is_told_but_that_it_came():
    [event] = wuzapi()[0].read_push(*push_of("wuzapi", "push-message"))
    assert event == GatewayEvent(what=PushNews.MESSAGE, key=event.key)


@pytest.mark.parametrize("body", [b"", b"\xff", b"jsonData=", b"{}", b"a=1", b'{"type": "QR"}'])
def test_a_push_that_names_nobody_is_refused(body):
    with pytest.raises(PushRefused):
        wuzapi()[0].read_push({}, body)


def test_a_signature_covers_every_byte_of_json_and_of_a_form():
    gateway, _ = wuzapi(hook_key=HOOK_KEY)
    told = json.dumps(body_of("wuzapi", "push-removed"))
    for body in (told.encode(), urlencode({"jsonData": told, "instanceName": KEY}).encode()):
        signature = hmac.new(HOOK_KEY.encode(), body, hashlib.sha256).hexdigest()
        assert gateway.read_push({"x-hmac-signature": signature}, body)
        for headers, forged in (({}, body), ({"x-hmac-signature": signature}, body + b" ")):
            with pytest.raises(PushForged):
                gateway.read_push(headers, forged)


async def test_a_new_picture_after_a_start_has_a_known_age():
    clock = Clock()
    names = ("users", "status-never-paired", "status-qr", "connect", "qr")
    gateway, _ = wuzapi(*names, clock=clock)
    await gateway.start(KEY)
    clock.push(2)
    qr = await gateway.get_qr(KEY)
    assert (qr.not_older_than, qr.life_s) == (clock.now.replace(second=0), 60.0)
