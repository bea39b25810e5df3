"""What the answers and pushes of each kind mean, down to those that a gateway seldom gives."""

import json

import pytest

from bot.domain.session import Cause, State
from bot.gateways import evolution_replies, gowa_replies, shapes, wuzapi_replies
from bot.gateways.base import (
    GatewayConfused,
    GatewayUnreachable,
    NotSent,
    PushRefused,
    QrNotReady,
    RateLimited,
)
from bot.gateways.batches import FEW, read_all
from bot.gateways.reply import Reply

PHONE = "79001234567"


def answer(status, **body):
    return Reply(status=status, json=body, elapsed_s=0.01)


WUZAPI_REFUSALS = [
    ("user is already paired", QrNotReady),
    ("rate-overlimit", RateLimited),
    ("status 429", RateLimited),
    ("not connected", QrNotReady),
    ("no session", QrNotReady),
    ("something else", GatewayUnreachable),
]


@pytest.mark.parametrize(("error", "kind"), WUZAPI_REFUSALS)
def test_wuzapi_says_why_there_is_no_code_to_type_in(error, kind):
    with pytest.raises(kind):
        wuzapi_replies.code_in(answer(500, error=error), PHONE)


@pytest.mark.parametrize(
    ("error", "kind"), [("no session", NotSent), ("something else", GatewayUnreachable)]
)
def test_wuzapi_tells_a_session_that_cannot_send_from_a_gateway_in_trouble(error, kind):
    with pytest.raises(kind):
        wuzapi_replies.sent_id(answer(500, error=error))


@pytest.mark.parametrize(
    ("event", "state", "cause"),
    [
        ({"type": "LoggedOut", "event": {"Reason": 401}}, State.LOGGED_OUT, Cause.DEVICE_REMOVED),
        ({"type": "LoggedOut", "event": {"Reason": "none"}}, None, None),
        ({"type": "ConnectFailure", "event": {}}, None, None),
        ({"type": "ConnectFailure", "event": {"Reason": "515"}}, None, Cause.RESTART_REQUIRED),
        ({"type": "Connected", "event": 7}, State.CONNECTED, None),
        ({"type": "Disconnected"}, None, None),
    ],
)
def test_a_push_of_wuzapi_names_a_cause_only_where_it_knows_one(event, state, cause):
    body = json.dumps({"instanceName": "962302", **event}).encode()
    [told] = wuzapi_replies.event_in(body)
    assert told.cause is cause
    if state is not None:
        assert told.state is state


@pytest.mark.parametrize("body", [b"\xff\xfe", b"&".join([b"a=b"] * 21), b'{"type": 7}', b"{}"])
def test_a_push_of_wuzapi_that_is_nonsense_is_refused(body):
    with pytest.raises(PushRefused):
        wuzapi_replies.event_in(body)


@pytest.mark.parametrize(
    ("word", "account", "was_linked", "state"),
    [
        ("logged_in", None, False, State.CONNECTED),
        ("connected", None, False, State.AWAITING_SCAN),
        ("connected", PHONE, False, State.CONNECTING),
        ("connecting", None, False, State.CONNECTING),
        ("disconnected", PHONE, False, State.DISCONNECTED),
        ("disconnected", None, True, State.LOGGED_OUT),
        ("disconnected", None, False, State.STOPPED),
        ("asleep", None, False, State.UNKNOWN),
    ],
)
def test_a_device_of_gowa_is_read_by_its_word_and_its_account(word, account, was_linked, state):
    device = gowa_replies.Device(key="962302", word=word, account=account, phone=account)
    told = gowa_replies.told_by(device, was_linked=was_linked)
    assert (told.state, told.owner_phone) == (
        state,
        account if state is State.CONNECTED else None,
    )


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (401, "", NotSent),
        (500, "client is not connected", NotSent),
        (500, "you are not logged in", NotSent),
        (500, "disk full", GatewayUnreachable),
    ],
)
def test_gowa_tells_a_device_that_cannot_send_from_a_gateway_in_trouble(status, error, kind):
    with pytest.raises(kind):
        gowa_replies.sent_id(answer(status, message=error))


@pytest.mark.parametrize(
    ("error", "kind"), [("already logged in", QrNotReady), ("rate limited", RateLimited)]
)
def test_gowa_says_why_there_is_no_code_to_type_in(error, kind):
    with pytest.raises(kind):
        gowa_replies.code_in(answer(500, message=error), PHONE)


@pytest.mark.parametrize(
    "link",
    [None, 7, "http://[", "http://x/statics/../../etc/passwd", "http://x/other.png"],
)
def test_gowa_s_link_to_a_picture_leads_nowhere_else(link):
    with pytest.raises(GatewayConfused):
        gowa_replies.picture_path(answer(200, results={"qr_link": link}))


@pytest.mark.parametrize(
    ("data", "state", "cause"),
    [
        ({"state": "open"}, State.CONNECTED, None),
        ({"state": "connecting"}, State.CONNECTING, None),
        ({"state": "refused"}, State.STOPPED, Cause.QR_WINDOW_OVER),
        ({"state": "close", "statusReason": 401}, State.LOGGED_OUT, Cause.LOGIN_REFUSED),
        ({"state": "close", "statusReason": 428}, State.DISCONNECTED, Cause.CONNECTION_CLOSED),
        ({"state": "close"}, State.DISCONNECTED, None),
        ({"state": "resting"}, State.UNKNOWN, None),
        (None, State.UNKNOWN, None),
    ],
)
def test_a_push_of_evolution_moves_a_session(data, state, cause):
    body = {"event": "connection.update", "instance": "962302", "data": data}
    [told] = evolution_replies.event_in(body)
    assert (told.state, told.cause) == (state, cause)


@pytest.mark.parametrize("body", [{}, {"event": 7, "instance": "x"}, {"event": "a", "instance": 1}])
def test_a_push_of_evolution_that_names_nothing_is_refused(body):
    with pytest.raises(PushRefused):
        evolution_replies.event_in(body)


def test_what_evolution_tells_of_its_instances_is_no_state():
    for event in ("LOGOUT_INSTANCE", "remove-instance"):
        [told] = evolution_replies.event_in({"event": event, "instance": "962302"})
        assert (told.state, told.cause) == (None, None)
    assert evolution_replies.event_in({"event": "messages.upsert", "instance": "962302"}) == []


@pytest.mark.parametrize("value", ["aGVsbG8=", "data:image/png;base64,!!", 7, "%"])
def test_what_is_no_picture_is_not_taken_for_one(value):
    with pytest.raises(GatewayConfused):
        shapes.picture_in(value)


@pytest.mark.parametrize("size", [FEW, FEW + 1])
async def test_many_entries_are_read_in_order(size):
    assert await read_all(lambda entry: -entry, range(size)) == [-entry for entry in range(size)]
