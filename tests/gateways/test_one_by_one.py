"""Sessions that are asked for one by one: who hangs costs the others a moment, once."""

import asyncio
from functools import partial

import pytest

from bot.gateways.base import GatewayAuthError, GatewayConfused, GatewayUnreachable, SessionNotFound
from bot.gateways.one_by_one import OneByOne
from bot.gateways.patience import LEFT_ALONE_S, MOMENT_S

NAMES = [f"{number:03}" for number in range(40)]


class World:
    """Some of whose sessions hang or fail."""

    def __init__(self):
        self.hanging, self.errors, self.asked = set(), {}, []
        self.round = OneByOne()

    async def session(self, name):
        self.asked.append(name)
        if name in self.hanging:
            await asyncio.Event().wait()
        if name in self.errors:
            raise self.errors[name]
        return f"state of {name}"

    async def listed(self, names=NAMES):
        """Who answered, and how long that took."""
        self.asked.clear()
        began = asyncio.get_running_loop().time()
        found = await self.round.answers({name: partial(self.session, name) for name in names})
        return set(found), asyncio.get_running_loop().time() - began


@pytest.mark.parametrize("hanging", [NAMES[:1], NAMES[:5], NAMES[-5:], NAMES[17:22]])
async def test_a_few_that_hang_cost_one_moment_and_once(hanging):
    world = World()
    world.hanging = set(hanging)
    found, took_s = await world.listed()
    assert found == set(NAMES) - world.hanging
    assert took_s < 2 * MOMENT_S
    found, took_s = await world.listed()
    assert found == set(NAMES) - world.hanging
    assert took_s < MOMENT_S / 2


@pytest.mark.parametrize("hanging", [NAMES[:20], NAMES[-20:], NAMES[::2]])
async def test_many_that_hang_are_no_trouble_of_the_others(hanging):
    world = World()
    world.hanging = set(hanging)
    if hanging == NAMES[:20]:  # before the first answer a dozen speak for the gateway
        with pytest.raises(GatewayUnreachable):
            await world.listed()
        return
    found, _ = await world.listed()
    assert found == set(NAMES) - world.hanging


async def test_of_those_who_hung_two_are_tried_again_after_a_while():
    world = World()
    world.hanging = set(NAMES[:5])
    await world.listed()
    await asyncio.sleep(LEFT_ALONE_S)
    await world.listed()
    assert len(world.hanging & set(world.asked)) == 2


async def test_one_that_is_back_speaks_for_the_others():
    world = World()
    world.hanging = set(NAMES[:5])
    await world.listed()
    await asyncio.sleep(LEFT_ALONE_S)
    world.hanging.clear()
    await world.listed()
    assert (await world.listed())[0] == set(NAMES)


@pytest.mark.parametrize("names", [NAMES[:1], NAMES[:3], NAMES])
async def test_where_nobody_answers_the_gateway_does_not(names):
    world = World()
    world.hanging = set(names)
    for _ in range(2):  # and nobody is left alone for it
        with pytest.raises(GatewayUnreachable):
            await world.listed(names)
        assert world.asked
        assert len(world.asked) < 20


@pytest.mark.parametrize("error", [GatewayUnreachable("500"), GatewayAuthError("401")])
async def test_a_dozen_failures_in_a_row_are_the_gateways(error):
    world = World()
    world.errors = dict.fromkeys(NAMES[10:], error)
    with pytest.raises(type(error)):
        await world.listed()
    assert len(world.asked) < 30


async def test_a_session_that_is_unknown_there_is_left_out():
    world = World()
    world.errors = {NAMES[3]: SessionNotFound("no such session")}
    assert NAMES[3] not in (await world.listed())[0]


async def test_nobody_is_no_failure():
    found, _ = await World().listed([])
    assert found == set()


async def test_answers_that_nobody_understands_are_no_silence():
    world = World()
    world.errors = dict.fromkeys(NAMES, GatewayConfused("no state"))
    with pytest.raises(GatewayConfused):
        await world.listed()
