"""What can be sent to the hooks by whoever knows their address: never a 500, never a traceback.

Found on 29 November 2026: a body that calls itself gzip and is none, and a slow one, were answered
with 500, and the log held a traceback of each.
"""

import asyncio
import contextlib
import gzip
import io
import json
import zlib

import aiohttp
import pytest
from doubles import Clock
from hypothesis import given, settings
from hypothesis import strategies as st
from replies_kept import pushes_of

from bot import logs
from bot.gateways.client import GatewayClient
from bot.gateways.kinds import KINDS
from bot.http import body as bodies
from bot.http.connections import ConnectionLimits
from bot.http.hooks import Hooks
from bot.http.server import Server
from bot.http.telegram_door import TelegramDoor

SECRET = "s" * 20 + "-SECRET"
TELEGRAM_SECRET = "t" * 20
PUSHING = sorted(kind for kind in KINDS if KINDS[kind].caps.push_events)


class Door:
    """A server with the hooks of every kind and the door for Telegram; what it logged."""

    def __init__(self):
        self.clock, self.outcomes, self.updates = Clock(), [], []
        self.adapters = {
            kind: KINDS[kind](GatewayClient("http://127.0.0.1:9"), clock=self.clock)
            for kind in KINDS
        }
        hooks = Hooks(
            SECRET,
            self.adapters,
            on_push=lambda *_: None,
            on_outcome=lambda gateway, outcome: self.outcomes.append(outcome),
            clock=self.clock,
        )
        telegram = TelegramDoor("https://bot.example/tg", TELEGRAM_SECRET, self._take)
        patience = ConnectionLimits(first_s=2.0, idle_s=2.0)
        routes = hooks.routes() + telegram.routes()
        self.server = Server("127.0.0.1", 0, routes, patience=patience)
        self.log = io.StringIO()

    def _take(self, update):
        self.updates.append(update)
        return True

    async def push(self, http, kind, body, headers=None):
        """The status it is answered with. The clock goes on, so that no push is one too many."""
        self.clock.push(1)
        url = f"{self.server.url}/hooks/{kind}/{SECRET}"
        async with http.post(url, data=body, headers=headers or {}) as answer:
            return answer.status


@contextlib.asynccontextmanager
async def door_of():
    door = Door()
    logs.configure(stream=door.log, level="debug")
    await door.server.start()
    try:
        async with aiohttp.ClientSession() as http:
            yield door, http
    finally:
        await door.server.stop()
        for adapter in door.adapters.values():
            await adapter.aclose()
    assert "Traceback" not in door.log.getvalue()
    assert SECRET not in door.log.getvalue()


GOOD = json.dumps({"event": "x.y", "session": "962302", "payload": {}}).encode()
PACKED = gzip.compress(GOOD)
BARE = zlib.compressobj(wbits=-15)
BARE_BODY = BARE.compress(GOOD) + BARE.flush()
BOMB = gzip.compress(b" " * 50_000_000)
PACKINGS = [
    ("gzip", PACKED, 200),
    ("GZIP", PACKED, 200),
    ("deflate", zlib.compress(GOOD), 200),
    ("deflate", BARE_BODY, 200),
    ("identity", GOOD, 200),
    ("gzip", GOOD, 400),
    ("gzip", b"", 400),
    ("gzip", PACKED[:-5], 400),
    ("gzip", PACKED + b"more", 400),
    ("gzip", PACKED[:10] + b"\xff" * 20, 400),
    ("deflate", GOOD, 400),
    ("deflate", b"\x00", 400),
    ("gzip", BOMB, 413),
    ("deflate", zlib.compress(b"[" * 50_000_000), 413),
    ("br", b"\x0b\x02\x80", 415),
    ("zstd", b"\x28\xb5\x2f\xfd", 415),
    ("gzip, gzip", gzip.compress(PACKED), 415),
    ("nonsense", GOOD, 415),
]


async def test_a_packed_body_is_unpacked_or_refused():
    async with door_of() as (door, http):
        found = [
            await door.push(http, "waha", body, {"Content-Encoding": name})
            for name, body, _ in PACKINGS
        ]
    assert found == [status for _, _, status in PACKINGS]


async def test_a_body_that_telegram_would_never_send_is_refused():
    headers = {"X-Telegram-Bot-Api-Secret-Token": TELEGRAM_SECRET, "Content-Encoding": "gzip"}
    async with door_of() as (door, http):
        for body, status in ((b"none", 400), (BOMB, 413), (gzip.compress(b"{}"), 200)):
            url = door.server.url + "/tg"
            async with http.post(url, data=body, headers=headers) as answer:
                assert answer.status == status
    assert door.updates == [b"{}"]


