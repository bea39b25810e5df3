import base64
import hashlib
import hmac
import json

import pytest
from recorded import KEY, Clock, client, json_transport
from replies_of import body_of, meeting, push_of

from bot.domain.session import Cause, State
from bot.gateways.base import (
    GatewayConfused,
    GatewayUnreachable,
    NotSent,
    PushForged,
    QrNotReady,
    SessionNotFound,
    Unsupported,
)
from bot.gateways.events import GatewayEvent, PushNews
from bot.gateways.kinds import KINDS
from bot.gateways.reply import NoSuchRoute

HOOK_KEY = "obviously-fake-hook-key"
PHONE = "79000962302"


def evolution(*names, **more):
    return meeting("evolution", *names, **more)


@pytest.mark.parametrize(
    ("listed", "live", "state", "cause"),
    [
        ("list-open", "state-open", State.CONNECTED, None),
        ("list-recovered", "state-open", State.CONNECTED, None),  # its old reason is no reason
        ("list-nested", "state-open", State.CONNECTED, None),
        ("list-open", "state-close", State.CONNECTING, None),  # it reconnects by itself
        ("list-recovered", "state-close", State.CONNECTING, None),  # beside an old 401 as well
        ("list-connecting", "state-close", State.STOPPED, Cause.QR_WINDOW_OVER),
        ("list-never-started", "state-close", State.STOPPED, None),
        ("list-removed", "state-close", State.LOGGED_OUT, Cause.DEVICE_REMOVED),
        ("list-restricted", "state-close", State.LOGGED_OUT, Cause.ACCOUNT_LOCKED),
        ("list-gave-up", "state-close", State.FAILED, Cause.CONNECTION_LOST),
    ],
)
async def test_a_state_is_the_live_one_with_the_reason_of_its_row(listed, live, state, cause):
    gateway, _ = evolution(listed, live)
    [info] = await gateway.list_sessions()
    assert (info.key, info.state, info.cause) == (KEY, state, cause)
    assert await gateway.get_session(KEY) == info


async def test_18_september_is_told_with_its_cause_by_one_list():
    gateway, _ = evolution("list-removed")
    [info] = await gateway.list_sessions()
    assert (info.state, info.cause) == (State.LOGGED_OUT, Cause.DEVICE_REMOVED)


async def test_what_the_list_calls_lost_is_connected_when_the_live_state_says_so():
    gateway, _ = evolution("list-removed", "state-open")
    [info] = await gateway.list_sessions()
    assert (info.state, info.cause) == (State.CONNECTED, None)


async def test_what_the_list_calls_open_is_found_to_be_away():
    gateway, _ = evolution("list-open", "state-connecting", "connect-nothing")
    [info] = await gateway.list_sessions()
    assert info.state is State.CONNECTING


async def test_what_has_not_changed_is_not_asked_for_again():
    gateway, asked = evolution("list-removed", "state-close")
    await gateway.list_sessions()
    await gateway.list_sessions()
    assert [one.url.path for one in asked].count(f"/instance/connectionState/{KEY}") == 1


async def test_an_old_code_is_no_code_while_a_linked_session_comes_back():
    gateway, _ = evolution("list-open", "state-connecting", "connect-code")
    assert (await gateway.get_session(KEY)).state is State.CONNECTING


async def test_a_session_without_an_owner_that_shows_a_code_awaits_a_scan():
    gateway, _ = evolution("list-connecting", "state-connecting", "connect-code")
    assert (await gateway.get_session(KEY)).state is State.AWAITING_SCAN


async def test_a_code_older_than_whatsapp_honours_is_over():
    clock = Clock()
    names = ("list-connecting", "state-connecting", "connect-code")
    gateway, _ = evolution(*names, clock=clock)
    await gateway.get_session(KEY)
    clock.push(49)
    info = await gateway.get_session(KEY)
    assert (info.state, info.cause) == (State.CONNECTING, Cause.QR_WINDOW_OVER)
    with pytest.raises(QrNotReady):
        await gateway.get_qr(KEY)


async def test_a_code_without_a_text_is_passed_on_as_a_picture():
    gateway, _ = evolution("list-connecting", "state-connecting", "connect-picture")
    assert (await gateway.get_qr(KEY)).png.startswith(b"\x89PNG")


