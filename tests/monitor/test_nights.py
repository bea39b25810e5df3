"""What a chat with quiet hours is told: at night what is critical, in the morning what still is."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from doubles import START
from test_rules import counted
from watching import GROUP, KEY, ONE

from bot.domain.mute import Mute
from bot.domain.quiet_hours import QuietHours
from bot.domain.session import State
from bot.domain.trouble import Symptom, Trouble
from bot.monitor.announce import write_steps
from bot.monitor.incidents import IncidentSubject, advance
from bot.monitor.reminders import Reminder
from bot.monitor.rules.files_above_limit import judge_files
from storage.alerts import incidents, mutes
from storage.chats import chats

NIGHT = QuietHours(23, 7)


@pytest.fixture
async def night(watch):
    """The group is quiet from 23 to 7, and it is midnight."""
    await hours(watch, NIGHT)
    watch.clock.now = START.replace(hour=0, minute=0) + timedelta(days=1)
    return watch


async def hours(watch, wanted):
    async with watch.db.writing() as tx:
        await chats.set_quiet(tx, GROUP.chat_id, wanted, ZoneInfo("UTC"))


async def files(watch, total):
    """So many files were counted: above 100 is a warning."""
    subject = IncidentSubject(gateway=ONE, company_id=KEY)
    async with watch.db.writing() as tx:
        every = [one for one in await incidents.open_ones(tx) if one.symptom is Symptom.ABOVE]
        verdict = judge_files(counted(total, limit=100))
        step = advance(next(iter(every), None), verdict, subject, watch.clock())
        await write_steps(tx, [step] if step else [], [KEY], watch.clock())
    return await watch.told()


async def later(watch, **much):
    watch.clock.push(timedelta(**much).total_seconds())
    reminder = Reminder(watch.db, timedelta(hours=1), clock=watch.clock, on_written=watch._ring)
    await reminder.tick()
    return await watch.told()


async def test_what_is_critical_is_told_at_any_hour(night):
    assert await night.tape(State.STOPPED) == ["opened gone"]
    assert await later(night, hours=1) == "repeated gone"


async def test_a_warning_waits_for_the_morning(night):
    assert await files(night, 200) == "quiet"
    assert await later(night, hours=6, minutes=59) == "quiet"
    assert await later(night, minutes=1) == "opened above"


async def test_a_warning_that_is_over_by_then_is_not_told(night):
    assert await files(night, 200) == "quiet"
    assert await files(night, 50) == "changed above"  # of no card: nobody sees it
    assert await later(night, hours=8) == "quiet"


async def test_an_end_at_night_is_told_in_the_morning_where_its_beginning_was(night):
    night.clock.push(-3 * 3600)
    assert await files(night, 200) == "opened above"
    night.clock.push(3 * 3600)
    assert await files(night, 50) == "changed above"
    assert await later(night, hours=8) == "recovered above"


async def test_nobody_is_reminded_of_a_warning_at_night(night):
    night.clock.push(-3 * 3600)
    assert await files(night, 200) == "opened above"
    night.clock.push(3 * 3600)
    assert await later(night, minutes=30) == "quiet"
    assert await later(night, hours=8) == "repeated above"


async def test_taking_the_quiet_hours_away_tells_what_was_held(night):
    await files(night, 200)
    await hours(night, None)
    assert await later(night, seconds=5) == "opened above"


async def test_it_is_said_once_however_often_it_was_held(night):
    await files(night, 200)
    for _ in range(3):
        await later(night, hours=2)
    assert await later(night, hours=2) == "opened above"
    assert await later(night, seconds=5) == "quiet"


async def test_what_is_muted_in_the_morning_waits_for_the_end_of_the_mute(night):
    await files(night, 200)
    now = night.clock()
    one = Mute(company_id=KEY, until_at=now + timedelta(hours=9), by="Борис", muted_at=now)
    async with night.db.writing() as tx:
        await mutes.put(tx, one, 3)
    assert await later(night, hours=8) == "quiet"
    assert await later(night, hours=1) == "opened above"


async def test_the_trouble_is_recorded_all_the_same(night):
    await files(night, 200)
    [incident] = await night.open_incidents()
    assert incident.trouble is Trouble.FILES_ABOVE_LIMIT
