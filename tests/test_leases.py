"""Duties among replicas: one hand for each, evenly spread, and taken over from who falls silent."""

import asyncio

import pytest

from bot.domain.timing import Timing
from bot.runtime.leases import Alone, HeldRoles, Leases
from storage.errors import DatabaseUnusable

GATEWAYS = [f"gateway:{number}" for number in range(4)]


class Part:
    """A duty that notes what happens to it."""

    def __init__(self, name, told, *, breaks=False):
        self.name = name
        self._told = told
        self.breaks = breaks

    async def start(self):
        if self.breaks:
            raise RuntimeError("no")
        self._told.append(f"+{self.name}")

    async def stop(self):
        if self.breaks and f"+{self.name}" in self._told:
            raise RuntimeError("no")
        self._told.append(f"-{self.name}")


class Time:
    """One clock for the database and every machine. While `broken` the database does not answer."""

    def __init__(self):
        self.now_s = 1000.0
        self.broken = False
        self.asked = 0
        self._news = asyncio.Condition()

    def __call__(self):
        return self.now_s

    async def of_database(self, _tx):
        async with self._news:
            self.asked += 1
            self._news.notify_all()
        if self.broken:
            raise DatabaseUnusable("it is away")
        return self.now_s

    async def turns(self, many):
        """Wait until so many turns more have been begun."""
        goal = self.asked + many
        async with self._news:
            await self._news.wait_for(lambda: self.asked >= goal)


class Replica:
    def __init__(self, db, clock, name, names):
        self.told, self.names = [], list(names)
        self.held = HeldRoles(shared=True, monotonic_s=clock)
        self.leases = Leases(
            db,
            lambda: [Part(one, self.told) for one in self.names],
            self.held,
            name,
            timing=Timing(lease_renewal_s=0.01),
            database_s=clock.of_database,
        )

    @property
    def holds(self):
        return [name for name in self.names if self.held.holds(name)]


@pytest.fixture
def clock():
    return Time()


@pytest.fixture
def replica(db, clock):
    return lambda name, names=("desk",): Replica(db, clock, name, names)


async def test_the_only_replica_does_everything(replica):
    one = replica("a", GATEWAYS)
    await one.leases.tick()
    assert one.holds == GATEWAYS


async def test_a_duty_is_done_by_one_alone(replica):
    one, two = replica("a"), replica("b")
    await one.leases.tick()
    await two.leases.tick()
    assert (one.holds, two.holds) == (["desk"], [])


async def test_who_falls_silent_is_replaced_within_fifteen_seconds(replica, clock):
    one, two = replica("a"), replica("b")
    await one.leases.tick()
    await two.leases.tick()
    clock.now_s += Timing().lease_s + Timing().lease_renewal_s
    await two.leases.tick()
    assert two.holds == ["desk"]
    assert Timing().lease_s + Timing().lease_renewal_s < 15


async def test_who_was_frozen_may_do_nothing_before_another_takes_over(replica, clock):
    one, two = replica("a"), replica("b")
    await one.leases.tick()
    clock.now_s += Timing().lease_s - Timing().lease_margin_s
    assert one.holds == []
    await two.leases.tick()
    assert two.holds == []


async def test_who_wakes_up_too_late_lays_down_what_is_anothers(replica, clock):
    one, two = replica("a"), replica("b")
    await one.leases.tick()
    clock.now_s += 60
    await two.leases.tick()
    await one.leases.tick()
    assert one.told == ["+desk", "-desk"]
    assert two.holds == ["desk"]


async def test_duties_are_spread_evenly_as_replicas_come_and_go(replica, clock):
    one, two = replica("a", GATEWAYS), replica("b", GATEWAYS)
    await one.leases.tick()
    for _ in range(2):
        clock.now_s += Timing().lease_renewal_s
        await two.leases.tick()
        await one.leases.tick()
    await two.leases.tick()
    assert sorted(one.holds + two.holds) == GATEWAYS
    assert len(one.holds) == len(two.holds) == 2

    await one.leases.stop()
    await two.leases.tick()
    assert two.holds == GATEWAYS


async def test_what_is_stopped_in_order_is_free_at_once(replica):
    one, two = replica("a"), replica("b")
    await one.leases.tick()
    await one.leases.stop()
    await two.leases.tick()
    assert one.told == ["+desk", "-desk"]
    assert two.holds == ["desk"]


async def test_a_duty_that_is_gone_from_the_settings_is_laid_down(replica):
    one = replica("a", GATEWAYS)
    await one.leases.tick()
    one.names.remove("gateway:3")
    await one.leases.refresh()
    assert one.told[-1] == "-gateway:3"
    assert one.holds == GATEWAYS[:3]


async def test_a_duty_that_does_not_begin_holds_up_no_other():
    told = []
    held = HeldRoles()
    alone = Alone(lambda: [Part("broken", told, breaks=True), Part("sound", told)], held)
    await alone.start()
    assert (held.holds("broken"), held.holds("sound")) == (False, True)
    await alone.stop()
    assert told == ["-broken", "+sound", "-sound"]


async def test_a_started_replica_goes_on_taking_turns_until_it_is_stopped(replica, clock):
    one = replica("a")
    await one.leases.start()
    await clock.turns(3)
    assert one.holds == ["desk"]
    await one.leases.stop()
    assert one.told == ["+desk", "-desk"]


async def test_without_the_database_everything_is_laid_down_in_time(replica, clock, capsys):
    one = replica("a")
    await one.leases.start()
    await clock.turns(2)
    clock.broken = True
    await clock.turns(2)
    assert one.holds == ["desk"]  # nobody else can have taken it yet
    clock.now_s += Timing().lease_s - Timing().lease_margin_s
    await clock.turns(2)
    assert one.told == ["+desk", "-desk"]
    assert capsys.readouterr().out.count("duties cannot be shared out") == 1

    clock.broken = False
    await clock.turns(2)
    assert one.holds == ["desk"]
    await one.leases.stop()


async def test_a_duty_that_does_not_end_in_order_is_held_no_more():
    told = []
    stubborn = Part("stubborn", told)
    held = HeldRoles()
    alone = Alone(lambda: [stubborn, Part("sound", told)], held)
    await alone.start()
    stubborn.breaks = True
    await alone.stop()
    assert not held.holds("stubborn")
    assert told == ["+stubborn", "+sound", "-sound"]
    assert held.is_alive()
