"""Whatever comes back: a typed result or a GatewayError, and nothing made up."""

import asyncio
import json

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded import CONNECTED, DISCONNECTED, KEY, NOTHING, adapter, json_transport, status_body

from bot.domain.session import State
from bot.gateways.base import GatewayError, Qr, SessionInfo

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
words = st.sampled_from(["connected", "disconnected", "not_initialized", "error", "open", ""])
statuses = st.fixed_dictionaries(
    {},
    optional={
        "connected": st.booleans() | values,
        "status": words | values,
        "reconnectAttempts": st.integers() | values,
    },
)
keys = st.sampled_from([KEY, "1", "../x", ""]) | values
envelopes = st.fixed_dictionaries(
    {},
    optional={
        "success": st.booleans() | values,
        "companyId": keys,
        "status": statuses | values,
        "qr": values,
        "sessions": st.lists(
            st.builds(lambda key, status: {**status, "companyId": key}, keys, statuses) | values,
            max_size=5,
        )
        | values,
        "phoneNumber": values,
        "connected": values,
    },
)
truthful = st.sampled_from([CONNECTED, DISCONNECTED, NOTHING]).map(lambda it: status_body(**it))


def as_bytes(value):
    return json.dumps(value).encode()


contents = st.one_of(
    envelopes.map(as_bytes),
    truthful.map(as_bytes),
    values.map(as_bytes),
    st.binary(max_size=200),
    st.text(max_size=100).map(lambda text: f"<!DOCTYPE html><html>{text}</html>".encode()),
    st.builds(lambda whole, cut: as_bytes(whole)[:cut], envelopes, st.integers(0, 80)),
)
codes = st.sampled_from([200, 200, 200, 200, 201, 204, 302, 400, 401, 404, 429, 500, 503])


async def outcome(call):
    try:
        return await call
    except GatewayError as error:
        return error


def says_connected(status):
    return isinstance(status, dict) and (
        status.get("connected") is True and status.get("status") == "connected"
    )


def parsed(content):
    try:
        body = json.loads(content)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def sure(infos):
    """Nothing a machine may act upon was concluded from nonsense."""
    return all(
        info.state is not State.LOGGED_OUT and info.raw_state.isprintable() for info in infos
    )


@settings(max_examples=300, deadline=None)
@given(content=contents, code=codes)
def test_one_session_is_only_what_the_body_really_says(content, code):
    transport = json_transport(lambda _: httpx.Response(code, content=content))
    info = asyncio.run(outcome(adapter(transport).get_session(KEY)))
    if isinstance(info, GatewayError):
        return
    assert isinstance(info, SessionInfo)
    assert sure([info])
    connected = says_connected(parsed(content).get("status"))
    assert (info.state is State.CONNECTED) == connected


@settings(max_examples=300, deadline=None)
@given(content=contents, code=codes)
def test_a_list_is_only_what_the_body_really_says(content, code):
    transport = json_transport(lambda _: httpx.Response(code, content=content))
    infos = asyncio.run(outcome(adapter(transport).list_sessions()))
    if isinstance(infos, GatewayError):
        return
    told = [it for it in parsed(content)["sessions"] if says_connected(it)]
    connected = {info.key for info in infos if info.state is State.CONNECTED}
    assert sure(infos)
    ids = [it.get("companyId") for it in told]  # a list: an id may be anything, a list too
    assert all(key in ids for key in connected)


@settings(max_examples=200, deadline=None)
@given(content=contents, code=codes)
def test_a_code_is_a_code_or_an_error(content, code):
    def answer(request):
        if "/status/" in request.url.path:
            return status_body(**DISCONNECTED)
        return httpx.Response(code, content=content)

    qr = asyncio.run(outcome(adapter(json_transport(answer)).get_qr(KEY)))
    if isinstance(qr, GatewayError):
        return
    assert isinstance(qr, Qr)
    assert qr.raw == parsed(content)["qr"]


@settings(max_examples=200, deadline=None)
@given(content=contents, code=codes)
def test_no_call_raises_anything_but_gateway_errors(content, code):
    async def everything():
        admin = adapter(json_transport(lambda _: httpx.Response(code, content=content)))
        for call in (admin.start, admin.restart, admin.stop, admin.reset):
            done = await outcome(call(KEY))
            assert done is None or isinstance(done, GatewayError)
        assert isinstance(await outcome(admin.ping()), object)

    asyncio.run(everything())
