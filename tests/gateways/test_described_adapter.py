"""What the adapter of described gateways does with answers that are not as one wishes."""

import contextlib

import httpx
import pytest
from recorded import Clock, client, json_transport

from bot.domain.restriction import FREE, Restriction, RestrictionKind
from bot.domain.session import Cause, State
from bot.gateways.base import (
    GatewayAuthError,
    GatewayConfused,
    GatewayUnreachable,
    NotSent,
    QrNotReady,
    SessionNotFound,
    Unsupported,
)
from bot.gateways.by_name import by_name
from bot.gateways.described.kind import DescribedKind, shipped
from bot.gateways.described.language import read_description
from bot.gateways.described.words import DescribedAct

BASE = """\
title = "Mine"
failed = ["success=false"]
[auth]
header = "x-api-key"
[list]
get = "/s"
key = "id"
state = "status"
phone = "me"
reason = "why"
[one]
get = "/s/{key}"
state = "status"
phone = "me"
reason = "why"
missing = [404]
[words]
connected = ["open"]
restricted = ["yellow"]
connecting = ["going"]
awaiting_scan = ["qr"]
disconnected = ["close", false]
[reasons]
device_removed = ["401"]
[qr]
get = "/s/{key}/qr"
at = "qr"
none = [404]
[start]
post = "/s/{key}/start"
destroys = false
[stop]
post = "/s/{key}/stop"
[restart]
post = "/s/{key}/restart"
destroys = true
[send]
post = "/send"
body = {to = "{phone}", text = "{text}"}
at = "id"
destroys = false
"""


class Mine:
    """The adapter of a description before answers by `METHOD /path`."""

    def __init__(self, text=BASE, key="fake", **answers):
        self.answers = {"GET /s": []}
        self.asked, self.clock = [], Clock()
        kind = DescribedKind(name="mine", description=read_description(text))
        self.adapter = kind(client(json_transport(self.answer)), key=key, clock=self.clock)

    def says(self, route, answer, status=200):
        self.answers[route] = httpx.Response(status, json=answer)
        return self

    def answer(self, request):
        self.asked.append(f"{request.method} {request.url.path}")
        self.last = request
        return self.answers.get(self.asked[-1], httpx.Response(500, json={}))


@pytest.mark.parametrize(
    ("item", "state", "cause"),
    [
        ({"status": "open"}, State.CONNECTED, None),
        ({"status": "OPEN."}, State.CONNECTED, None),
        ({"status": "open", "why": "401: long ago"}, State.CONNECTED, None),
        ({"status": "close"}, State.DISCONNECTED, None),
        ({"status": False}, State.DISCONNECTED, None),
        ({"status": "close", "why": "401: logged out"}, State.LOGGED_OUT, Cause.DEVICE_REMOVED),
        ({"status": "close", "why": 401}, State.LOGGED_OUT, Cause.DEVICE_REMOVED),
        ({"status": "close", "why": "Logged out"}, State.DISCONNECTED, None),
        ({"status": "qr", "why": "401: logged out"}, State.AWAITING_SCAN, Cause.DEVICE_REMOVED),
        ({"status": "zzz", "why": "401: logged out"}, State.UNKNOWN, None),
        ({"status": None}, State.UNKNOWN, None),
        ({"status": {"open": True}}, State.UNKNOWN, None),
        ({"status": ""}, State.UNKNOWN, None),
    ],
)
async def test_a_state_is_what_its_words_say(item, state, cause):
    info = await Mine().says("GET /s/a", item).adapter.get_session("a")
    assert (info.state, info.cause) == (state, cause)


async def test_who_is_held_back_is_connected_and_restricted():
    held_back = await Mine().says("GET /s/a", {"status": "yellow"}).adapter.get_session("a")
    assert (held_back.state, held_back.cause) == (State.CONNECTED, None)
    assert held_back.restriction == Restriction(kind=RestrictionKind.NOT_FIRST)
    free = await Mine().says("GET /s/a", {"status": "open"}).adapter.get_session("a")
    assert free.restriction == FREE


@pytest.mark.parametrize("item", [{}, [], None, {"state": "close"}, "close", 7])
async def test_a_field_that_is_missing_is_a_broken_border_and_no_lost_session(item):
    with pytest.raises(GatewayConfused):
        await Mine().says("GET /s/a", item).adapter.get_session("a")


