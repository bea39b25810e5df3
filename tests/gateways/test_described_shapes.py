"""The sixteen shapes of home-made gateways that were found in the field, told by descriptions.

Each is a description and replies as its source has them, beside what is to be read from these.
"""

import contextlib
import json
from urllib.parse import unquote

import httpx
import pytest
from recorded import Clock, client, json_transport
from replies_of import DATA

from bot.domain.session import State
from bot.gateways.base import GatewayAuthError, GatewayError, QrNotReady, Unsupported
from bot.gateways.described.kind import kind_in

FOLDER = DATA / "described"
SHAPES = sorted(file.stem for file in FOLDER.glob("*.toml"))


class Told:
    """A gateway that gives these replies, and writes down what was asked."""

    def __init__(self, shape):
        self.kept = json.loads((FOLDER / f"{shape}.json").read_text())
        self.asked, self.more = [], {}
        kind = kind_in(FOLDER / f"{shape}.toml")
        self.clock = Clock()
        self.adapter = kind(
            # A test may put another answer in its place.
            client(json_transport(lambda request: self.answer(request))),  # noqa: PLW0108
            key="somebody:fake-word",
            clock=self.clock,
            sessions=dict.fromkeys(self.kept["expect"], None),
        )

    def answer(self, request):
        path = unquote(request.url.raw_path.decode()).partition("?")[0]
        self.asked.append(f"{request.method} {path}")
        self.last = request
        said = (self.kept["replies"] | self.more).get(self.asked[-1])
        if said is None:
            return httpx.Response(500, json={})
        refused = isinstance(said, list) and said[0] in (400, 404)
        status, body = said if refused else (200, said)
        return httpx.Response(status, json=body)


def test_there_are_all_sixteen():
    assert [shape[:2] for shape in SHAPES] == [f"{number:02}" for number in range(1, 17)]


@pytest.mark.parametrize("shape", SHAPES)
async def test_every_session_is_read_as_its_source_means_it(shape):
    told = Told(shape)
    for _ in range(2):  # a code is new once something else was seen before
        listed = {info.key: info for info in await told.adapter.list_sessions()}
    found = {key: [info.state.value, info.owner_phone] for key, info in listed.items()}
    assert found == told.kept["expect"]


@pytest.mark.parametrize("shape", SHAPES)
async def test_looks_ask_for_what_the_kind_declares_and_nothing_else(shape):
    told = Told(shape)
    await told.adapter.list_sessions()
    for key in told.kept["expect"]:
        with contextlib.suppress(GatewayError):  # what was not kept is answered by 500
            await told.adapter.get_session(key)
    declared = {route.split("{")[0] for route in kind_in(FOLDER / f"{shape}.toml").look_routes}
    assert [one for one in told.asked if not any(one.startswith(route) for route in declared)] == []


@pytest.mark.parametrize("shape", SHAPES)
async def test_nothing_that_is_connected_is_started_and_nothing_unsaid_is_called(shape):
    told = Told(shape)
    [key] = [key for key, (state, _) in told.kept["expect"].items() if state == "connected"][:1]
    await told.adapter.list_sessions()
    before = len(told.asked)
    await told.adapter.start(key)
    with pytest.raises((QrNotReady, Unsupported)):
        await told.adapter.get_qr(key)
    looks = {route.split("{")[0] for route in kind_in(FOLDER / f"{shape}.toml").look_routes}
    acts = [one for one in told.asked[before:] if not any(one.startswith(it) for it in looks)]
    assert acts == []


async def test_the_session_stands_in_the_header_of_its_own_call():
    told = Told("07-the-session-in-a-header")
    await told.adapter.get_session("a")
    assert told.last.headers["X-Session-Id"] == "a"


async def test_a_pass_is_renewed_when_it_is_refused_and_only_then():
    told = Told("09-a-login-and-a-map")
    await told.adapter.list_sessions()
    await told.adapter.list_sessions()
    assert told.asked.count("POST /login") == 1
    assert told.last.headers["Authorization"] == "Bearer fake-pass"


async def test_a_pass_that_is_refused_is_renewed_once():
    told = Told("09-a-login-and-a-map")
    passes = iter(["old", "new", "newer"])
    valid, right = told.answer, {"Bearer new"}

    def answer(request):
        if request.url.path == "/login":
            told.asked.append("POST /login")
            return httpx.Response(200, json={"token": next(passes)})
        refused = request.headers.get("Authorization") not in right
        return httpx.Response(401, json={}) if refused else valid(request)

    told.answer = answer
    assert len(await told.adapter.list_sessions()) == 2
    assert told.asked.count("POST /login") == 2
    right.clear()
    with pytest.raises(GatewayAuthError):
        await told.adapter.list_sessions()
    assert told.asked.count("POST /login") == 3  # a wrong password is not tried for ever


async def test_a_session_is_called_with_its_own_token():
    told = Told("10-a-token-per-session")
    told.more["POST /instance/restart"] = {"ok": True}
    await told.adapter.restart("c")
    assert told.last.headers["Authorization"] == "Bearer fake-3"


async def test_a_code_that_comes_with_the_start_is_handed_out_once_it_was_started():
    told = Told("04-raw-code-from-start")
    told.more["POST /session/start"] = {"qr": "2@fake,one"}
    await told.adapter.start("b")
    assert (await told.adapter.get_session("b")).state is State.AWAITING_SCAN
    qr = await told.adapter.get_qr("b")
    assert (qr.raw, qr.not_older_than) == ("2@fake,one", told.clock())
    assert told.asked.count("POST /session/start") == 1
    told.more["POST /session/start"] = {"qr": "2@fake,two"}
    told.clock.push(21)
    assert (await told.adapter.get_qr("b")).raw == "2@fake,two"


async def test_a_reset_that_is_a_get_hands_out_its_code():
    told = Told("08-a-look-that-deletes")
    told.more["GET /instances/connect/anna/bar"] = {"qrCode": "2@fake,one"}
    await told.adapter.list_sessions()
    assert "GET /instances/connect/anna/bar" not in told.asked
    await told.adapter.reset("anna/bar")
    told.kept["replies"]["GET /instances/get"]["data"][1]["connectionStatus"] = "OFFLINE"
    assert (await told.adapter.get_qr("anna/bar")).raw == "2@fake,one"


async def test_a_harmless_code_alone_says_that_a_scan_is_awaited():
    told = Told("05-is-on")
    await told.adapter.get_session("a")
    first = await told.adapter.get_session("b")
    assert first.state is State.AWAITING_SCAN
    qr = await told.adapter.get_qr("b")
    assert qr.not_older_than is None  # nobody looked before: its age is not known, nobody shows it