async def test_an_instance_is_missing_only_when_evolution_itself_says_so():
    with pytest.raises(SessionNotFound):
        await evolution("state-unknown")[0].get_session(KEY)
    with pytest.raises(NoSuchRoute):
        await evolution("route-unknown")[0].get_session(KEY)


async def test_an_error_in_an_answer_of_200_is_an_error():
    gateway, _ = evolution("list-connecting", "state-connecting", "connect-failed")
    with pytest.raises(GatewayConfused):
        await gateway.get_qr(KEY)


async def test_a_restart_of_what_is_closed_connects_it():
    gateway, asked = evolution("list-never-started", "state-close", "connect-code")
    await gateway.restart(KEY)
    assert asked[-1].url.path == f"/instance/connect/{KEY}"


async def test_a_restart_is_put_where_a_build_keeps_to_the_docs():
    gateway, asked = evolution("list-open", "state-open", "restart-unknown-route", "restart-put")
    await gateway.restart(KEY)
    assert [one.method for one in asked] == ["GET", "GET", "POST", "PUT"]


async def test_a_stop_is_refused_rather_than_turned_into_a_logout():
    for live in ("state-open", "state-close", "state-connecting"):
        gateway, asked = evolution("list-open", live, lives_s=0.1)
        with pytest.raises(Unsupported):
            await gateway.stop(KEY)
        assert {one.method for one in asked} == {"GET"}


async def test_a_reset_of_what_is_closed_logs_nothing_out():
    gateway, asked = evolution("list-removed", "state-close", "connect-code")
    await gateway.reset(KEY)
    assert {one.method for one in asked} == {"GET"}
    assert asked[-1].url.path == f"/instance/connect/{KEY}"


async def test_no_reset_of_what_is_between_two_attempts_to_connect():
    gateway, asked = evolution("list-open", "state-close", lives_s=0.1)
    with pytest.raises(GatewayUnreachable):
        await gateway.reset(KEY)
    assert {one.url.path.split("/")[2] for one in asked} == {"connectionState", "fetchInstances"}


async def test_a_close_of_a_moment_beside_a_code_is_no_end_of_the_window():
    names = ("list-connecting", "state-close", "state-connecting", "connect-code")
    gateway, _ = evolution(*names, lives_s=0.1)
    assert (await gateway.get_session(KEY)).state is State.AWAITING_SCAN


async def test_a_close_without_its_row_is_no_loss():
    gateway, _ = evolution("state-close")
    assert (await gateway.get_session(KEY)).state is State.DISCONNECTED
    for act in (gateway.start, gateway.restart, gateway.reset):
        with pytest.raises(GatewayUnreachable):
            await act(KEY)


@pytest.mark.parametrize("integration", ["EVOLUTION", "WHATSAPP-BUSINESS", "SOMETHING-NEW"])
async def test_an_instance_of_another_integration_is_no_session(integration):
    row = {**body_of("evolution", "list-open")[0], "integration": integration}
    told = {"/instance/fetchInstances": [row]}
    asked = []

    def answer(request):
        asked.append(request.url.path)
        return told.get(request.url.path, {"instance": {"instanceName": KEY, "state": "open"}})

    gateway = KINDS["evolution"](client(json_transport(answer)), key="fake", clock=Clock())
    assert await gateway.list_sessions() == []
    info = await gateway.get_session(KEY)
    assert (info.state, info.raw_state) == (State.UNKNOWN, integration)
    for act in (gateway.start, gateway.restart, gateway.stop, gateway.reset, gateway.get_qr):
        with pytest.raises(Unsupported):
            await act(KEY)
    with pytest.raises(Unsupported):
        await gateway.request_pairing_code(KEY, PHONE)
    assert not [path for path in asked if "/connect/" in path]


async def test_a_pairing_code_is_waited_for_and_read_as_two_groups():
    names = ("list-removed", "state-close", "state-close", "state-connecting")
    gateway, asked = evolution(*names, "connect-nothing", "connect-pairing", lives_s=0)
    code = await gateway.request_pairing_code(KEY, PHONE)
    assert (code.code, code.phone) == ("WZYE-H1YY", PHONE)
    assert asked[2].url.params["number"] == PHONE


