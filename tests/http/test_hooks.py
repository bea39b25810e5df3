"""The door for gateways: who may come in, and what follows from it."""

import asyncio
import contextlib
import hashlib
import hmac
import json

import aiohttp
import pytest
from doubles import Clock
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.gateways.client import GatewayClient
from bot.gateways.events import PushNews
from bot.gateways.kinds import KINDS
from bot.http.body import LARGEST_BODY_BYTES
from bot.http.hooks import Hooks
from bot.http.server import Server

SECRET = "s" * 20 + "-SECRET"
KEY = "the-key-it-signs-with"
HOOK = f"/hooks/waha/{SECRET}"


class Door:
    """A server with a door for each kind, and what came through it."""

    def __init__(self, *kinds, key=KEY):
        self.clock = Clock()
        self.events, self.outcomes, self.refused = [], [], {}
        self.adapters = {
            kind: KINDS[kind](GatewayClient("http://127.0.0.1:9"), hook_key=key, clock=self.clock)
            for kind in kinds
        }
        hooks = Hooks(
            SECRET,
            self.adapters,
            on_push=lambda gateway, events: self.events.extend(
                (gateway, event) for event in events
            ),
            on_outcome=lambda gateway, outcome: self.outcomes.append(outcome),
            clock=self.clock,
            refused=self.refused,
        )
        self.server = Server("127.0.0.1", 0, hooks.routes())

    async def push(self, body, headers=None, path=HOOK, method="POST"):
        url = self.server.url + path
        async with (
            aiohttp.ClientSession() as http,
            http.request(method, url, data=body, headers=headers or {}) as answer,
        ):
            return answer.status, await answer.read()


@contextlib.asynccontextmanager
async def door_of(*kinds, **how):
    door = Door(*kinds, **how)
    await door.server.start()
    try:
        yield door
    finally:
        await door.server.stop()
        for adapter in door.adapters.values():
            await adapter.aclose()


@pytest.fixture
async def door():
    async with door_of("waha") as one:
        yield one


def body_of(status="FAILED", event_id="evt_1", session="962302"):
    event = {
        "id": event_id, "timestamp": 1758207840000, "event": "session.status",
        "session": session, "payload": {"name": session, "status": status},
    }  # fmt: skip
    return json.dumps(event).encode()


def signed(body, key=KEY):
    told = hmac.new(key.encode(), body, hashlib.sha512).hexdigest()
    return {"X-Webhook-Hmac": told, "X-Webhook-Hmac-Algorithm": "sha512"}


async def test_a_signed_push_is_an_event_of_its_gateway(door):
    body = body_of()
    assert await door.push(body, signed(body)) == (200, b"")
    ((gateway, event),) = door.events
    assert (gateway, event.what, event.key) == ("waha", PushNews.STATE, "962302")
    assert door.outcomes == ["taken"]


@pytest.mark.parametrize(
    "path",
    [
        "/hooks/waha/" + "x" * len(SECRET),
        f"/hooks/waha/{SECRET[:-1]}",
        f"/hooks/waha/{SECRET}x",
        f"/hooks/gowa/{SECRET}",
        "/hooks/waha/%ff%fe",
        "/hooks/waha",
        "/hooks/",
    ],
)
async def test_who_does_not_know_the_secret_finds_no_door(door, path):
    body = body_of()
    assert await door.push(body, signed(body), path) == (404, b"")
    assert (door.events, door.outcomes) == ([], [])


async def test_the_name_of_an_event_may_follow_the_secret(door):
    body = body_of()
    assert await door.push(body, signed(body), HOOK + "/session-status") == (200, b"")


async def test_only_posts_are_taken(door):
    assert await door.push(None, method="GET") == (405, b"")


async def test_a_wrong_signature_is_refused_and_logged_once_without_the_secret(door):
    body = body_of()
    with capture_logs() as lines:
        for _ in range(3):
            assert await door.push(body, signed(body, "another-key")) == (401, b"")
    assert (door.events, door.outcomes) == ([], ["forged"] * 3)
    (line,) = lines
    assert line["reason"] == "forged"
    assert SECRET not in repr(lines)


