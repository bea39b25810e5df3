"""When messages usually come in, and whether a silence is against that."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.habit import (
    HOURS,
    begin_of,
    heard_in,
    hour_of,
    last_heard,
    place_of,
    silence_of,
    together,
    usual_hours,
)

MONDAY = datetime(2026, 11, 30, tzinfo=UTC)
NOW = hour_of(MONDAY)
WEEK = place_of(NOW)[0]
ALL = (1 << HOURS) - 1
BUSY = {WEEK - back: ALL for back in range(1, 5)}


def hours(*bits):
    return sum(1 << bit for bit in bits)


def office(*weeks):
    """Somebody writes from Monday to Friday, from 9 to 18."""
    bits = hours(*(24 * day + hour for day in range(5) for hour in range(9, 18)))
    return dict.fromkeys(weeks, bits)


def test_a_week_begins_on_monday_at_midnight():
    assert place_of(NOW) == (WEEK, 0)
    assert place_of(NOW - 1) == (WEEK - 1, 167)
    assert begin_of(NOW) == MONDAY


@given(st.integers(0, 4_000_000_000))
def test_every_moment_has_its_hour_and_every_hour_its_place(seconds):
    at = datetime.fromtimestamp(seconds, UTC)
    hour = hour_of(at)
    assert begin_of(hour) <= at < begin_of(hour) + timedelta(hours=1)
    week, bit = place_of(hour)
    assert bit == at.weekday() * 24 + at.hour
    assert heard_in({week: 1 << bit}, hour)


@pytest.mark.parametrize(
    ("weeks", "usual"),
    [
        ({}, 0),
        ({WEEK - 1: 1}, 0),
        ({WEEK - 1: 1, WEEK - 2: 1}, 0),
        ({WEEK - 1: 1, WEEK - 2: 1, WEEK - 3: 1}, 1),
        ({WEEK - 1: 1, WEEK - 3: 1, WEEK - 4: 1}, 1),
        ({WEEK: 1, WEEK - 1: 1, WEEK - 2: 1}, 0),
        ({WEEK - 5: 1, WEEK - 4: 1, WEEK - 3: 1}, 0),
        ({WEEK - 1: 0b11, WEEK - 2: 0b10, WEEK - 3: 0b11, WEEK - 4: 0b01}, 0b11),
    ],
)
def test_usual_is_what_came_in_three_of_four_weeks(weeks, usual):
    assert usual_hours(weeks, WEEK) == usual


@given(st.dictionaries(st.integers(WEEK - 5, WEEK), st.integers(0, ALL)), st.integers(0, 167))
def test_the_last_hour_is_the_last(weeks, bit):
    before = NOW + bit
    last = last_heard(weeks, before)
    every = [hour for hour in range(before - 6 * HOURS, before) if heard_in(weeks, hour)]
    assert last == (every[-1] if every else None)


def silence(weeks, now, others=BUSY, not_before=0):
    found = silence_of(weeks, others | {WEEK: ALL}, now, not_before=not_before)
    return None if found is None else found.hours


def test_a_busy_session_is_silent_for_as_many_hours_as_pass():
    for passed in range(1, 10):
        assert silence(BUSY, NOW + passed) == passed


def test_nights_and_weekends_are_no_silence():
    weeks = office(*range(WEEK - 4, WEEK))
    assert silence(weeks, NOW + 9) == 0
    weeks[WEEK] = hours(17)
    assert silence(weeks, NOW + 24 + 9) == 0
    assert silence(weeks, NOW + 24 + 12) == 3
    weeks[WEEK] = hours(4 * 24 + 17)  # Friday evening
    assert silence(weeks, NOW + 6 * 24 + 23) == 0


def test_who_has_no_habit_is_never_silent():
    assert silence({WEEK - 1: ALL, WEEK - 2: ALL}, NOW + 20) is None


def test_hours_in_which_nobody_heard_anything_do_not_count():
    deaf_hook = BUSY | {WEEK: hours(0, 1, 5)}
    assert silence_of(BUSY, deaf_hook, NOW + 8, not_before=0).hours == 3


def test_hours_before_it_could_hear_do_not_count():
    assert silence(BUSY, NOW + 10, not_before=NOW + 7) == 3


def test_a_holiday_is_remembered():
    weeks = office(*range(WEEK - 4, WEEK))
    weeks[WEEK - 2] &= ~hours(*range(24, 48))  # a Tuesday
    found = silence_of(weeks, BUSY | {WEEK: ALL}, NOW + 15, not_before=0)
    assert (found.hours, found.longest_before) == (6, 9)


def test_the_present_silence_is_none_before_it_though_a_week_has_begun_meanwhile():
    weeks = {WEEK - back: ALL for back in range(2, 6)} | {WEEK - 1: ALL >> 6}
    found = silence_of(weeks, None, NOW + 2, not_before=0)
    assert (found.hours, found.longest_before) == (8, 0)


def test_an_hour_that_is_not_over_says_nothing():
    assert silence_of(BUSY | {WEEK: hours(3)}, BUSY, NOW + 3, not_before=0) is None


def test_what_any_of_them_heard_is_heard_by_all_together():
    assert together([{1: 0b01}, {1: 0b10, 2: 1}]) == {1: 0b11, 2: 1}
