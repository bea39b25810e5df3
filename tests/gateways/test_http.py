import asyncio

import httpx
import pytest
from recorded import client, json_transport

from bot.gateways.base import (
    GatewayAuthError,
    GatewayConfused,
    GatewayError,
    GatewayUnreachable,
    RateLimited,
    SessionNotFound,
)
from bot.gateways.client import CONNECTIONS, WRITES_AT_ONCE, path_part
from bot.gateways.reply import NoSuchRoute

SECRET = "79000962302 obviously-fake-key"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (301, GatewayConfused),
        (400, GatewayConfused),
        (401, GatewayAuthError),
        (403, GatewayAuthError),
        (404, NoSuchRoute),
        (500, GatewayUnreachable),
        (502, GatewayUnreachable),
        (503, GatewayUnreachable),
    ],
)
async def test_a_status_is_a_typed_error(status, error):
    answer = httpx.Response(status, text=SECRET, headers={"Location": f"http://x/{SECRET}"})
    with pytest.raises(error) as raised:
        await client(json_transport(lambda _: answer)).get_json(f"/x?key={SECRET}")
    assert raised.type is error
    assert "79000962302" not in repr(raised.value)


async def test_a_status_that_carries_a_meaning_is_a_reply():
    answer = httpx.Response(503, json={"healthy": False})
    reply = await client(json_transport(lambda _: answer)).get_json("/", allow=(503,))
    assert (reply.status, reply.mapping()) == (503, {"healthy": False})


async def test_a_redirect_is_never_a_reply():
    answer = httpx.Response(302, json={}, headers={"Location": "http://elsewhere.invalid"})
    with pytest.raises(GatewayConfused):
        await client(json_transport(lambda _: answer)).get_json("/", allow=range(600))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("30", 30.0), ("soon", None), ("-1", None), ("9" * 400, None), ("", None)],
)
async def test_too_many_requests_tell_when_to_come_back(header, seconds):
    answer = httpx.Response(429, headers={"Retry-After": header})
    with pytest.raises(RateLimited) as raised:
        await client(json_transport(lambda _: answer)).post_json("/")
    assert raised.value.retry_after_s == seconds


@pytest.mark.parametrize(
    "content",
    [b"<html>", b'{"a":', b"\xff\xfe", b"NaN", b"[" * 100_000, b"9" * 5000, b'{"a": Infinity}'],
)
async def test_what_is_no_json_is_confusion(content):
    with pytest.raises(GatewayConfused):
        await client(json_transport(lambda _: httpx.Response(200, content=content))).get_json("/")


async def test_an_error_page_of_a_broken_gateway_is_the_gateways_absence():
    answer = httpx.Response(500, text="<html>")
    with pytest.raises(GatewayUnreachable) as raised:
        await client(json_transport(lambda _: answer)).get_json("/", allow=(500,))
    assert raised.type is GatewayUnreachable


async def test_the_wrong_kind_of_json_is_confusion():
    reply = await client(json_transport(lambda _: httpx.Response(200, json=[1]))).get_json("/")
    assert reply.sequence() == [1]
    with pytest.raises(GatewayConfused):
        reply.mapping()


async def test_an_empty_body_is_none():
    answer = httpx.Response(204)
    reply = await client(json_transport(lambda _: answer)).delete_json("/")
    assert (reply.status, reply.json) == (204, None)
    with pytest.raises(GatewayConfused):
        reply.sequence()


async def test_a_body_over_the_limit_is_confusion():
    asking = client(json_transport(lambda _: {"a": "x" * 1000}))
    assert (await asking.get_json("/", max_bytes=2000)).status == 200
    with pytest.raises(GatewayConfused):
        await asking.get_json("/", max_bytes=500)


async def test_a_compressed_body_is_confusion():
    wrapped = httpx.Response(
        200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(b"")
    )
    with pytest.raises(GatewayConfused):
        await client(json_transport(lambda _: wrapped)).get_json("/")


async def test_a_reply_shows_no_content():
    reply = await client(json_transport(lambda _: {"qr": SECRET})).get_json("/")
    assert repr(reply) == "Reply(200)"


