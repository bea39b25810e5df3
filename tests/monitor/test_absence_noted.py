"""What is noted at the start, when nobody has watched for a while."""

from datetime import timedelta

from watching import GROUP, ONE

from bot.domain.system_notice import SystemNoticeKind
from bot.monitor.absence import note_absence
from storage.alerts import system_notices
from storage.sessions import absences

MINUTE = timedelta(minutes=1)


async def noted(watch):
    async with watch.db.reading() as tx:
        return await absences.since(tx, watch.clock() - timedelta(days=30))


async def test_a_start_after_two_hours_notes_two_hours(watch):
    left_at = (await watch.statuses.last_look(ONE)).last_look_at
    watch.clock.push(hours=2)
    absence = await note_absence(watch.db, watch.clock(), MINUTE)
    assert (absence.from_at, absence.to_at) == (left_at, watch.clock())
    assert await noted(watch) == [absence]


async def test_every_chat_that_hears_of_something_is_told_how_long(watch):
    watch.clock.push(hours=2)
    await note_absence(watch.db, watch.clock(), MINUTE)
    async with watch.db.reading() as tx:
        (told,) = await system_notices.pending(tx)
    assert (told.address, told.system_notice.kind) == (GROUP, SystemNoticeKind.UNWATCHED)
    assert told.system_notice.facts["away_s"] == 7200


async def test_a_restart_within_a_minute_notes_nothing(watch):
    watch.clock.push(50)
    assert await note_absence(watch.db, watch.clock(), MINUTE) is None
    assert await noted(watch) == []


async def test_another_gateway_that_was_looked_at_shows_that_somebody_watched(two_gateways):
    two_gateways.clock.push(hours=2)
    await two_gateways.checker.tick(ONE)
    two_gateways.clock.push(30)
    assert await note_absence(two_gateways.db, two_gateways.clock(), MINUTE) is None
