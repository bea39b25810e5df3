"""What has no end goes on, whatever one turn of it does."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from bot.supervisor import for_ever

LONG_S = 3600


class Loop:
    """Turns that do what a test says, one after another; the last of it again and again."""

    def __init__(self, *turns):
        self.turns, self.taken = list(turns), 0
        self.changed = asyncio.Condition()

    async def tick(self):
        self.taken += 1
        what = self.turns.pop(0) if len(self.turns) > 1 else self.turns[0]
        async with self.changed:
            self.changed.notify_all()
        if isinstance(what, Exception):
            raise what
        return what

    async def after(self, many):
        async with asyncio.timeout(10), self.changed:
            await self.changed.wait_for(lambda: self.taken >= many)


@asynccontextmanager
async def running(loop, **how):
    task = asyncio.create_task(for_ever(loop.tick, failed="it_failed", **{"pause_s": 0, **how}))
    yield task
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_failed_turn_is_followed_by_the_next():
    loop = Loop(ValueError("a fault"), OSError("another"), None)
    async with running(loop):
        await loop.after(4)


async def test_the_same_failure_is_logged_once(capsys):
    loop = Loop(ValueError("one"), ValueError("two"), ValueError("three"))
    async with running(loop):
        await loop.after(5)
    assert capsys.readouterr().out.count("it_failed") == 1


async def test_another_failure_and_one_after_it_was_well_are_logged_anew(capsys):
    loop = Loop(ValueError("one"), OSError("two"), None, OSError("three"), None)
    async with running(loop):
        await loop.after(6)
    assert capsys.readouterr().out.count("it_failed") == 3


async def test_a_turn_says_how_long_to_rest_after_it():
    loop, wake = Loop(LONG_S), asyncio.Event()
    async with running(loop, wake=wake):
        await loop.after(1)
        await asyncio.sleep(0)
        assert loop.taken == 1
        wake.set()
        await loop.after(2)
        assert not wake.is_set()


async def test_what_rings_during_a_turn_is_not_missed():
    wake = asyncio.Event()

    class Ringing(Loop):
        async def tick(self):
            if self.taken == 0:
                wake.set()
            return await super().tick()

    loop = Ringing(None)
    async with running(loop, wake=wake, pause_s=LONG_S):
        await loop.after(2)


async def test_a_failure_may_be_rested_from_for_longer_and_is_told():
    told = asyncio.Event()

    async def tell():
        told.set()

    loop = Loop(ValueError("a fault"))
    async with running(loop, again_s=LONG_S, on_failure=tell):
        await asyncio.wait_for(told.wait(), 10)
        await asyncio.sleep(0)
        assert loop.taken == 1
