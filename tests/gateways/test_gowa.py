"""`gowa`: what its replies mean, what it is asked, and how seldom it is asked to log in."""

import json

import httpx
import pytest
from recorded import KEY, Clock, client, json_transport
from replies_of import body_of, meeting

from bot.domain.session import Cause, State
from bot.gateways.base import (
    GatewayConfused,
    GatewayUnreachable,
    NotSent,
    QrNotReady,
    RateLimited,
    SessionNotFound,
    Unsupported,
)
from bot.gateways.gowa import Gowa

PHONE = "79000962302"
PNG = b"\x89PNG\r\n\x1a\nfake"
PICTURE = "/statics/images/qrcode/scan-qr-fake.png"


def gowa(*names, **more):
    return meeting("gowa", *names, **more)


class Showing:
    """A device that shows a code, with a picture for each login."""

    def __init__(self):
        self.clock = Clock()
        self.device = "device-empty"
        self.asked = []
        self.adapter = Gowa(client(json_transport(self._answer)), clock=self.clock)

    def logins(self):
        return sum(path.endswith("/login") for path in self.asked)

    def _answer(self, request):
        path = request.url.path
        self.asked.append(path)
        if path == PICTURE:
            return httpx.Response(200, content=PNG + bytes([self.logins()]))
        if path.endswith("/login"):
            self.device = "device-showing"
            return body_of("gowa", "login")
        if path.endswith("/login/code"):
            return body_of("gowa", "code")
        if path == "/app/passkey":
            return body_of("gowa", "passkey-none")
        return body_of("gowa", self.device)


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("device-logged-in", State.CONNECTED),
        ("device-away", State.DISCONNECTED),
        ("device-empty", State.STOPPED),
        ("device-showing", State.AWAITING_SCAN),
        ("device-just-paired", State.CONNECTING),
        ("device-connecting", State.CONNECTING),
    ],
)
async def test_a_device_is_in_its_state(name, state):
    info = await gowa(name, "passkey-none")[0].get_session(KEY)
    assert (info.key, info.state, info.cause) == (KEY, state, None)
    assert info.owner_phone == (PHONE if state is State.CONNECTED else None)


async def test_the_list_is_one_call():
    gateway, asked = gowa("devices")
    found = {info.key: info.state for info in await gateway.list_sessions()}
    assert found == {
        KEY: State.CONNECTED,
        "962303": State.DISCONNECTED,
        "481120": State.STOPPED,
    }
    assert len(asked) == 1


async def test_an_envelope_may_leave_its_status_out_and_a_list_may_be_null():
    [info] = await gowa("devices-without-status")[0].list_sessions()
    assert info.state is State.CONNECTED
    assert await gowa("devices-none")[0].list_sessions() == []


async def test_an_account_that_is_gone_was_logged_out_by_whatsapp():
    gateway, _ = gowa("devices", "device-empty")
    await gateway.list_sessions()
    assert (await gateway.get_session(KEY)).state is State.LOGGED_OUT


@pytest.mark.parametrize("name", ["device-unknown", "device-unknown-404"])
async def test_a_device_is_missing_only_when_gowa_says_so(name):
    with pytest.raises(SessionNotFound):
        await gowa(name)[0].get_session(KEY)
    with pytest.raises(GatewayUnreachable):
        await gowa("device-failed")[0].get_session(KEY)


async def test_a_pairing_that_waits_for_a_passkey_says_so():
    info = await gowa("device-showing", "passkey-awaited")[0].get_session(KEY)
    assert (info.state, info.cause) == (State.AWAITING_PASSKEY, Cause.PASSKEY_REQUIRED)


async def test_a_build_without_passkeys_still_awaits_a_scan():
    assert (await gowa("device-showing")[0].get_session(KEY)).state is State.AWAITING_SCAN


async def test_the_picture_is_fetched_at_once_from_our_own_address():
    here = Showing()
    await here.adapter.start(KEY)
    assert here.asked[-2:] == [f"/devices/{KEY}/login", PICTURE]
    qr = await here.adapter.get_qr(KEY)
    assert (qr.png, qr.not_older_than, qr.life_s) == (PNG + b"\x01", here.clock.now, 60.0)


async def test_a_code_is_looked_at_often_and_asked_for_once():
    here = Showing()
    await here.adapter.start(KEY)
    for _ in range(27):
        here.clock.push(2)
        await here.adapter.get_qr(KEY)
    assert here.logins() == 1


