"""Every gateway is pinged at once, and those that hang hold nobody up."""

import asyncio
from dataclasses import replace

import pytest
from watching import ONE, TEMPO, TWO, Watch

from bot.domain.gateway_view import Lack
from bot.gateways.base import Caps, GatewayUnreachable
from bot.monitor.pings import Pings, lacks_of

EVERYTHING = Caps(
    bulk_list=True,
    qr_png=True,
    pairing_code=True,
    push_events=True,
    push_signed=True,
    reason_codes=True,
    owner=True,
)


async def pings_of(watch):
    return await Pings(watch.gateways, replace(TEMPO, ping_s=0.05)).every()


async def test_one_that_answers_tells_version_and_latency(db):
    [ping] = await pings_of(Watch(db, [ONE]))
    assert (ping.name, ping.kind, ping.version) == (ONE, "scripted", "1")
    assert ping.latency.total_seconds() == 0.001


async def test_one_that_hangs_or_fails_has_none_and_the_others_answer(db):
    watch = Watch(db, [ONE, TWO, "three"])
    watch.gateways[ONE].hung = asyncio.Event()
    watch.gateways["three"].failure = GatewayUnreachable("refused")
    hanging, answering, failing = await pings_of(watch)
    assert (hanging.latency, failing.latency) == (None, None)
    assert answering.version == "1"


@pytest.mark.parametrize(
    ("caps", "lacks"),
    [
        (EVERYTHING, ()),
        (replace(EVERYTHING, qr_png=False, qr_raw=True), ()),
        (replace(EVERYTHING, pairing_code=False), (Lack.PAIRING_CODE,)),
        (replace(EVERYTHING, push_signed=False), (Lack.SIGNED_PUSH,)),
        (replace(EVERYTHING, push_events=False, push_signed=False), (Lack.PUSH,)),
    ],
)
def test_what_a_kind_cannot_do(caps, lacks):
    assert lacks_of(caps) == lacks
