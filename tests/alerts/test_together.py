"""Questions that are asked in the same moment are answered in one go."""

import asyncio

import pytest

from bot.alerts.combined_calls import CombinedCalls


class Oracle:
    """Doubles numbers; some it cannot, and `down` befalls all of them."""

    def __init__(self, *bad):
        self.bad, self.down, self.goes = set(bad), False, []
        self.open = asyncio.Event()
        self.open.set()

    async def answer(self, numbers):
        self.goes.append(list(numbers))
        await self.open.wait()
        if self.down:
            raise OSError("down")
        if self.bad & set(numbers):
            raise ValueError("odd")
        return [2 * number for number in numbers]

    def together(self):
        return CombinedCalls(self.answer, lambda error: isinstance(error, OSError))


async def asked(together, *numbers):
    return await asyncio.gather(*map(together.ask, numbers), return_exceptions=True)


async def test_what_is_asked_at_once_is_answered_in_one_go():
    oracle = Oracle()
    assert await asked(oracle.together(), 1, 2, 3) == [2, 4, 6]
    assert oracle.goes == [[1, 2, 3]]


async def test_what_is_asked_meanwhile_shares_the_next_go():
    oracle = Oracle()
    together = oracle.together()
    oracle.open.clear()
    first = asyncio.ensure_future(together.ask(1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    later = asyncio.ensure_future(asked(together, 2, 3))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    oracle.open.set()
    assert (await first, await later) == (2, [4, 6])
    assert oracle.goes == [[1], [2, 3]]


async def test_one_that_cannot_be_answered_keeps_nobody_from_an_answer():
    oracle = Oracle(2)
    one, two, three = await asked(oracle.together(), 1, 2, 3)
    assert (one, three) == (2, 6)
    assert isinstance(two, ValueError)


async def test_what_befalls_all_of_them_is_not_tried_for_each():
    oracle = Oracle()
    oracle.down = True
    answers = await asked(oracle.together(), 1, 2, 3)
    assert [type(answer) for answer in answers] == [OSError] * 3
    assert len(oracle.goes) == 1


async def test_it_goes_on_after_a_failure():
    oracle = Oracle(1)
    together = oracle.together()
    with pytest.raises(ValueError, match="odd"):
        await together.ask(1)
    assert await together.ask(5) == 10


async def test_who_is_gone_keeps_nobody_waiting():
    oracle = Oracle(9)
    together = oracle.together()
    oracle.open.clear()
    gone = [asyncio.ensure_future(together.ask(number)) for number in (1, 9)]
    stays = asyncio.ensure_future(together.ask(2))
    await asyncio.sleep(0)
    for task in gone:
        task.cancel()
    await asyncio.gather(*gone, return_exceptions=True)
    oracle.open.set()
    assert await stays == 4
    await together.finish()


async def test_the_end_waits_for_what_is_being_answered():
    oracle = Oracle()
    together = oracle.together()
    oracle.open.clear()
    asking = asyncio.ensure_future(together.ask(1))
    await asyncio.sleep(0)
    finishing = asyncio.ensure_future(together.finish())
    await asyncio.sleep(0)
    assert not finishing.done()
    oracle.open.set()
    await finishing
    assert await asking == 2
