"""When a digest is due."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.digest import DigestWish, parse_hour

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("hour", "moment", "due"),
    [
        (9, datetime(2025, 9, 18, 6, 59, tzinfo=UTC), datetime(2025, 9, 18, 7, tzinfo=UTC)),
        (9, datetime(2025, 9, 18, 7, tzinfo=UTC), datetime(2025, 9, 19, 7, tzinfo=UTC)),
        # The clocks go forward on 30 March and back on 26 October.
        (2, datetime(2025, 3, 29, 12, tzinfo=UTC), datetime(2025, 3, 30, 1, tzinfo=UTC)),
        (9, datetime(2025, 3, 29, 12, tzinfo=UTC), datetime(2025, 3, 30, 7, tzinfo=UTC)),
        (2, datetime(2025, 10, 25, 12, tzinfo=UTC), datetime(2025, 10, 26, 0, tzinfo=UTC)),
        (2, datetime(2025, 10, 26, 0, 30, tzinfo=UTC), datetime(2025, 10, 27, 1, tzinfo=UTC)),
    ],
)
def test_it_is_due_at_its_hour_of_the_chats_own_clock(hour, moment, due):
    assert DigestWish(hour=hour).next_after(moment, BERLIN) == due


@pytest.mark.parametrize(
    ("text", "hour"),
    [("9", 9), ("09:00", 9), ("0", 0), ("24", 0), ("9:30", None), ("25", None), ("nine", None)],
)
def test_an_hour_is_read_as_people_write_it(text, hour):
    assert parse_hour(text) == hour
