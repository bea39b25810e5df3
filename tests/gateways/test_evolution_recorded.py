"""What Evolution API 2.3.6 was seen to answer, replayed: each moment must be read as it was.

Recorded against a simulated WhatsApp; codes are cut out of it.
"""

import json

import httpx
import pytest
from recorded import Clock, client, json_transport
from replies_of import DATA

from bot.domain.session import Cause, State
from bot.gateways.base import GatewayUnreachable, QrNotReady, SessionNotFound
from bot.gateways.kinds import KINDS

EVERYTHING = [
    json.loads(line)
    for line in (DATA / "evolution" / "recorded-2.3.6.jsonl").read_text().splitlines()
]


def at(story, t):
    """An adapter in the middle of a story, and what it asks: answers are the last ones by then."""
    told = {
        (one["method"], one["path"]): one
        for one in EVERYTHING
        if one["story"] == story and one["t"] <= t
    }
    asked = []

    def answer(request):
        path = request.url.raw_path.decode()
        asked.append(f"{request.method} {path}")
        one = told.get((request.method, path), {"status": 500, "answer": {}})
        return httpx.Response(one["status"], json=one["answer"])

    adapter = KINDS["evolution"](
        client(json_transport(answer)), key="fake", clock=Clock(), first_life_s=0.1
    )
    return adapter, asked


MOMENTS = [
    # A device was removed; a new code is up, beside the reason and the number of before.
    ("evo3", 16.0, "962302", State.LOGGED_OUT, Cause.DEVICE_REMOVED),
    ("evo3", 18.4, "962302", State.AWAITING_SCAN, None),
    # Logged out through its own API, connected for a code to type in, linked: the reason stays.
    ("evo3", 20.0, "962302", State.AWAITING_SCAN, None),
    ("evo3", 25.3, "962302", State.CONNECTED, None),
    ("evo3", 41.0, "962303", State.LOGGED_OUT, Cause.LOGGED_OUT_HERE),
    ("evo3", 90.0, "700001", State.AWAITING_SCAN, None),
    # Evolution was restarted: one comes back with its keys, one shows codes by itself.
    ("evo5", 27.6, "700001", State.CONNECTING, None),
    ("evo5", 39.7, "962302", State.AWAITING_SCAN, None),
    ("evo5", 45.8, "962302", State.CONNECTED, None),
    ("evo7", 55.0, "962303", State.CONNECTING, None),
    ("evo7", 121.0, "700001", State.LOGGED_OUT, Cause.ACCOUNT_LOCKED),
    ("evo7", 143.6, "700001", State.AWAITING_SCAN, None),
    # WhatsApp is away: the live words flip, the rows say `open`, two of them beside an old 401.
    *(
        ("storm-off", t, key, State.CONNECTING, None)
        for t in (15.0, 20.0, 25.0, 30.0, 31.0)
        for key in ("700001", "962302", "962303")
    ),
    *(("storm-off", 55.0, key, State.CONNECTED, None) for key in ("700001", "962302", "962303")),
]


@pytest.mark.parametrize(("story", "t", "key", "state", "cause"), MOMENTS)
async def test_each_moment_is_read_as_it_was(story, t, key, state, cause):
    gateway, _ = at(story, t)
    info = await gateway.get_session(key)
    assert (info.state, info.cause) == (state, cause)


@pytest.mark.parametrize(
    ("story", "t", "key", "state"), [(*one[:4],) for one in MOMENTS if one[3] is State.CONNECTING]
)
async def test_what_reconnects_by_itself_is_never_connected_by_us(story, t, key, state):
    gateway, asked = at(story, t)
    await gateway.get_session(key)
    with pytest.raises(QrNotReady):
        await gateway.get_qr(key)
    await gateway.start(key)
    with pytest.raises(QrNotReady):
        await gateway.request_pairing_code(key, "79000962302")
    try:
        await gateway.restart(key)
    except GatewayUnreachable:
        assert f"POST /instance/restart/{key}" in asked  # which this story does not hold
    assert not [one for one in asked if "/instance/connect/" in one]


async def test_an_own_logout_is_no_refusal_by_whatsapp():
    rows = [one["answer"][0] for one in EVERYTHING if "fetchInstances" in one["path"]]
    [reason, *_] = [row for row in rows if "Log out" in (row["disconnectionObject"] or "")]
    told = {
        "/instance/connectionState/962302": {"instance": {"state": "close"}},
        "/instance/fetchInstances": [{**reason, "name": "962302", "connectionStatus": "close"}],
    }
    transport = json_transport(lambda request: told[request.url.path])
    gateway = KINDS["evolution"](client(transport), key="fake", clock=Clock())
    info = await gateway.get_session("962302")
    assert (info.state, info.cause) == (State.LOGGED_OUT, Cause.LOGGED_OUT_HERE)


async def test_the_code_to_type_in_changes_with_the_qr():
    early, _ = at("evo7", 146.8)
    assert (await early.request_pairing_code("700001", "79000700001")).code == "VWRC-1XZ1"
    for t, code in ((150.0, "VWRC-1XZ1"), (193.3, "HQM4-K5C7")):
        gateway, _ = at("evo7", t)
        assert (await gateway.get_qr("700001")).typed == code


async def test_an_instance_that_is_not_there_is_not_found_and_is_made():
    gateway, asked = at("evo3", 87.4)
    with pytest.raises(SessionNotFound):
        await gateway.get_session("700001")
    await gateway.start("700001")
    assert asked[-1] == "POST /instance/create"
