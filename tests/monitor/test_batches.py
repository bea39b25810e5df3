"""Thinking of many things leaves room for whoever waits."""

import asyncio

import pytest

from bot.monitor.batches import FEW, in_turns


async def parts_of(many):
    return [list(part) async for part in in_turns(many)]


@pytest.mark.parametrize("size", [0, 1, FEW, FEW + 1, 3 * FEW])
async def test_all_come_in_order(size):
    parts = await parts_of(range(size))
    assert [one for part in parts for one in part] == list(range(size))
    assert all(len(part) <= FEW for part in parts)


async def test_others_have_a_turn_after_each_part():
    turns = 0

    async def other():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    waiting = asyncio.create_task(other())
    seen = [turns async for _ in in_turns(range(3 * FEW))]
    waiting.cancel()
    assert seen == [0, 1, 2]
