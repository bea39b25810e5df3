"""18 September 2025 lived through again: at the speed of that day, and at today's."""

from zoneinfo import ZoneInfo

from doubles import START
from watching import KEY, LIMITS, ONE

from bot.actions.incidents import Incidents
from bot.actions.journal import Journal
from bot.actions.status import Status
from bot.domain.access import Grant, Person, Role, UserId
from bot.domain.incident import IncidentId
from bot.domain.observation import DetectedBy
from bot.domain.session import Cause, State
from bot.monitor.hints import ConnectionEvent
from bot.reports import reporter
from bot.texts import Catalogs
from handlers.render import postmortem

UTC, MOSCOW = ZoneInfo("UTC"), ZoneInfo("Europe/Moscow")
ANNA = Person(user_id=UserId(1), name="Anna", grants=(Grant(user_id=UserId(1), role=Role.OWNER),))


def incidents_of(watch):
    clock = watch.clock
    limits = reporter.ReportLimits(files_of=lambda *_: 100, reconnects_per_day=10)
    return Incidents(
        Journal(watch.db, clock),
        Status(watch.db, watch.statuses, watch.checker, {}, LIMITS, clock=clock),
        reporter.Reporter(watch.db, limits),
    )


def clock_to(watch, hour, minute, second):
    watch.clock.now = START.replace(hour=hour, minute=minute, second=second)


async def back_at(watch, hour, minute, second):
    clock_to(watch, hour, minute, second)
    watch.gateway.says(KEY, State.CONNECTED)
    watch.gateway.phones[KEY] = "79000000001"
    await watch.checker.tick(ONE)
    watch.clock.push(20)
    await watch.checker.tick(ONE)


async def lost(watch):
    """At 15:05:17, seventeen seconds after the last look."""
    clock_to(watch, 15, 5, 17)
    watch.gateway.says(KEY, (State.LOGGED_OUT, Cause.DEVICE_REMOVED))


async def document(watch, language="en", zone=UTC):
    incidents = incidents_of(watch)
    timeline = await incidents.timeline(ANNA, IncidentId(1), zone)
    words = Catalogs().speaking(language)
    return incidents.file(postmortem.document(words, timeline, zone)).decode()


async def test_as_it_was(watch):
    await lost(watch)
    clock_to(watch, 15, 6, 0)
    await watch.checker.tick(ONE)
    await back_at(watch, 17, 41, 0)
    told = await document(watch)
    assert "962302: 2 h 36 min at most" in told
    assert "Time to detect: 1 min at most." in told
    assert "Recovery: 2 h 36 min, target under 5 min: missed." in told
    assert "- 15:05:00 — The last look at which all was well." in told
    assert "- 15:06:00 — Detected by a regular look: link revoked." in told
    assert "- 17:41:20 — Incident closed" in told
    assert "99.9 % of 30 days allows 43 min" in told


async def test_at_todays_speed(watch):
    await lost(watch)
    watch.clock.push(1)
    await watch.checker.hint(
        ONE, {KEY: ConnectionEvent(cause=Cause.DEVICE_REMOVED, by=DetectedBy.LOG)}
    )
    await back_at(watch, 15, 7, 0)
    told = await document(watch)
    assert "Time to detect: less than a second." in told
    assert "Recovery: 2 min 2 s, target under 5 min: met." in told
    assert "- 15:05:18 — Detected by a line of the log" in told


async def test_in_russian_by_the_clock_of_the_chat(watch):
    await lost(watch)
    clock_to(watch, 15, 6, 0)
    await watch.checker.tick(ONE)
    await back_at(watch, 17, 41, 0)
    told = await document(watch, "ru", MOSCOW)
    assert "Восстановление: 2 ч 36 мин, цель — меньше 5 мин: не выполнена." in told
    assert "18:06:00 — Обнаружено очередной проверкой" in told
    assert told.rstrip().endswith("## Что сделать")
