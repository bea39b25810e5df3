"""The program's own time: this machine's while it is right, and Telegram's where it is not."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.telegram.clock import ProgramClock, TelegramClock

TRUE = datetime(2026, 11, 29, 12, tzinfo=UTC)


class World:
    """True time goes on; the wall of the machine is off by `ahead`."""

    def __init__(self):
        self.passed_s, self.ahead = 0.0, timedelta()
        self.telegram = TelegramClock(self.wall, lambda: self.passed_s + 5_000)
        self.clock = ProgramClock(self.wall, self.telegram)

    def now(self):
        return TRUE + timedelta(seconds=self.passed_s)

    def wall(self):
        return self.now() + self.ahead

    def telegram_answers(self, *, late_s=0.0):
        told = (self.now() - timedelta(seconds=late_s)).replace(microsecond=0)
        self.telegram.heard(format_datetime(told, usegmt=True))

    def off_s(self):
        return abs((self.clock() - self.now()).total_seconds())


def test_until_telegram_has_answered_this_machine_is_believed():
    world = World()
    world.ahead = timedelta(days=3)
    assert world.clock() == world.wall()


@pytest.mark.parametrize("off", [{"seconds": 5}, {"seconds": -29}, {"microseconds": 1}])
def test_a_clock_that_only_drifts_is_believed_to_the_microsecond(off):
    world = World()
    world.telegram_answers()
    world.ahead = timedelta(**off)
    assert world.clock() == world.wall()


@pytest.mark.parametrize(
    "off", [{"days": 1}, {"days": -1}, {"minutes": 2}, {"minutes": -2}, {"days": -20_000}]
)
def test_a_clock_that_was_set_is_not(off):
    world = World()
    world.telegram_answers()
    world.ahead = timedelta(**off)
    world.passed_s += 3_600
    assert world.off_s() <= 1


@pytest.mark.parametrize("late_s", [-10_000, 10_000, -31, 90, -1e9])
def test_a_few_answers_that_lie_are_not_believed(late_s):
    world = World()
    for _ in range(8):
        world.telegram_answers()
    for _ in range(6):
        world.telegram_answers(late_s=late_s)
        assert abs((world.telegram() - world.now()).total_seconds()) <= 1


def test_a_server_whose_clock_was_put_right_is_believed_again():
    world = World()
    for late_s in [100_000] * 16 + [0] * 16:
        world.telegram_answers(late_s=late_s)
    assert abs((world.telegram() - world.now()).total_seconds()) <= 1


LIFE = st.lists(
    st.one_of(
        st.tuples(st.just("passes"), st.floats(0, 100_000)),
        st.tuples(st.just("jumps"), st.floats(-1e9, 1e9)),
        st.tuples(st.just("answers"), st.floats(0, 20)),
    ),
    max_size=40,
)


@given(LIFE)
def test_however_often_it_is_set_the_program_is_within_a_drift_of_the_truth(life):
    world = World()
    world.telegram_answers()
    for what, amount in life:
        if what == "passes":
            world.passed_s += amount
        elif what == "jumps":
            world.ahead += timedelta(seconds=amount)
            world.ahead = max(min(world.ahead, timedelta(days=20_000)), -timedelta(days=20_000))
        else:
            world.telegram_answers(late_s=amount)
        assert world.off_s() <= 30 + 21


@given(st.lists(st.floats(0, 50_000), max_size=30))
def test_it_never_runs_backwards_by_more_than_a_second_while_nothing_is_set(pauses_s):
    world, before = World(), TRUE
    world.ahead = timedelta(days=1)
    for pause_s in pauses_s:
        world.telegram_answers()
        world.passed_s += pause_s
        assert world.clock() >= before - timedelta(seconds=1)
        before = world.clock()
