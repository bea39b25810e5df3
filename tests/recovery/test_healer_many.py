"""What the bot does by itself where many are lost, or one again and again."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest
from healing import Healing
from places import KEY, ONE, scripted_place

from bot.domain.access import BOT_ITSELF
from bot.domain.auto_recovery import AutoRecovery
from bot.domain.company import Company, CompanyId
from bot.domain.procedure import ProcedureStep, Progress
from bot.domain.session import State
from bot.domain.trouble import Trouble
from bot.recovery.auto_actions import NO_CHAT
from bot.recovery.ladder import Rung
from storage.alerts import incidents
from storage.sessions import companies
from storage.tables import attempts

UP, STOPPED = State.CONNECTED, State.STOPPED
SIX = [KEY, *(CompanyId(f"c{number}") for number in range(5))]


@pytest.fixture
async def six(db):
    """A place with six sessions that work."""
    place = await scripted_place(db)
    more = [Company(id=one, gateway=ONE, session_key=one, name="") for one in SIX[1:]]
    async with db.writing() as tx:
        await companies.add_new(tx, more, place.clock())
    return place


async def working(place, **more):
    healing = Healing(place, **more)
    for one in SIX:
        place.adapter.says(one, UP)
    await healing.look()
    await healing.look(seconds=60)
    return healing


async def lost_in_turn(healing, ids):
    """Each of them goes by itself: no mass drop."""
    for one in ids:
        healing.place.adapter.says(one, STOPPED)
        await healing.look(seconds=90)


async def lost_at_once(healing, ids):
    for one in ids:
        healing.place.adapter.says(one, STOPPED)
    await healing.look(seconds=90)


def started(place):
    return [call.split()[1] for call in place.adapter.calls if call.startswith("restart")]


async def troubles(healing):
    async with healing.db.reading() as tx:
        return [one.trouble for one in await incidents.open_ones(tx)]


class Held:
    """A reconnect that waits to be let go."""

    def __init__(self, place):
        self._place = place
        self.begun, self.go = asyncio.Queue(), asyncio.Event()

    async def __call__(self, company):
        self.begun.put_nowait(company.id)
        yield Progress(step=ProcedureStep.BEGUN)
        await self.go.wait()
        async for step in self._place.reconnect.run(company, BOT_ITSELF, NO_CHAT):
            yield step

    async def next(self):
        return await asyncio.wait_for(self.begun.get(), 10)


async def test_it_has_two_hands(six):
    held = Held(six)
    healing = await working(six, runs={Rung.RECONNECT: held})
    await lost_in_turn(healing, SIX[:4])
    for _ in range(3):
        await healing.healer.heal_once()
    assert {await held.next(), await held.next()} == {*SIX[:2]}  # either may be the quicker one
    assert held.begun.empty()
    held.go.set()
    await healing.healer.settled()
    assert healing.wake.is_set()
    await healing.heal()
    assert ({*started(six)[:2]}, {*started(six)[2:]}) == ({*SIX[:2]}, {*SIX[2:4]})


async def test_what_waits_for_a_hand_is_not_done_when_it_has_come_back_meanwhile(six):
    held = Held(six)
    healing = await working(six, runs={Rung.RECONNECT: held})
    await lost_in_turn(healing, SIX[:3])
    await healing.healer.heal_once()
    await held.next()
    six.adapter.says(SIX[2], UP)
    held.go.set()
    await healing.healer.settled()
    await healing.heal()
    assert started(six) == SIX[:2]


async def test_during_a_mass_drop_nobody_is_touched(six):
    healing = await working(six)
    await lost_at_once(healing, SIX)
    await healing.heal(times=3)
    assert (await troubles(healing), started(six)) == ([Trouble.MASS_DROP], [])


async def test_who_was_lost_before_is_left_alone_as_well_while_it_lasts(six):
    healing = await working(six)
    await lost_in_turn(healing, SIX[:1])
    await lost_at_once(healing, SIX[1:])
    await healing.heal(times=3)
    assert started(six) == []


async def test_after_two_minutes_each_is_brought_back(six):
    healing = await working(six)
    await lost_at_once(healing, SIX)
    for _ in range(4):
        await healing.look(seconds=30)
    assert await troubles(healing) == [Trouble.SESSION_DOWN] * 6
    await healing.heal(times=3)
    assert sorted(started(six)) == sorted(SIX)


async def test_when_they_return_by_themselves_nothing_was_done(six):
    healing = await working(six)
    await lost_at_once(healing, SIX)
    for one in SIX:
        six.adapter.says(one, UP)
    await healing.look(seconds=30)
    await healing.heal(times=2)
    assert (await troubles(healing), started(six), await healing.attempts()) == ([], [], [])


async def flap(healing):
    """It is lost, brought back, and works for a quarter of an hour."""
    healing.place.adapter.says(KEY, STOPPED)
    await healing.look(seconds=60)
    await healing.heal()
    healing.place.adapter.says(KEY, UP)
    await healing.look(seconds=60)
    await healing.look(seconds=900)


async def test_the_budget_of_a_day_counts_every_outage(six):
    healing = await working(six, budget=3)
    for _ in range(5):
        await flap(healing)
    assert len(started(six)) == 3
    healing.place.clock.push(hours=24)
    await flap(healing)
    assert len(started(six)) == 4


async def test_the_budget_of_one_is_not_anothers(six):
    healing = await working(six, budget=1)
    await lost_in_turn(healing, SIX[:2])
    await healing.heal(times=2)
    assert started(six) == SIX[:2]


async def test_a_session_that_stays_away_is_tried_with_growing_pauses(six):
    six.hurry(reconnect_wait_s=0)
    healing = await working(six)
    six.adapter.refused = {"restart"}
    await lost_in_turn(healing, [KEY])
    began = six.clock()
    for _ in range(80):
        await healing.heal()
        await healing.look(seconds=30)
    at = [(row.at - began) / timedelta(seconds=30) for row in await healing.rows(attempts)]
    pauses = [later - sooner for sooner, later in pairwise(at)]
    turns = zip(pauses, [1, 4, 10, 30, 30], strict=True)
    assert all(due <= pause <= due + 1 for pause, due in turns), pauses


async def test_off_costs_no_call(six):
    healing = await working(six, setting=AutoRecovery.OFF)
    await lost_in_turn(healing, SIX)
    await healing.heal(times=2)
    assert six.adapter.calls == []