async def test_one_entry_without_a_state_does_not_take_the_others_along():
    mine = Mine().says("GET /s", [{"id": "a"}, {"id": "b", "status": "open"}, {"status": "open"}])
    found = by_name(await mine.adapter.list_sessions())
    states = {key: info.state for key, info in found.sessions.items()}
    assert (states, found.nameless) == ({"a": State.UNKNOWN, "b": State.CONNECTED}, 1)
    with pytest.raises(GatewayConfused):
        await mine.says("GET /s", [{"id": "a"}]).adapter.list_sessions()


async def test_two_of_one_name_are_unknown():
    rows = [{"id": "a", "status": "open"}, {"id": "a", "status": "close"}]
    found = by_name(await Mine().says("GET /s", rows).adapter.list_sessions())
    assert (found.sessions["a"].state, found.alike) == (State.UNKNOWN, ("a",))


@pytest.mark.parametrize("key", [None, "", [], {}, True, 1.5, {"id": "a"}])
async def test_what_has_no_name_is_counted(key):
    rows = [{"id": "a", "status": "open"}, {"id": key, "status": "open"}]
    found = by_name(await Mine().says("GET /s", rows).adapter.list_sessions())
    assert (set(found.sessions), found.nameless) == ({"a"}, 1)


@pytest.mark.parametrize("key", ["../x", "a/b", "\u200b\u2060", " ", "x" * 201, "two\nlines"])
async def test_a_name_that_nobody_can_ask_for_is_listed_all_the_same(key):
    rows = [{"id": "a", "status": "open"}, {"id": key, "status": "open"}]
    found = by_name(await Mine().says("GET /s", rows).adapter.list_sessions())
    assert set(found.sessions) == {"a", key}


@pytest.mark.parametrize(
    "word", ["79000962302", "a3f9c8d1e2b4a5f6", "2@fake,code", "x" * 60, "a\nb", "<b>"]
)
async def test_what_may_be_a_number_or_a_key_is_not_shown(word):
    info = await Mine().says("GET /s/a", {"status": word}).adapter.get_session("a")
    assert (info.state, info.raw_state) == (State.UNKNOWN, "?")


async def test_a_404_of_a_build_without_the_route_is_no_missing_session():
    mine = Mine().says("GET /s/a", {"message": "Cannot GET /s/a", "statusCode": 404}, 404)
    with pytest.raises(GatewayConfused):
        await mine.adapter.get_session("a")
    with pytest.raises(SessionNotFound):
        await mine.says("GET /s/a", {"message": "no such session"}, 404).adapter.get_session("a")


async def test_a_200_that_says_that_it_failed_is_no_answer():
    mine = Mine().says("GET /s/a", {"success": False, "status": "close"})
    with pytest.raises(GatewayUnreachable):
        await mine.adapter.get_session("a")


async def test_nothing_is_started_whose_state_nobody_understands():
    mine = Mine().says("GET /s/a", {"status": "zzz"})
    with pytest.raises(GatewayConfused):
        await mine.adapter.start("a")
    assert mine.asked == ["GET /s/a"]


@pytest.mark.parametrize("act", ["stop", "reset"])
async def test_what_is_not_described_or_not_said_to_be_harmless_is_not_called(act):
    mine = Mine().says("GET /s/a", {"status": "close"})
    with pytest.raises(Unsupported):
        await getattr(mine.adapter, act)("a")
    assert [asked for asked in mine.asked if not asked.startswith("GET")] == []


async def test_a_restart_that_destroys_is_replaced_by_a_start_of_what_is_away():
    mine = Mine().says("GET /s/a", {"status": "close"}).says("POST /s/a/start", {})
    await mine.adapter.restart("a")
    assert mine.asked[-1] == "POST /s/a/start"
    with pytest.raises(Unsupported):
        await mine.says("GET /s/a", {"status": "open"}).adapter.restart("a")


async def test_a_write_is_sent_once_even_if_it_is_a_get():
    text = BASE.replace('post = "/s/{key}/start"', 'get = "/s/{key}/start"')
    mine = Mine(text).says("GET /s/a", {"status": "close"})

    def breaks(request):
        if request.url.path.endswith("/start"):
            mine.asked.append("start")
            raise httpx.ReadError("broken")
        return Mine.answer(mine, request)

    kind = DescribedKind(name="mine", description=read_description(text))
    adapter = kind(client(httpx.MockTransport(breaks)), clock=mine.clock)
    with pytest.raises(GatewayUnreachable):
        await adapter.start("a")
    assert mine.asked.count("start") == 1


