"""How often a pairing code may be asked for: a table, and the limits over time."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.recovery.throttle import Limit, stop_until, wait_for

NOW = datetime(2025, 9, 18, 15, 5, tzinfo=UTC)


def ago(**much):
    return NOW - timedelta(**much)


def within(**much):
    return NOW + timedelta(**much)


@pytest.mark.parametrize(
    ("asked_at", "stopped_until", "limit", "until"),
    [
        ([], None, None, None),
        ([ago(seconds=20)], None, Limit.SPACING, within(seconds=40)),
        ([ago(seconds=60)], None, None, None),
        ([ago(minutes=50), ago(minutes=2)], None, None, None),
        ([ago(minutes=50), ago(minutes=9), ago(minutes=2)], None, Limit.HOUR, within(minutes=10)),
        ([ago(hours=1), ago(minutes=9), ago(minutes=2)], None, None, None),
        ([ago(minutes=50), ago(minutes=9), ago(seconds=1)], None, Limit.HOUR, within(minutes=10)),
        ([ago(seconds=1)], within(minutes=30), Limit.STOPPED, within(minutes=30)),
        ([ago(hours=2)], ago(seconds=1), None, None),
    ],
)
def test_the_longest_wait_counts(asked_at, stopped_until, limit, until):
    wait = wait_for(asked_at, stopped_until, NOW)
    assert (None if wait is None else (wait.limit, wait.until)) == (limit and (limit, until))


@given(st.lists(st.integers(0, 7200), max_size=60))
def test_whoever_asks_gets_three_an_hour_and_one_a_minute(pauses_s):
    asked, now = [], NOW
    for pause_s in pauses_s:
        now += timedelta(seconds=pause_s)
        if wait_for(asked, None, now) is None:
            asked.append(now)
    for first, second in pairwise(asked):
        assert second - first >= timedelta(minutes=1)
    for first, fourth in zip(asked, asked[3:], strict=False):
        assert fourth - first >= timedelta(hours=1)


@given(st.lists(st.integers(0, 3600), min_size=1, max_size=9))
def test_after_the_wait_it_may_be_asked(pauses_s):
    asked = [NOW]
    for pause_s in pauses_s:
        asked.append(asked[-1] + timedelta(seconds=pause_s))
    wait = wait_for(asked, None, asked[-1])
    assert wait is not None
    assert wait_for(asked, None, wait.until) is None


@pytest.mark.parametrize(("told_s", "hours"), [(None, 1), (30, 1), (7200, 2)])
def test_a_refusal_stops_for_an_hour_or_as_long_as_it_says(told_s, hours):
    assert stop_until(told_s, NOW) == NOW + timedelta(hours=hours)
