"""How long nobody watched."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.absence import absence_until

NOW = datetime(2025, 9, 18, 17, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("away", "every", "noted"),
    [
        (timedelta(seconds=5), MINUTE, False),
        (timedelta(seconds=179), MINUTE, False),
        (timedelta(minutes=3), MINUTE, True),
        (timedelta(days=2), MINUTE, True),
        (timedelta(seconds=119), timedelta(seconds=2), False),
        (timedelta(minutes=14), 5 * MINUTE, False),
        (-MINUTE, MINUTE, False),
    ],
)
def test_only_what_lasts_longer_than_a_few_looks_is_an_absence(away, every, noted):
    absence = absence_until(NOW, NOW - away, every)
    assert (absence is not None) is noted
    if absence is not None:
        assert (absence.from_at, absence.to_at, absence.length) == (NOW - away, NOW, away)


def test_before_the_very_first_look_nobody_was_missing():
    assert absence_until(NOW, None, MINUTE) is None