async def test_a_code_is_asked_for_anew_just_before_it_dies():
    here = Showing()
    await here.adapter.start(KEY)
    here.clock.push(55)
    assert (await here.adapter.get_qr(KEY)).png == PNG + b"\x02"
    assert here.logins() == 2


async def test_a_window_ends_though_gowa_would_go_on_for_ever():
    here = Showing()
    await here.adapter.start(KEY)
    here.clock.push(160)
    with pytest.raises(QrNotReady):
        await here.adapter.get_qr(KEY)
    info = await here.adapter.get_session(KEY)
    assert (info.state, info.cause) == (State.DISCONNECTED, Cause.QR_WINDOW_OVER)
    assert here.logins() == 1


async def test_beside_a_code_to_be_typed_in_no_login_ends_it():
    here = Showing()
    await here.adapter.start(KEY)
    assert (await here.adapter.request_pairing_code(KEY, PHONE)).code == "ABCD-1234"
    here.clock.push(55)
    with pytest.raises(QrNotReady):
        await here.adapter.get_qr(KEY)
    assert here.logins() == 1


async def test_a_pairing_begun_by_others_is_left_to_them():
    here = Showing()
    here.device = "device-showing"
    with pytest.raises(QrNotReady):
        await here.adapter.get_qr(KEY)
    assert here.logins() == 0


@pytest.mark.parametrize("name", ["login-elsewhere", "login-already"])
async def test_a_link_that_leads_elsewhere_is_not_followed(name):
    gateway, asked = gowa("device-empty", name)
    with pytest.raises(GatewayUnreachable):
        await gateway.start(KEY)
    assert [one.url.path for one in asked][-1] == f"/devices/{KEY}/login"


@pytest.mark.parametrize("call", ["start", "restart"])
async def test_credentials_are_reconnected_and_never_logged_in_anew(call):
    for name in ("device-away", "device-logged-in"):
        gateway, asked = gowa(name, "reconnect")
        await getattr(gateway, call)(KEY)
        assert asked[-1].url.path == f"/devices/{KEY}/reconnect"


async def test_a_session_that_runs_can_only_be_logged_out():
    with pytest.raises(Unsupported):
        await gowa("device-logged-in")[0].stop(KEY)
    await gowa("device-empty")[0].stop(KEY)


async def test_credentials_that_outlive_a_logout_are_purged_by_a_reset():
    gateway, asked = gowa("device-away", "logout", "deleted", "device-added", "login")
    with pytest.raises(GatewayUnreachable):  # there is no picture to be fetched here
        await gateway.reset(KEY)
    assert [f"{one.method} {one.url.path}" for one in asked if one.method != "GET"] == [
        f"POST /devices/{KEY}/logout",
        f"DELETE /devices/{KEY}",
        "POST /devices",
    ]


@pytest.mark.parametrize(
    ("name", "error"), [("code-already", QrNotReady), ("code-limited", RateLimited)]
)
async def test_why_there_is_no_pairing_code_is_told_apart(name, error):
    with pytest.raises(error):
        await gowa(name)[0].request_pairing_code(KEY, PHONE)


async def test_a_message_is_sent_by_the_device_that_is_named():
    gateway, asked = gowa("device-logged-in", "sent")
    assert await gateway.send_text(KEY, PHONE, "ping") == "3EB0FAKE"
    assert asked[-1].headers["X-Device-Id"] == KEY
    assert json.loads(asked[-1].content)["phone"] == f"{PHONE}@s.whatsapp.net"


@pytest.mark.parametrize("names", [("device-logged-in", "not-sent"), ("device-away",)])
async def test_a_lost_login_is_no_refused_key(names):
    with pytest.raises(NotSent):
        await gowa(*names)[0].send_text(KEY, PHONE, "ping")


async def test_an_error_inside_a_200_is_an_error():
    with pytest.raises(GatewayConfused):
        await gowa("device-logged-in", "sent-not-really")[0].send_text(KEY, PHONE, "ping")


async def test_it_tells_its_version_and_is_asked_with_name_and_password():
    gateway, asked = gowa("info")
    assert (await gateway.ping()).version == "v9.0.0"
    assert asked[0].headers["Authorization"] == "Basic ZmFrZQ=="


def test_it_pushes_nothing_of_use():
    with pytest.raises(Unsupported):
        gowa()[0].read_push({}, b"{}")
