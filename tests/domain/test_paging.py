"""Which page is shown: a button may be older than the list is long."""

import pytest

from bot.domain.paging import which_page


@pytest.mark.parametrize(
    ("wanted", "total", "shown"),
    [
        (0, 0, (0, 1)),
        (0, 10, (0, 1)),
        (1, 11, (1, 2)),
        (7, 11, (1, 2)),
        (-1, 11, (0, 2)),
    ],
)
def test_the_nearest_page_there_is_is_shown(wanted, total, shown):
    assert which_page(wanted, total, size=10) == shown
