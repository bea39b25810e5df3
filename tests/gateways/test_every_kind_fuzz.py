"""Whatever any gateway answers or pushes: a typed result or a typed error, and nothing made up.

The bodies are kept replies with parts replaced, taken away or cut off, and plain nonsense. Ten
thousand for each kind: `pytest --hypothesis-profile=thorough` with this file.
"""

import asyncio
import copy
import json

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded import KEY, Clock, client, json_transport
from replies_of import DATA

from bot.domain.session import State
from bot.gateways.base import GatewayError, PairingCode, PushRefused, Qr, SessionInfo, Unsupported
from bot.gateways.events import GatewayEvent
from bot.gateways.kinds import CODED, KINDS

# `ai_admin` has a fuzz of its own, and so have described kinds (tests/attack).
OTHERS = [kind for kind in CODED if kind != "ai_admin"]
WORDS = ["open", "close", "connecting", "WORKING", "FAILED", "SCAN_QR_CODE", "loggedOut", "", KEY]
CODES = [401, 402, 403, 406, 408, 428, 515, 0, -1, True, "401"]

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(WORDS)
    | st.sampled_from(CODES)
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def kept_bodies(kind, *, pushes):
    """The bodies in the kind's folder of replies."""
    found = [json.loads(file.read_text()) for file in sorted((DATA / kind).glob("*.json"))]
    return [one["json"] for one in found if "json" in one and ("push" in one) is pushes]


def places(value, path=()):
    """The way to each part of a body."""
    yield path
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*path, key))


@st.composite
def damaged(draw, bodies):
    """A kept body with some of its parts replaced, or missing."""
    body = copy.deepcopy(draw(st.sampled_from(bodies)))
    for _ in range(draw(st.integers(0, 3))):
        path = draw(st.sampled_from(list(places(body))))
        if not path:
            return draw(values)
        parent = body
        for key in path[:-1]:
            parent = parent[key]
        if isinstance(parent, dict) and draw(st.booleans()):
            del parent[path[-1]]
        else:
            parent[path[-1]] = draw(values)
    return body


def contents(kind, *, pushes=False):
    whole = damaged(kept_bodies(kind, pushes=pushes)).map(lambda body: json.dumps(body).encode())
    return st.one_of(
        whole,
        whole,
        whole,
        st.builds(lambda body, cut: body[:cut], whole, st.integers(0, 200)),
        values.map(lambda value: json.dumps(value).encode()),
        st.binary(max_size=100),
        st.just(b"<!DOCTYPE html><html>502 Bad Gateway</html>"),
        st.just(b"[" * 20_000),
    )


statuses = st.sampled_from([200, 200, 200, 200, 201, 302, 400, 401, 404, 422, 429, 500, 503])
PUSHED = {kind: kept_bodies(kind, pushes=True) for kind in OTHERS}


