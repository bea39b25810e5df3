"""Duties among replicas: one hand for each, evenly spread, and taken over from who falls silent."""

import pytest

from bot.domain.tempo import Tempo
from bot.rota import Alone, Rota

GATEWAYS = [f"gateway:{number}" for number in range(4)]


class Part:
    """A duty that notes what happens to it."""

    def __init__(self, name, told, *, breaks=False):
        self.name = name
        self._told = told
        self.breaks = breaks

    async def take_up(self):
        if self.breaks:
            raise RuntimeError("no")
        self._told.append(f"+{self.name}")

    async def lay_down(self):
        self._told.append(f"-{self.name}")


class Time:
    """One clock for the database and every machine."""

    def __init__(self):
        self.now_s = 1000.0

    def __call__(self):
        return self.now_s

    async def of_database(self, _tx):
        return self.now_s


class Replica:
    def __init__(self, db, clock, name, names):
        self.told, self.names = [], list(names)
        self.rota = Rota(
            db,
            lambda: [Part(one, self.told) for one in self.names],
            name,
            tempo=Tempo(),
            monotonic_s=clock,
            database_s=clock.of_database,
        )

    @property
    def holds(self):
        return [one for one in self.names if self.rota.holds(one)]


@pytest.fixture
def clock():
    return Time()


@pytest.fixture
def replica(db, clock):
    return lambda name, names=("desk",): Replica(db, clock, name, names)


async def test_the_only_replica_does_everything(replica):
    one = replica("a", GATEWAYS)
    await one.rota.turn()
    assert one.holds == GATEWAYS


async def test_a_duty_is_done_by_one_alone(replica):
    one, two = replica("a"), replica("b")
    await one.rota.turn()
    await two.rota.turn()
    assert (one.holds, two.holds) == (["desk"], [])


async def test_who_falls_silent_is_replaced_within_fifteen_seconds(replica, clock):
    one, two = replica("a"), replica("b")
    await one.rota.turn()
    await two.rota.turn()
    clock.now_s += Tempo().lease_s + Tempo().lease_renewal_s
    await two.rota.turn()
    assert two.holds == ["desk"]
    assert Tempo().lease_s + Tempo().lease_renewal_s < 15


async def test_who_was_frozen_may_do_nothing_before_another_takes_over(replica, clock):
    one, two = replica("a"), replica("b")
    await one.rota.turn()
    clock.now_s += Tempo().lease_s - Tempo().lease_margin_s
    assert one.holds == []
    await two.rota.turn()
    assert two.holds == []


async def test_who_wakes_up_too_late_lays_down_what_is_anothers(replica, clock):
    one, two = replica("a"), replica("b")
    await one.rota.turn()
    clock.now_s += 60
    await two.rota.turn()
    await one.rota.turn()
    assert one.told == ["+desk", "-desk"]
    assert two.holds == ["desk"]


async def test_duties_are_spread_evenly_as_replicas_come_and_go(replica, clock):
    one, two = replica("a", GATEWAYS), replica("b", GATEWAYS)
    await one.rota.turn()
    for _ in range(2):
        clock.now_s += Tempo().lease_renewal_s
        await two.rota.turn()
        await one.rota.turn()
    await two.rota.turn()
    assert sorted(one.holds + two.holds) == GATEWAYS
    assert len(one.holds) == len(two.holds) == 2

    await one.rota.stop()
    await two.rota.turn()
    assert two.holds == GATEWAYS


async def test_what_is_stopped_in_order_is_free_at_once(replica):
    one, two = replica("a"), replica("b")
    await one.rota.turn()
    await one.rota.stop()
    await two.rota.turn()
    assert one.told == ["+desk", "-desk"]
    assert two.holds == ["desk"]


async def test_a_duty_that_is_gone_from_the_settings_is_laid_down(replica):
    one = replica("a", GATEWAYS)
    await one.rota.turn()
    one.names.remove("gateway:3")
    await one.rota.refresh()
    assert one.told[-1] == "-gateway:3"
    assert one.holds == GATEWAYS[:3]


async def test_a_duty_that_does_not_begin_holds_up_no_other():
    told = []
    alone = Alone(lambda: [Part("broken", told, breaks=True), Part("sound", told)])
    await alone.start()
    assert (alone.holds("broken"), alone.holds("sound")) == (False, True)
    await alone.stop()
    assert told == ["-broken", "+sound", "-sound"]
