import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest
from recorded import KEY
from replies_of import meeting, push_of

from bot.domain.session import Cause, State
from bot.gateways.base import (
    GatewayUnreachable,
    NotSent,
    PushForged,
    QrNotReady,
    SessionNotFound,
    Told,
)
from bot.gateways.reply import NoSuchRoute

HOOK_KEY = "my-secret-key"
PHONE = "79000962302"


def waha(*names, **more):
    return meeting("waha", *names, **more)


@pytest.mark.parametrize(
    ("name", "state", "cause"),
    [
        ("session-working", State.CONNECTED, None),
        ("session-starting", State.CONNECTING, None),
        ("session-scan-qr-code", State.AWAITING_SCAN, None),
        ("session-passkey-required", State.AWAITING_PASSKEY, Cause.PASSKEY_REQUIRED),
        ("session-passkey-confirmation-required", State.AWAITING_PASSKEY, Cause.PASSKEY_REQUIRED),
        ("session-stopped", State.STOPPED, None),
        ("session-failed", State.FAILED, None),
    ],
)
async def test_a_status_is_a_state(name, state, cause):
    info = await waha(name)[0].get_session(KEY)
    assert (info.key, info.state, info.cause) == (KEY, state, cause)
    assert info.owner_phone == (PHONE if state is State.CONNECTED else None)


async def test_the_stopped_ones_are_asked_for_too():
    gateway, asked = waha("list")
    found = {info.key: info.state for info in await gateway.list_sessions()}
    assert found == {
        KEY: State.CONNECTED,
        "962303": State.STOPPED,
        "481120": State.FAILED,
    }
    assert asked[0].url.params["all"] == "true"


async def test_a_session_is_missing_only_when_waha_itself_says_so():
    with pytest.raises(SessionNotFound):
        await waha("session-unknown")[0].get_session(KEY)
    with pytest.raises(NoSuchRoute):
        await waha("route-unknown")[0].get_session(KEY)


async def test_a_code_is_shown_once_its_age_is_known():
    gateway, _ = waha("session-starting", "qr-raw")
    await gateway.get_session(KEY)
    qr = await gateway.get_qr(KEY)
    assert (qr.raw[:2], qr.life_s) == ("2@", 60.0)


async def test_a_code_that_comes_as_a_picture_is_passed_on_whole():
    assert (await waha("qr-picture")[0].get_qr(KEY)).png.startswith(b"\x89PNG")


async def test_without_a_code_the_state_is_told():
    with pytest.raises(QrNotReady) as raised:
        await waha("qr-not-now")[0].get_qr(KEY)
    assert raised.value.state is State.CONNECTED


async def test_a_start_of_what_failed_restarts_it():
    gateway, asked = waha("session-failed")
    with pytest.raises(GatewayUnreachable):
        await gateway.start(KEY)
    assert asked[-1].url.path == f"/api/sessions/{KEY}/restart"


async def test_a_start_of_what_runs_asks_for_nothing():
    gateway, asked = waha("session-working")
    await gateway.start(KEY)
    assert [one.method for one in asked] == ["GET"]


async def test_a_pairing_code_is_read():
    gateway, asked = waha("request-code")
    assert (await gateway.request_pairing_code(KEY, PHONE)).code == "ABCD-EFGH"
    assert json.loads(asked[0].content) == {"phoneNumber": PHONE}


@pytest.mark.parametrize("name", ["sent", "sent-browser"])
async def test_a_message_has_an_id_with_any_engine(name):
    gateway, asked = waha(name)
    assert await gateway.send_text(KEY, PHONE, "ping") == f"true_{PHONE}@c.us_3EB0FAKE"
    assert json.loads(asked[0].content)["chatId"] == f"{PHONE}@c.us"


async def test_a_session_that_does_not_work_sends_nothing():
    with pytest.raises(NotSent):
        await waha("not-sent")[0].send_text(KEY, PHONE, "ping")


async def test_it_tells_its_version():
    assert (await waha("version")[0].ping()).version == "2026.7.1"


@pytest.mark.parametrize(
    ("name", "what", "state", "cause"),
    [
        ("push-working", Told.STATE, State.CONNECTED, None),
        ("push-failed", Told.STATE, State.FAILED, None),
        ("push-scan-qr-code", Told.QR, State.AWAITING_SCAN, None),
        ("push-passkey-required", Told.STATE, State.AWAITING_PASSKEY, Cause.PASSKEY_REQUIRED),
    ],
)
def test_a_push_is_one_event(name, what, state, cause):
    [event] = waha()[0].read_push(*push_of("waha", name))
    assert (event.what, event.key, event.state, event.cause) == (what, KEY, state, cause)
    assert event.event_id == "evt_01fakefakefakefakefakefake"
    assert event.at == datetime(2025, 9, 18, 15, 5, tzinfo=UTC)


def test_a_push_of_a_message_is_none_of_our_business():
    assert waha()[0].read_push(*push_of("waha", "push-message")) == []


def test_a_signature_is_that_of_the_vendors_own_example():
    body = b'{"event":"message","session":"default","engine":"WEBJS"}'
    signature = hmac.new(HOOK_KEY.encode(), body, hashlib.sha512).hexdigest()
    assert (signature[:16], signature[-7:]) == ("208f8a55dde9e055", "153fa89")


def signed(body, key=HOOK_KEY):
    return {"x-webhook-hmac": hmac.new(key.encode(), body, hashlib.sha512).hexdigest()}


def test_a_signed_push_is_taken():
    _, body = push_of("waha", "push-failed")
    assert waha(hook_key=HOOK_KEY)[0].read_push(signed(body), body)


@pytest.mark.parametrize("forge", [lambda body: {}, lambda body: signed(body, "another-key")])
def test_a_push_without_our_signature_is_forged_whatever_its_body(forge):
    gateway, _ = waha(hook_key=HOOK_KEY)
    for body in (push_of("waha", "push-failed")[1], b"no JSON"):
        with pytest.raises(PushForged):
            gateway.read_push(forge(body), body)


def test_a_signature_covers_every_byte():
    gateway, _ = waha(hook_key=HOOK_KEY)
    _, body = push_of("waha", "push-failed")
    with pytest.raises(PushForged):
        gateway.read_push(signed(body), body + b" ")