def dicts_in(value):
    """Every object in a body, however deep."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if isinstance(value, dict):
        yield value
    for one in inner:
        yield from dicts_in(one)


def evolution_ended(body):
    codes = (body.get("disconnectionReasonCode"), body.get("statusReason"))
    return any(type(code) is int and code in (401, 402, 403, 406) for code in codes)


def gowa_ended(body):
    """It had an account in one answer, and has none in the next."""
    return body.get("state") == "disconnected" and not body.get("jid")


def wuzapi_ended(body):
    final = ("LoggedOut", "ConnectFailure", "StreamError", "TemporaryBan")
    return body.get("type") in final


def wppconnect_ended(body):
    found = str(body.get("status")).lower()
    return body.get("event") == "logoutsession" or found.endswith("connectedmobile")


# What has to stand in a body before a login may be called ended; nothing does, in other kinds.
ENDED = {
    "evolution": evolution_ended,
    "gowa": gowa_ended,
    "wuzapi": wuzapi_ended,
    "wppconnect": wppconnect_ended,
}


def may_say_logged_out(kind, contents):
    says_so = ENDED.get(kind)
    return says_so is not None and any(
        says_so(one) for content in contents for one in dicts_in(parsed(content))
    )


def parsed(content):
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


async def outcome(call):
    try:
        return await call
    except GatewayError as error:
        return error


def infos_in(result):
    found = result if isinstance(result, list) else [result]
    return [one for one in found if isinstance(one, SessionInfo)]


def routes_of(kind):
    """What is kept of each route: bodies with their statuses."""
    found = {}
    for file in sorted((DATA / kind).glob("*.json")):
        one = json.loads(file.read_text())
        if "status" in one:
            route = (one["request"]["method"], one["request"]["path"])
            found.setdefault(route, []).append((one["json"], one["status"]))
    return found


ROUTES = {kind: routes_of(kind) for kind in OTHERS}


@st.composite
def worlds(draw, kind):
    """An answer for each route: most as they are kept, a few damaged."""
    told = {}
    for route, replies in ROUTES[kind].items():
        body, status = draw(st.sampled_from(replies))
        told[route] = json.dumps(body).encode(), status
    for route in draw(st.lists(st.sampled_from(sorted(told)), max_size=3)):
        bodies = damaged([body for body, _ in ROUTES[kind][route]])
        told[route] = json.dumps(draw(bodies)).encode(), told[route][1]
    return told


async def tried(kind, answer):
    """Every call of an adapter; what its looks said."""
    transport = json_transport(answer)
    adapter = KINDS[kind](
        client(transport), key="fake", clock=Clock(), first_life_s=0, next_life_s=0
    )
    looks = [
        await outcome(adapter.list_sessions()),
        await outcome(adapter.get_session(KEY)),
    ]
    for call in (adapter.start, adapter.restart, adapter.stop, adapter.reset):
        done = await outcome(call(KEY))
        assert done is None or isinstance(done, GatewayError)
    qr = await outcome(adapter.get_qr(KEY))
    assert isinstance(qr, Qr | GatewayError)
    assert isinstance(qr, GatewayError) or (qr.raw is None) != (qr.png is None)
    code = await outcome(adapter.request_pairing_code(KEY, "79000962302"))
    assert isinstance(code, PairingCode | GatewayError)
    sent = await outcome(adapter.send_text(KEY, "79000962302", "ping"))
    assert isinstance(sent, str | GatewayError)
    await outcome(adapter.ping())
    return looks


def is_sure(kind, looks, bodies):
    """Nothing was concluded that no body said."""
    for info in (one for look in looks for one in infos_in(look)):
        assert info.raw_state.isprintable()
        assert info.state is not State.LOGGED_OUT or may_say_logged_out(kind, bodies)
        assert info.owner_phone is None or info.owner_phone.isdecimal()


@pytest.mark.parametrize("kind", OTHERS)
def test_answers_are_typed_results_or_typed_errors(kind):
    @settings(deadline=None)
    @given(answers=st.lists(st.tuples(contents(kind), statuses), min_size=1, max_size=4))
    def check(answers):
        turn = iter(answers)

        def answer(_request):
            body, status = next(turn, answers[-1])
            return httpx.Response(status, content=body)

        is_sure(kind, asyncio.run(tried(kind, answer)), [body for body, _ in answers])

    check()


@pytest.mark.parametrize("kind", OTHERS)
def test_answers_damaged_in_their_places_are_no_better(kind):
    @settings(deadline=None)
    @given(world=worlds(kind))
    def check(world):
        def answer(request):
            body, status = world.get((request.method, request.url.path), (b"{}", 500))
            return httpx.Response(status, content=body)

        is_sure(kind, asyncio.run(tried(kind, answer)), [body for body, _ in world.values()])

    check()


@pytest.mark.parametrize("kind", OTHERS)
def test_pushes_are_events_or_refused(kind):
    adapter = KINDS[kind](client(json_transport(lambda _: {})), clock=Clock())
    pushed = contents(kind, pushes=True) if PUSHED[kind] else st.binary()
    names = st.sampled_from(["x-webhook-timestamp", "content-type", "authorization"])

    @settings(deadline=None)
    @given(headers=st.dictionaries(names, st.text(max_size=20), max_size=2), body=pushed)
    def check(headers, body):
        try:
            events = adapter.read_push(headers, body)
        except (PushRefused, Unsupported):
            return
        for event in events:
            assert isinstance(event, GatewayEvent)
            assert event.state is not State.LOGGED_OUT or may_say_logged_out(kind, [body])

    check()