async def test_keys_travel_in_headers():
    def answer(request):
        return {"key": request.headers["apikey"]}

    asking = client(json_transport(answer))
    for ask in (asking.get_json, asking.post_json, asking.delete_json):
        reply = await ask("/", headers={"apikey": "fake"})
        assert reply.mapping() == {"key": "fake"}


async def test_a_picture_comes_as_it_is():
    png = b"\x89PNG\r\n\x1a\nrest"
    answer = httpx.Response(200, content=png, headers={"Content-Type": "application/octet-stream"})
    reply = await client(json_transport(lambda _: answer)).get_json("/qr.png")
    assert (reply.png, reply.json) == (png, None)


@pytest.mark.parametrize("key", ["", ".", "..", "a\nb", "\ud800", "x" * 201])
def test_a_text_that_is_no_key_never_becomes_a_path(key):
    with pytest.raises(SessionNotFound):
        path_part(key)


def test_a_key_stays_one_part_of_the_path():
    assert path_part("../Салон?x=1") == "..%2F%D0%A1%D0%B0%D0%BB%D0%BE%D0%BD%3Fx%3D1"


def broken_connection(times):
    """A transport whose first connections fail, and how often it was asked."""
    asked = []

    def answer(request):
        asked.append(request.method)
        if len(asked) <= times:
            raise httpx.ConnectError(SECRET, request=request)
        return {}

    return json_transport(answer), asked


async def test_a_read_survives_one_broken_connection():
    transport, asked = broken_connection(1)
    assert (await client(transport).get_json("/")).status == 200
    assert len(asked) == 2


async def test_a_read_is_given_up_after_the_second_one():
    transport, asked = broken_connection(5)
    with pytest.raises(GatewayUnreachable) as raised:
        await client(transport).get_json("/")
    assert len(asked) == 2
    assert SECRET not in repr(raised.value)


@pytest.mark.parametrize("method", ["post_json", "delete_json"])
async def test_a_write_is_never_repeated(method):
    transport, asked = broken_connection(1)
    with pytest.raises(GatewayUnreachable):
        await getattr(client(transport), method)("/")
    assert len(asked) == 1


class Holding(httpx.AsyncBaseTransport):
    """Holds every request until it is let go, and counts how many are under way."""

    def __init__(self):
        self.under_way = 0
        self.most = 0
        self.let_go = asyncio.Event()

    async def handle_async_request(self, request):
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await self.let_go.wait()
        self.under_way -= 1
        return httpx.Response(200, json={})


async def settle():
    for _ in range(20):
        await asyncio.sleep(0)


async def test_no_more_requests_are_under_way_than_there_are_connections():
    held = Holding()
    asking = client(held)
    reads = [asyncio.ensure_future(asking.get_json("/")) for _ in range(50)]
    await settle()
    assert held.under_way == CONNECTIONS
    held.let_go.set()
    await asyncio.gather(*reads)
    assert held.most == CONNECTIONS


async def test_slow_writes_leave_room_for_reads():
    held = Holding()
    asking = client(held)
    writes = [asyncio.ensure_future(asking.post_json("/")) for _ in range(20)]
    await settle()
    assert held.under_way == WRITES_AT_ONCE
    read = asyncio.ensure_future(asking.get_json("/"))
    await settle()
    assert held.under_way == WRITES_AT_ONCE + 1
    held.let_go.set()
    await asyncio.gather(read, *writes)


async def test_waiting_for_a_connection_has_an_end():
    held = Holding()
    asking = client(held, slot_timeout_s=0.05)
    reads = [asyncio.ensure_future(asking.get_json("/")) for _ in range(CONNECTIONS)]
    await settle()
    with pytest.raises(GatewayUnreachable):
        await asking.get_json("/")
    held.let_go.set()
    await asyncio.gather(*reads)


async def test_a_cancelled_request_stays_cancelled_and_frees_its_place():
    held = Holding()
    asking = client(held)
    for _ in range(3 * CONNECTIONS):
        task = asyncio.ensure_future(asking.get_json("/"))
        await settle()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    held.let_go.set()
    assert (await asking.get_json("/")).status == 200


def test_every_error_says_whether_to_try_again():
    retriable = {GatewayUnreachable, GatewayConfused, RateLimited}
    assert all(error.retriable for error in retriable)
    assert not GatewayAuthError.retriable
    assert GatewayError.retriable