def deep(many):
    return b'{"event":"session.status","session":"962302","payload":' + b'{"a":' * many + b"1"


ODD = [
    deep(50_000) + b"}" * 50_001,
    b"[" * 100_000,
    b"[" * 100_000 + b"]" * 100_000,
    b'{"event":NaN,"session":"962302"}',
    b'{"event":"session.status","session":Infinity,"payload":{}}',
    b'{"event":"session.status","session":"962302","payload":{},"timestamp":' + b"9" * 4_200 + b"}",
    b'{"timestamp":' + b"9" * 9_000 + b"}",
    b'{"event":"session.status","session":"\\ud800","payload":{}}',
    b'{"event":"\\udfff","session":"962302","payload":{}}',
    b'{"event":"a","event":1,"session":"b","session":[],"payload":{}}',
    b"[]",
    b"1",
    b'"text"',
    b"null",
    b"",
    b"\xff\xfe\x00\x01",
    b"\xef\xbb\xbf{}",
    b'{"event":"x\x00y"}',
    GOOD.decode().encode("utf-16"),
    b"jsonData=%7B&instanceName=x",
    b"jsonData=%FF%FE" + b"&a=b" * 50,
]


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "no-such-charset", "\u00fc"])
async def test_no_odd_body_is_a_trouble_of_ours(kind, charset):
    headers = {"Content-Type": f"application/json; charset={charset}"}
    async with door_of() as (door, http):
        found = {await door.push(http, kind, body, headers) for body in ODD}
    assert found <= {200, 400, 413}
    assert "Error)" not in door.log.getvalue()  # refused by the reader itself


# Requests that are wrong in what HTTP itself says of them.
HEAD = f"POST /hooks/waha/{SECRET} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n".encode()
RAW = {
    "fewer bytes than promised": HEAD + b"Content-Length: 90\r\n\r\nab",
    "a negative length": HEAD + b"Content-Length: -1\r\n\r\n",
    "two lengths": HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\na",
    "a length that is none": HEAD + b"Content-Length: many\r\n\r\n",
    "a piece without a length": HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n",
    "a length and pieces": HEAD
    + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "an endless head": HEAD + b"X-Long: " + b"x" * 70_000 + b"\r\n\r\n",
    "a head with NUL": HEAD + b"X-Nul: \x00\r\n\r\n",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20,
}


@pytest.mark.parametrize("raw", RAW.values(), ids=RAW)
async def test_what_http_forbids_is_refused(raw):
    async with door_of() as (door, _):
        host, port = door.server.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(raw)
        writer.write_eof()
        answer = await asyncio.wait_for(reader.read(), 20)
        writer.close()
    assert answer == b"" or 400 <= int(answer.split()[1]) < 500


async def test_a_slow_body_is_given_up_with_a_word():
    async def read(request):
        return bodies.web.Response(body=await bodies.read_body(request, within_s=0.1))

    server = Server("127.0.0.1", 0, [bodies.web.post("/read", read)])
    await server.start()
    try:
        host, port = server.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\na")
        assert (await asyncio.wait_for(reader.readline(), 10)).split()[1] == b"408"
        writer.close()
    finally:
        await server.stop()


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(), max_size=12)
    | st.just("\ud83d")
    | st.just(10**400),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)


def places(value, path=()):
    """The way to every part of a push."""
    yield path
    for name, inner in value.items() if isinstance(value, dict) else ():
        yield from places(inner, (*path, name))


def put(value, path, new):
    if not path:
        return new
    return {**value, path[0]: put(value[path[0]], path[1:], new)}


def mutated(kind):
    """A push of this kind as it is kept, with one part replaced by anything."""
    kept = [(push, path) for push in pushes_of(kind) for path in places(push)]
    return st.builds(
        lambda one, new: json.dumps(put(*one, new)).encode(), st.sampled_from(kept), values
    )


@pytest.mark.parametrize("kind", PUSHING)
def test_whatever_stands_in_a_field_of_a_push_is_taken_or_refused(kind):
    loop = asyncio.new_event_loop()
    opened = contextlib.AsyncExitStack()
    try:
        door, http = loop.run_until_complete(opened.enter_async_context(door_of()))

        @settings(deadline=None)
        @given(body=mutated(kind))
        def fuzz(body):
            assert loop.run_until_complete(door.push(http, kind, body)) in (200, 400)

        fuzz()
        assert "taken" in door.outcomes or "idle" in door.outcomes
        assert not [one for one in door.log.getvalue().splitlines() if "Error)" in one]
    finally:
        loop.run_until_complete(opened.aclose())
        loop.close()
