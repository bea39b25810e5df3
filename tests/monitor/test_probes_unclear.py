"""Probes of which nobody knows whether they went out, while others of the gateway do."""

import pytest
from test_probes import DEAD, PHONE, Post
from watching import KEY, ONE, OTHER

from bot.domain.company import Company
from bot.domain.trouble import Symptom
from bot.gateways.base import GatewayConfused, GatewayUnreachable, RateLimited

NEIGHBOUR = Company(id=OTHER, gateway=ONE, session_key=OTHER, name="")
SILENT = GatewayUnreachable("the gateway answered 500")


@pytest.fixture
async def post(watch):
    await watch.add(OTHER)
    await watch.settle(KEY, OTHER)
    watch.gateway.phones |= {KEY: PHONE, OTHER: "79000962303"}
    return Post(watch)


async def neighbour(post, send=None):
    post.gateway.sends.append(send)
    await post.prober.probe(NEIGHBOUR)


async def in_turn(post, *sends):
    """Probes of the company, each with one of the neighbour that goes out after it."""
    for send in sends:
        await post.probe(send)
        await neighbour(post)


@pytest.mark.parametrize(
    "failed", [SILENT, GatewayConfused("the answer is no HTTP"), GatewayUnreachable("no answer")]
)
async def test_three_in_a_row_while_others_go_out_are_told(post, failed):
    await in_turn(post, failed, failed)
    assert await post.zombie() is None
    await in_turn(post, failed)
    incident = await post.zombie()
    assert (incident.symptom, incident.facts) == (Symptom.ZOMBIE, {"unclear": True})


async def test_where_no_others_go_out_it_may_be_the_gateway(post):
    for _ in range(5):
        await post.probe(SILENT)
        await neighbour(post, SILENT)
    assert await post.zombie() is None


async def test_others_that_went_out_before_say_nothing_of_now(post):
    await neighbour(post)
    for _ in range(4):
        await post.probe(SILENT)
    assert await post.zombie() is None


async def test_one_that_goes_out_in_between_begins_the_count_anew(post):
    await in_turn(post, SILENT, SILENT, None, SILENT, SILENT)
    assert await post.zombie() is None


async def test_one_that_was_limited_in_between_does_not(post):
    await in_turn(post, SILENT, SILENT, RateLimited("fewer"), SILENT)
    assert await post.zombie() is not None


async def test_the_next_that_goes_out_ends_it(post):
    await in_turn(post, SILENT, SILENT, SILENT)
    await in_turn(post, None)
    assert await post.zombie() is None


async def test_a_plain_refusal_afterwards_makes_it_certain(post):
    await in_turn(post, SILENT, SILENT, SILENT)
    post.gateway.sends.extend([DEAD, DEAD])
    await post.probe()
    assert (await post.zombie()).facts["unclear"] is False


async def test_looks_that_failed_before_anything_was_sent_do_not_count(post):
    post.gateway.failing.add(KEY)
    for _ in range(4):
        await post.probe()
        await neighbour(post)
    assert await post.zombie() is None