async def test_the_signature_is_over_the_raw_bytes(door):
    body = body_of()
    assert (await door.push(body.replace(b": ", b":"), signed(body)))[0] == 401


async def test_a_replayed_push_is_taken_once(door):
    body = body_of()
    assert [(await door.push(body, signed(body)))[0] for _ in range(3)] == [200, 200, 200]
    assert len(door.events) == 1
    assert door.outcomes == ["taken", "replayed", "replayed"]


async def test_too_large_a_body_is_refused(door):
    body = b" " * (LARGEST_BODY_BYTES + 1)
    assert await door.push(body, signed(body)) == (413, b"")
    assert door.events == []


async def test_a_flood_is_stemmed_and_ebbs(door):
    body = body_of()
    statuses = [(await door.push(body, signed(body)))[0] for _ in range(501)]
    assert (statuses.count(200), statuses[-1]) == (500, 429)
    door.clock.push(1)
    assert (await door.push(body, signed(body)))[0] == 200


async def test_of_several_gateways_each_has_its_own_door():
    async with door_of("waha", "evolution", key=None) as door:
        event = {
            "event": "connection.update", "instance": "962302",
            "data": {"instance": "962302", "state": "close", "statusReason": 401},
        }  # fmt: skip
        body = json.dumps(event).encode()
        assert (await door.push(body, path=f"/hooks/evolution/{SECRET}"))[0] == 200
        assert [gateway for gateway, _ in door.events] == ["evolution"]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["event", "session", "payload", "status", "name", "id", "data"])
            | st.text(max_size=8),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)
bodies = st.binary(max_size=300) | anything.map(lambda one: json.dumps(one).encode())


def test_nonsense_is_refused_in_words_and_reports_no_state():
    """Typed answers only, whatever comes through any door; no event without a session it names."""

    async def live():
        async with door_of(*KINDS, key=None) as door:
            hooks = Hooks(
                SECRET,
                door.adapters,
                on_push=lambda gateway, events: door.events.extend(events),
                on_outcome=lambda gateway, outcome: door.outcomes.append(outcome),
                clock=door.clock,
            )

            @settings(max_examples=10 * settings().max_examples, deadline=None, database=None)
            @given(body=bodies)
            def fuzz(body):
                for kind in KINDS:
                    door.events.clear()
                    status = hooks._read(kind, {"content-type": "application/json"}, body)
                    assert status in (200, 400, 401)
                    assert all(isinstance(event.key, str) and event.key for event in door.events)

            fuzz()
            assert set(door.outcomes) <= {"taken", "replayed", "idle", "refused", "forged"}

    asyncio.run(live())


@pytest.mark.parametrize(
    ("body", "headers", "forged"),
    [
        (body_of(), {}, True),
        (body_of(), signed(body_of(), "another-key"), True),
        (b"no JSON", {}, True),  # nothing is read of what is not signed
        (b"no JSON", signed(b"no JSON"), False),
        (b"[]", signed(b"[]"), False),
    ],
)
async def test_pushes_that_are_refused_are_known_until_one_is_taken(door, body, headers, forged):
    await door.push(body, headers)
    assert door.refused["waha"].forged is forged
    assert door.refused["waha"].at == door.clock.now
    await door.push(body_of(), signed(body_of()))
    assert door.refused == {}


async def test_who_does_not_know_the_secret_makes_no_gateway_look_refused(door):
    await door.push(body_of(), path="/hooks/waha/" + "x" * 30)
    assert door.refused == {}


def message(number):
    payload = {"id": f"false_x@c.us_3EB0{number:018d}", "fromMe": False, "body": "private words"}
    told = {"id": f"evt_{number}", "event": "message", "session": "962302", "payload": payload}
    return json.dumps(told).encode()


async def test_messages_take_no_room_from_changes_of_state(door):
    for number in range(520):  # more than fit into the burst at one moment
        body = message(number)
        assert (await door.push(body, signed(body)))[0] == 200
    body = body_of()
    assert await door.push(body, signed(body)) == (200, b"")
    assert "limited" not in door.outcomes
    assert "private words" not in repr(door.events)
