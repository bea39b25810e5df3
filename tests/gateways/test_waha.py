import hashlib
import hmac
import json
from datetime import UTC, datetime

import httpx
import pytest
from recorded import KEY, Clock, client, json_transport
from replies_of import Replayed, meeting, push_of

from bot.domain.session import Cause, State
from bot.gateways.base import (
    GatewayConfused,
    GatewayUnreachable,
    NotSent,
    PushForged,
    QrNotReady,
    SessionNotFound,
)
from bot.gateways.events import GatewayEvent, PushNews
from bot.gateways.reply import NoSuchRoute
from bot.gateways.waha import Waha

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
        ("session-stopped", State.STOPPED, Cause.STOPPED_THERE),
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
        ("push-working", PushNews.STATE, State.CONNECTED, None),
        ("push-failed", PushNews.STATE, State.FAILED, None),
        ("push-scan-qr-code", PushNews.QR, State.AWAITING_SCAN, None),
        ("push-passkey-required", PushNews.STATE, State.AWAITING_PASSKEY, Cause.PASSKEY_REQUIRED),
    ],
)
def test_a_push_is_one_event(name, what, state, cause):
    [event] = waha()[0].read_push(*push_of("waha", name))
    assert (event.what, event.key, event.state, event.cause) == (what, KEY, state, cause)
    assert event.event_id == "evt_01fakefakefakefakefakefake"
    assert event.at == datetime(2025, 9, 18, 15, 5, tzinfo=UTC)


def test_of_a_message_nothing_is_told_but_that_it_came():
    [event] = waha()[0].read_push(*push_of("waha", "push-message"))
    assert event == GatewayEvent(what=PushNews.MESSAGE, key=event.key)


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


def core(story):
    return Replayed("waha", "core-2024.10.jsonl", story)


@pytest.mark.parametrize(
    ("story", "at", "state", "cause", "phone"),
    [
        ("waha2", 16.3, State.STOPPED, Cause.STOPPED_THERE, None),  # within a restart of 3 s
        ("waha2", 19.0, State.CONNECTING, None, None),
        ("waha2", 20.0, State.FAILED, None, None),  # `me` is there
        ("waha2", 225.0, State.STOPPED, Cause.STOPPED_THERE, None),
        ("waha2", 247.4, State.FAILED, None, None),
        ("waha3", 55.0, State.STOPPED, Cause.STOPPED_THERE, None),
        ("waha3", 55.8, State.AWAITING_SCAN, None, None),
        ("waha3", 57.8, State.AWAITING_SCAN, None, None),  # scanned, and `me` is there
        ("waha3", 59.8, State.CONNECTED, None, "79000000000"),
        ("waha4", 33.8, State.FAILED, None, None),
    ],
)
async def test_what_a_real_core_said_of_a_session_is_told_as_it_was(story, at, state, cause, phone):
    real = core(story)
    real.go_to(at)
    info = await real.adapter.get_session("default")
    assert (info.state, info.cause, info.owner_phone) == (state, cause, phone)


@pytest.mark.parametrize(
    ("at", "state"), [(0, State.CONNECTED), (14.9, State.FAILED), (225, State.STOPPED)]
)
async def test_what_a_real_core_listed_is_told_as_it_was(at, state):
    real = core("waha2")
    real.go_to(at)
    assert [list_session.state for list_session in await real.adapter.list_sessions()] == [state]


@pytest.mark.parametrize("story", ["waha2", "waha4"])
async def test_a_session_that_a_real_core_has_deleted_is_not_there(story):
    real = core(story)
    real.go_to(300)
    assert await real.adapter.list_sessions() == []
    with pytest.raises(SessionNotFound):
        await real.adapter.get_session("default")


async def test_a_real_logout_of_what_runs_is_a_whole_reset():
    real = core("waha3")
    real.go_to(55.8)
    await real.adapter.reset("default")
    assert [asked for asked in real.asked if "POST" in asked] == [
        "POST /api/sessions/default/logout"
    ]


async def test_a_code_of_a_real_core_is_gone_once_it_is_scanned():
    real = core("waha3")
    real.go_to(55.1)
    await real.adapter.get_session("default")
    real.go_to(55.8)
    assert (await real.adapter.get_qr("default")).raw == "2@fake"
    real.go_to(57.8)
    with pytest.raises(QrNotReady):
        await real.adapter.get_qr("default")


async def test_a_real_stopped_core_is_started_and_not_restarted():
    real = core("waha2")
    real.go_to(225)
    with pytest.raises(GatewayUnreachable):  # it was not asked for that at this moment
        await real.adapter.start("default")
    assert real.asked[-1] == "POST /api/sessions/default/start"


MISSING = f'We didn\'t find a session with name "{KEY}". Please start it at first.'


def refusing(status, message, state="STOPPED"):
    """A WAHA whose session is in `state`, and that refuses whatever else is asked of it."""

    def answer(request):
        if request.method == "GET" and request.url.path == f"/api/sessions/{KEY}":
            if state is None:
                return httpx.Response(404, json={"statusCode": 404, "message": "Session not found"})
            return {"name": KEY, "status": state, "me": None}
        return httpx.Response(status, json={"statusCode": status, "message": message})

    return Waha(client(json_transport(answer)), key="fake", clock=Clock())


CALLS = {
    "qr": lambda gateway: gateway.get_qr(KEY),
    "code": lambda gateway: gateway.request_pairing_code(KEY, PHONE),
    "send": lambda gateway: gateway.send_text(KEY, PHONE, "ping"),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("STOPPED", State.STOPPED),
        ("STARTING", State.CONNECTING),  # started meanwhile
        (None, None),
    ],
)
async def test_what_is_stopped_is_told_apart_from_what_is_not_there(call, state, told):
    gateway = refusing(404, MISSING, state)
    error = SessionNotFound if told is None else NotSent if call == "send" else QrNotReady
    with pytest.raises(error) as raised:
        await CALLS[call](gateway)
    assert getattr(raised.value, "state", told) == told


@pytest.mark.parametrize("call", CALLS)
async def test_a_route_that_is_not_there_is_no_stopped_session(call):
    with pytest.raises(NoSuchRoute):
        await CALLS[call](refusing(404, f"Cannot GET /api/{KEY}/auth"))


async def test_a_start_that_comes_second_is_as_good_as_the_first():
    await refusing(422, f"Session '{KEY}' is already started.").start(KEY)


@pytest.mark.parametrize("said", ["Name is too long", "", None, ["x", "y"]])
async def test_a_start_that_is_refused_for_another_reason_is_told(said):
    with pytest.raises(GatewayConfused):
        await refusing(422, said).start(KEY)


@pytest.mark.parametrize("act", ["restart", "stop"])
async def test_no_other_act_counts_as_done_when_it_was_refused(act):
    with pytest.raises(GatewayConfused):
        await getattr(refusing(422, f"Session '{KEY}' is already started."), act)(KEY)
