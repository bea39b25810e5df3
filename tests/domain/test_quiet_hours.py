"""When it is quiet, by a chat's own clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.quiet_hours import QuietHours, parse_hours

MOSCOW = ZoneInfo("Europe/Moscow")
MIDNIGHT = datetime(2025, 9, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("23-7", QuietHours(23, 7)),
        ("23:00–07:00", QuietHours(23, 7)),
        ("0 - 9", QuietHours(0, 9)),
        ("22-24", QuietHours(22, 0)),
    ],
)
def test_hours_are_read_as_they_are_written(text, hours):
    assert parse_hours(text) == hours


@pytest.mark.parametrize("text", ["", "23", "7-7", "0-24", "25-7", "23:30-7", "ночью", "-1-7"])
def test_what_is_no_span_of_hours_is_refused(text):
    assert parse_hours(text) is None


def test_they_go_by_the_chats_clock():
    night = QuietHours(23, 7)
    assert night.cover(MIDNIGHT.replace(hour=20), MOSCOW)  # 23:00 there
    assert not night.cover(MIDNIGHT.replace(hour=4), MOSCOW)  # 07:00 there
    assert not night.cover(MIDNIGHT.replace(hour=20), ZoneInfo("UTC"))


@given(start=st.integers(0, 23), length=st.integers(1, 23), minute=st.integers(0, 1439))
def test_a_span_covers_as_many_hours_as_it_is_long(start, length, minute):
    hours = QuietHours(start, (start + length) % 24)
    at = MIDNIGHT + timedelta(minutes=minute)
    assert hours.cover(at, ZoneInfo("UTC")) is ((at.hour - start) % 24 < length)