async def test_a_code_that_changed_has_an_age_and_the_first_has_none():
    mine = Mine().says("GET /s/a", {"status": "qr"}).says("GET /s/a/qr", {"qr": "2@one"})
    assert (await mine.adapter.get_qr("a")).not_older_than is None
    mine.clock.push(5)
    await mine.adapter.get_qr("a")
    mine.says("GET /s/a/qr", {"qr": "2@two"}).clock.push(5)
    assert (await mine.adapter.get_qr("a")).not_older_than is not None


async def test_a_described_age_is_believed():
    mine = Mine(BASE.replace("none = [404]", "none = [404]\nage_s = 0"))
    mine.says("GET /s/a", {"status": "qr"}).says("GET /s/a/qr", {"qr": "2@one"})
    assert (await mine.adapter.get_qr("a")).not_older_than == mine.clock()


@pytest.mark.parametrize("answer", [{"qr": "not ready yet"}, {"qr": 7}, {"qr": ["2@x"]}])
async def test_what_is_no_code_is_not_shown(answer):
    mine = Mine().says("GET /s/a", {"status": "qr"}).says("GET /s/a/qr", answer)
    with pytest.raises(GatewayConfused):
        await mine.adapter.get_qr("a")


@pytest.mark.parametrize(("answer", "status"), [({}, 404), ({"qr": None}, 200), ({"qr": " "}, 200)])
async def test_nothing_is_no_code_now(answer, status):
    mine = Mine().says("GET /s/a", {"status": "qr"}).says("GET /s/a/qr", answer, status)
    with pytest.raises(QrNotReady):
        await mine.adapter.get_qr("a")


@pytest.mark.parametrize(
    ("answer", "status", "error"),
    [
        ({"error": "Session closed"}, 500, NotSent),
        ({"success": False, "error": "connection lost"}, 200, NotSent),
        ({"error": "number is invalid"}, 400, GatewayUnreachable),
        ({}, 404, NotSent),
    ],
)
async def test_a_text_that_was_refused_is_told_by_its_words(answer, status, error):
    with pytest.raises(error if status != 404 else (NotSent, GatewayUnreachable)):
        await Mine().says("POST /send", answer, status).adapter.send_text("a", "79000962302", "x")


async def test_a_key_that_is_not_set_is_told_as_that():
    text = BASE.replace('get = "/s/{key}"', 'get = "/s/{key}/{secret}"')
    with pytest.raises(GatewayAuthError):
        await Mine(text, key=None).adapter.get_session("a")


@pytest.mark.parametrize("key", ["..", "a/b", "a b", "ü", "x?y=z", "a%2Fb"])
async def test_a_name_travels_as_one_part_of_the_path(key):
    mine = Mine()
    with contextlib.suppress(GatewayUnreachable, SessionNotFound):
        await mine.adapter.get_session(key)
    assert mine.asked == [] or mine.last.url.raw_path.count(b"/") == 2


async def test_a_form_travels_as_one():
    text = BASE.replace('post = "/send"', 'post = "/send"\nform = true')
    mine = Mine(text).says("POST /send", {"id": "1"})
    assert await mine.adapter.send_text("a", "79000962302", "a & b") == "1"
    assert mine.last.content == b"to=79000962302&text=a+%26+b"
    assert mine.last.headers["content-type"] == "application/x-www-form-urlencoded"


def test_what_it_can_do_is_what_is_described():
    told = DescribedKind(name="mine", description=read_description(BASE))
    assert told.description.offered(DescribedAct.STOP) is None
    assert (told.caps.bulk_list, told.caps.pairing_code, told.caps.push_events) == (
        True,
        False,
        False,
    )


async def test_of_several_with_secrets_of_their_own_one_that_is_refused_is_unknown():
    def answer(request):
        status = 401 if "bad" in request.url.path else 200
        return httpx.Response(status, json={"stateInstance": "authorized"})

    adapter = shipped("green_api")(
        client(json_transport(answer)), clock=Clock(), sessions={"1": "good", "2": "bad"}
    )
    found = {info.key: (info.state, info.raw_state) for info in await adapter.list_sessions()}
    assert found == {
        "1": (State.CONNECTED, "authorized"),
        "2": (State.UNKNOWN, "key refused"),
    }
    alone = shipped("green_api")(
        client(json_transport(answer)), clock=Clock(), sessions={"2": "bad", "3": None}
    )
    with pytest.raises(GatewayAuthError):
        await alone.list_sessions()
