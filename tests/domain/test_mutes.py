"""How long a mute may be, as people write it."""

from datetime import timedelta

import pytest

from bot.domain.mute import parse_length


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("15m", 15), ("2h", 120), ("7d", 7 * 1440), ("30м", 30), ("2 Ч", 120), ("1д", 1440)],
)
def test_a_length_is_read_as_it_is_written(text, minutes):
    assert parse_length(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "2", "h", "14m", "8d", "-2h", "2w", "99999d", "1h30m"])
def test_what_is_no_length_is_refused(text):
    assert parse_length(text) is None
