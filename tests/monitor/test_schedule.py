"""The timer: every gateway at its own pace."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

from skipping import SkippingLoop
from watching import KEY, ONE, TEMPO, TWO, Watch

from bot.domain.company import GatewayName
from bot.domain.finished_look import TICK
from bot.domain.session import State
from bot.gateways.base import GatewayUnreachable
from bot.monitor.schedule import Intervals, Schedule, Timed


def schedule_of(watch):
    intervals = Intervals(check_s=0.05, files_s=0.05, timing=TEMPO)
    return Schedule(Timed(checker=watch.checker), intervals)


@asynccontextmanager
async def ticking(watch):
    schedule = schedule_of(watch)
    schedule.start()
    try:
        yield
    finally:
        await schedule.stop()


async def soon(event):
    await asyncio.wait_for(event.wait(), 10)


async def test_it_looks_at_once_and_again_at_the_interval(two_gateways):
    gateway = two_gateways.gateway
    async with ticking(two_gateways):
        for _ in range(3):
            gateway.reached.clear()
            await soon(gateway.reached)


async def test_a_hanging_gateway_holds_up_only_itself(two_gateways):
    two_gateways.gateway.hung = asyncio.Event()
    two_gateways.gateways[TWO].says("far", State.STOPPED)
    async with ticking(two_gateways):
        await soon(two_gateways.news)
        assert await two_gateways.told() == "opened gone"
        two_gateways.gateway.hung.set()


async def test_ten_of_twelve_gateways_are_looked_at_on_time_while_two_hang(db):
    watch = Watch(db, [GatewayName(f"gateway{number}") for number in range(12)])
    hanging, *others = watch.gateways.values()
    hanging = [hanging, others.pop()]
    for gateway in hanging:
        gateway.hung = asyncio.Event()
    async with ticking(watch):
        for _ in range(3):
            for gateway in others:
                gateway.reached.clear()
            await asyncio.gather(*(soon(gateway.reached) for gateway in others))
        assert [gateway.looks["list"] for gateway in hanging] == [1, 1]
        for gateway in hanging:
            gateway.hung.set()
    assert len(others) == 10


async def test_a_gateway_that_joins_is_looked_at_and_one_taken_out_is_left_alone(two_gateways):
    far = two_gateways.gateways[TWO]
    looker = two_gateways.lookers.pop(TWO)
    two_gateways.gateway.reached, far.reached = asyncio.Event(), asyncio.Event()
    schedule = schedule_of(two_gateways)
    schedule.start()
    await soon(two_gateways.gateway.reached)
    assert not far.reached.is_set()
    two_gateways.lookers[TWO] = looker
    schedule.refresh()
    await soon(far.reached)
    del two_gateways.lookers[ONE]
    schedule.refresh()
    await schedule.stop()
    assert two_gateways.checker.gateways == [TWO]


async def test_a_look_that_breaks_is_followed_by_the_next(two_gateways):
    gateway = two_gateways.gateway
    gateway.failure, gateway.reached = ValueError("nobody expected this"), asyncio.Event()
    async with ticking(two_gateways):
        await soon(gateway.reached)
        gateway.failure = None
        gateway.says(KEY, State.STOPPED)
        await soon(two_gateways.news)
    assert await two_gateways.told() == "opened gone"


async def test_stopping_waits_for_the_look_under_way(two_gateways):
    gateway = two_gateways.gateway
    gateway.hung, gateway.reached = asyncio.Event(), asyncio.Event()
    gateway.failure = GatewayUnreachable("refused")
    schedule = schedule_of(two_gateways)
    schedule.start()
    await soon(gateway.reached)
    stopping = asyncio.create_task(schedule.stop())
    gateway.hung.set()
    await stopping
    look = await two_gateways.statuses.last_look(ONE)
    assert look.failures >= 1


class Looks:
    """A checker that only counts, and takes as long as it is told to."""

    def __init__(self):
        self.gateways = [ONE]
        self.at_s = []
        self.takes_s = []

    async def tick(self, _gateway):
        self.at_s.append(asyncio.get_running_loop().time())
        await asyncio.sleep(self.takes_s.pop(0) if self.takes_s else 0)

    async def look_again(self, _gateway):
        pass

    async def stop(self):
        pass


def looks_within(hours, *takes_s):
    """When it looks, in hours, every hour by a loop that skips: its wall clock stands still."""

    async def looking():
        checker, late = Looks(), []
        checker.takes_s.extend(takes_s)
        timing = replace(TEMPO, unstable_interval_s=3_600)
        schedule = Schedule(
            Timed(checker=checker),
            Intervals(check_s=3_600, files_s=3_600, timing=timing),
            on_late=lambda _gateway, job: late.append(job),
        )
        began_s = asyncio.get_running_loop().time()
        schedule.start()
        await asyncio.sleep(hours * 3_600)
        await schedule.stop()
        return [round((at_s - began_s) / 3_600) for at_s in checker.at_s], late

    with asyncio.Runner(loop_factory=SkippingLoop) as runner:
        return runner.run(looking())


def test_a_wall_clock_that_stands_or_is_set_back_holds_up_no_look():
    assert looks_within(3.5) == ([0, 1, 2, 3], [])


def test_a_look_that_outlasts_its_interval_is_not_joined_by_a_second():
    assert looks_within(5.5, 2.5 * 3_600) == ([0, 3, 4, 5], [TICK, TICK])