async def test_a_text_that_could_not_be_sent_is_told_apart_from_one_that_may_have_been():
    assert await evolution("sent")[0].send_text(KEY, PHONE, "ping") == "3EB0FAKEFAKEFAKE"
    with pytest.raises(NotSent):
        await evolution("not-sent")[0].send_text(KEY, PHONE, "ping")
    with pytest.raises(GatewayUnreachable):
        await evolution()[0].send_text(KEY, PHONE, "ping")


async def test_it_tells_its_version():
    assert (await evolution("version")[0].ping()).version == "2.3.7"


async def test_the_token_of_an_instance_is_kept_nowhere():
    gateway, _ = evolution("list-removed", "state-close")
    infos = await gateway.list_sessions()
    assert "FAKE-INSTANCE-TOKEN" in json.dumps(body_of("evolution", "list-removed"))
    assert "TOKEN" not in f"{infos}{vars(gateway)}"


@pytest.mark.parametrize(
    ("name", "what", "state", "cause"),
    [
        ("push-open", PushNews.STATE, State.CONNECTED, None),
        ("push-closed-401", PushNews.STATE, State.LOGGED_OUT, Cause.LOGIN_REFUSED),
        ("push-closed-428", PushNews.STATE, State.DISCONNECTED, Cause.CONNECTION_CLOSED),
        ("push-refused", PushNews.STATE, State.STOPPED, Cause.QR_WINDOW_OVER),
        ("push-qr", PushNews.QR, State.AWAITING_SCAN, None),
        ("push-qr-limit", PushNews.STATE, State.STOPPED, Cause.QR_WINDOW_OVER),
        ("push-removed", PushNews.STATE, State.LOGGED_OUT, Cause.DEVICE_REMOVED),
        ("push-logout", PushNews.STATE, None, None),
    ],
)
def test_a_push_is_one_event(name, what, state, cause):
    [event] = evolution()[0].read_push(*push_of("evolution", name))
    assert (event.what, event.key, event.state, event.cause) == (what, KEY, state, cause)


def test_of_a_message_nothing_is_told_but_that_it_came():
    [event] = evolution()[0].read_push(*push_of("evolution", "push-message"))
    assert event == GatewayEvent(what=PushNews.MESSAGE, key=event.key)


def packed(part):
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def token(key=HOOK_KEY, alg="HS256", **claims):
    signed = f"{packed({'alg': alg, 'typ': 'JWT'})}.{packed(claims)}"
    digest = hmac.new(key.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


SOON = int(Clock()().timestamp()) + 600


AHEAD = {"iat": SOON, "nbf": SOON, "aud": "evolution", "sub": 5, "jti": 1, "iss": None}


@pytest.mark.parametrize(
    "told",
    [
        HOOK_KEY,
        f"Bearer {HOOK_KEY}",
        f"Bearer {token(exp=SOON)}",
        f"Bearer {token(exp=SOON, **AHEAD)}",  # its clock may be ahead of ours
    ],
)
def test_a_push_that_bears_the_key_or_a_token_of_it_is_taken(told):
    gateway, _ = evolution(hook_key=HOOK_KEY)
    _, body = push_of("evolution", "push-open")
    assert gateway.read_push({"authorization": told}, body)


@pytest.mark.parametrize(
    "told",
    [
        None,
        "",
        "Bearer another-key",
        "Bearer ключ",
        f"Bearer {token(exp=SOON - 601)}",
        f"Bearer {token()}",
        f"Bearer {token(exp=True)}",
        f"Bearer {token(exp=str(SOON))}",
        f"Bearer {token(exp=SOON)[:-1]}",
        f"Bearer {token(alg='HS512', exp=SOON)}",
        f"Bearer {token(exp=SOON)}.more",
        "Bearer ..",
        f"Bearer {token(alg='none', exp=SOON)}",
        f"Bearer {token(key='another-key', exp=SOON)}",
    ],
)
def test_any_other_push_is_forged_whatever_its_body(told):
    gateway, _ = evolution(hook_key=HOOK_KEY)
    with pytest.raises(PushForged):
        gateway.read_push({} if told is None else {"authorization": told}, b"no JSON")
