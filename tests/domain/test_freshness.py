"""What is late: the rule, and the memory of the last looks by a clock that nobody sets."""

from datetime import timedelta

import pytest
from doubles import START, Clock

from bot.domain.company import GatewayName
from bot.domain.database_trouble import DatabaseTrouble
from bot.domain.finished_look import AGAIN, TICK, Looked
from bot.domain.freshness import LastLooks, is_late, late_after

ONE, TWO = GatewayName("one"), GatewayName("two")
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("every_s", "age_s", "late"),
    [
        (60, 0, False),
        (60, 60, False),
        (60, 150, False),
        (60, 151, True),
        (5, 40, False),
        (5, 41, True),
        (3600, 7230, False),
        (3600, 7231, True),
        (60, -30, False),  # clocks of two machines differ a little
        (60, -31, True),  # out of the future: the clock was set
        (60, 86_400, True),
    ],
)
def test_a_look_is_late_after_two_intervals_and_some_slack(every_s, age_s, late):
    assert is_late(timedelta(seconds=age_s), timedelta(seconds=every_s)) is late


class Place:
    def __init__(self):
        self.clock, self.steady_s = Clock(), 0.0
        self.looks = LastLooks(MINUTE, lambda: self.steady_s, self.clock)
        self.looks.watch([ONE])

    def passes(self, seconds):
        self.steady_s += seconds
        self.clock.push(seconds)

    def look(self, what=TICK, **more):
        self.looks.looked(Looked(gateway=ONE, what=what, took_s=0.1, **more))


def test_a_clock_that_jumps_makes_no_look_late():
    for jump in (timedelta(hours=3), timedelta(hours=-3), timedelta(days=400)):
        place = Place()
        place.look()
        place.clock.push(jump.total_seconds())
        assert place.looks.unsure(ONE, START) is None


def test_a_look_that_hangs_is_late_by_and_by():
    place = Place()
    place.look()
    place.passes(late_after(MINUTE).total_seconds() + 1)
    unsure = place.looks.unsure(ONE, START)
    assert (unsure.since, unsure.why) == (START, None)


@pytest.mark.parametrize("what", [TICK, AGAIN])
def test_a_look_that_could_not_be_written_leaves_nothing_to_claim_at_once(what):
    place = Place()
    place.look()
    place.passes(5)
    place.look(what, failed=True, why=DatabaseTrouble.FULL)
    assert place.looks.unsure(ONE, START).why is DatabaseTrouble.FULL
    place.look()
    assert place.looks.unsure(ONE, START) is None


def test_a_failed_count_of_files_says_nothing_of_the_sessions():
    place = Place()
    place.look()
    place.look("files", failed=True, why=DatabaseTrouble.LOCKED)
    assert place.looks.unsure(ONE, START) is None


def test_what_another_process_has_looked_at_is_judged_by_what_is_stored():
    place = Place()
    assert place.looks.unsure(TWO, place.clock.now - 2 * MINUTE) is None
    assert place.looks.unsure(TWO, place.clock.now - 3 * MINUTE).since == START - 3 * MINUTE
    assert place.looks.unsure(TWO, place.clock.now + MINUTE) is not None


def test_before_any_look_there_is_nothing_to_be_unsure_of():
    assert Place().looks.unsure(ONE, None) is None


def test_a_file_that_was_taken_away_counts_from_when_it_was_seen():
    place = Place()
    place.look()
    place.passes(10)
    place.looks.database(DatabaseTrouble.DELETED)
    place.passes(60)
    place.look()  # it still works, on a file that nobody will find again
    unsure = place.looks.unsure(ONE, place.clock.now)
    assert (unsure.since, unsure.why) == (START + timedelta(seconds=10), DatabaseTrouble.DELETED)
    place.looks.database(None)
    assert place.looks.unsure(ONE, place.clock.now) is None


def test_how_long_something_has_been_wrong_is_counted_from_its_first_sign():
    place = Place()
    place.look()
    assert place.looks.doubted_since_s() is None
    for _ in range(3):
        place.look(failed=True, why=DatabaseTrouble.LOCKED)
        place.passes(20)
    assert place.looks.doubted_since_s() == 60


def test_a_first_look_that_never_ends_is_noticed_as_well():
    place = Place()
    place.passes(151)
    assert place.looks.doubted_since_s() == 91


def test_a_gateway_that_is_watched_elsewhere_is_forgotten():
    place = Place()
    place.look(failed=True)
    place.looks.watch([TWO])
    assert place.looks.doubted_since_s() is None
