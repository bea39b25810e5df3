"""When nobody watched."""

from datetime import timedelta

from rows import NOW

from bot.domain.absence import Absence
from storage.sessions import absences

HOUR = timedelta(hours=1)


async def test_absences_that_reach_beyond_a_moment_are_found_oldest_first(tx):
    early = Absence(from_at=NOW - 5 * HOUR, to_at=NOW - 4 * HOUR)
    across = Absence(from_at=NOW - 2 * HOUR, to_at=NOW - HOUR)
    late = Absence(from_at=NOW, to_at=NOW + HOUR)
    for one in (late, early, across):
        await absences.add(tx, one)
    assert await absences.since(tx, NOW - 90 * timedelta(minutes=1)) == [across, late]
    assert await absences.since(tx, NOW - 6 * HOUR) == [early, across, late]
