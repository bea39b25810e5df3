"""The follower over a real file and a real database: counts, looks, bursts."""

import asyncio
import json
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs
from watching import KEY, ONE, TEMPO
from wrapped import docker

from bot.domain.log_pattern import LogPattern
from bot.domain.session import Cause, State
from bot.monitor.logs.alarm import BurstAlarm
from bot.monitor.logs.follower import LogFollower
from bot.monitor.logs.whatsmeow import LOOK
from storage.logs import log_counts, log_positions

MAC = "[962302] Session error:Error: Bad MAC\n"
CLOSED = {"ev": "close", "company": KEY, "code": 401, "reason": "device_removed"}


async def eventually(look):
    """Return as soon as `look` is true."""
    async with asyncio.timeout(20):
        while not look():
            await asyncio.to_thread(lambda: None)


class Following:
    """A follower, the watch it works for, and the file it reads."""

    def __init__(self, watch, folder):
        self.watch = watch
        self.path = folder / "gateway.log"
        self.path.touch()
        self.follower = self.new()

    def new(self):
        alarm = BurstAlarm(
            self.watch.db, ONE, clock=self.watch.clock, on_written=self.watch.news.set
        )
        return LogFollower(
            self.watch.db,
            ONE,
            [str(self.path)],
            self.watch.checker,
            alarm,
            timing=TEMPO,
            clock=self.watch.clock,
        )

    def write(self, lines):
        with self.path.open("a") as file:
            file.write(lines)

    async def read(self, after_s=10):
        self.watch.clock.push(after_s)
        await self.follower.read_on()
        return await self.watch.told()

    async def alter(self, how):
        async with self.watch.db.writing() as tx:
            await tx.execute(text(f"ALTER TABLE {how}"))

    async def counts(self):
        async with self.watch.db.reading() as tx:
            found = await log_counts.lately(tx, self.watch.clock())
        return {(one.company_id, one.pattern): one.hour for one in found}


@pytest.fixture
async def following(pair, tmp_path):
    await pair.subscribe()
    place = Following(pair, tmp_path)
    await place.read()
    yield place
    place.follower.start()
    await place.follower.stop()


async def test_lines_are_counted_by_company_and_pattern(following):
    following.write(MAC * 3 + "Bad MAC\n" + json.dumps(CLOSED) + "\n")
    await following.read()
    assert await following.counts() == {
        (KEY, LogPattern.BAD_MAC): 3,
        (KEY, LogPattern.DEVICE_REMOVED): 1,
        (None, LogPattern.BAD_MAC): 1,
    }


async def test_lines_of_the_only_company_need_no_name(watch, tmp_path):
    following = Following(watch, tmp_path)
    await following.read()
    following.write("Bad MAC\n")
    await following.read()
    assert await following.counts() == {(KEY, LogPattern.BAD_MAC): 1}


async def test_no_line_is_counted_twice_over_a_restart(following):
    following.write(MAC)
    await following.read()
    following.follower = following.new()
    following.write(MAC)
    await following.read()
    assert await following.counts() == {(KEY, LogPattern.BAD_MAC): 2}


async def test_what_was_read_is_written_down_at_the_end(following):
    following.write(MAC)
    await following.read(after_s=0)
    assert await following.counts() == {}
    following.follower.start()
    await following.follower.stop()
    assert await following.counts() == {(KEY, LogPattern.BAD_MAC): 1}


async def test_a_removed_device_is_told_without_waiting_for_the_tick(following):
    watch = following.watch
    watch.gateway.forgets(KEY)
    watch.news.clear()
    following.follower.start()
    following.write(json.dumps(CLOSED) + "\n")
    await watch.news.wait()
    assert await watch.told() == "opened gone"
    (incident,) = await watch.open_incidents()
    assert incident.log_says is Cause.DEVICE_REMOVED
    await following.follower.stop()


async def heard(following, *lines):
    """The cause that the checker is told of by these lines."""
    following.write("".join(f"{line}\n" for line in lines))
    await following.read()
    return following.follower._news[KEY]


def stamped(following, hours_ago):
    return (following.watch.clock() - timedelta(hours=hours_ago)).isoformat()


async def test_a_cause_that_is_read_an_hour_late_makes_the_bot_look_and_no_more(following):
    closed = json.dumps(CLOSED | {"t": stamped(following, 2)})
    assert (await heard(following, closed)) == LOOK
    fresh = json.dumps(CLOSED | {"t": stamped(following, 0)})
    assert (await heard(following, fresh)).cause is Cause.DEVICE_REMOVED


async def test_a_line_without_a_time_is_as_late_as_its_wrapper_says(following):
    late = docker(json.dumps(CLOSED), time=stamped(following, 2))
    assert (await heard(following, late)) == LOOK
    fresh = docker(json.dumps(CLOSED), time=stamped(following, 0))
    assert (await heard(following, fresh)).cause is Cause.DEVICE_REMOVED


async def test_a_clock_that_is_ahead_makes_nothing_late(following):
    ahead = json.dumps(CLOSED | {"t": stamped(following, -5)})
    assert (await heard(following, ahead)).cause is Cause.DEVICE_REMOVED


async def test_how_much_of_a_file_was_understood_is_stored_with_its_gateway(following):
    following.write(MAC + "GET /\n")
    await following.read()
    async with following.watch.db.reading() as tx:
        (position,) = await log_positions.all_of(tx)
    assert (position.gateway, position.lines, position.understood) == (ONE, 2, 1)
    assert position.counted_since is not None


async def test_a_flood_of_looks_does_not_keep_the_log_from_being_read(following):
    watch = following.watch
    watch.gateway.says(KEY, State.DISCONNECTED)
    following.write((json.dumps(CLOSED) + "\n") * 1000)
    await following.read()
    assert (await following.counts())[KEY, LogPattern.DEVICE_REMOVED] == 1000


async def test_a_burst_is_one_incident_with_its_own_end(following):
    following.write(MAC * 49)
    assert await following.read() == "quiet"
    following.write(MAC)
    assert await following.read() == "opened above"
    following.write(MAC * 10)
    assert await following.read() == "quiet"
    (incident,) = await following.watch.open_incidents()
    assert (incident.company_id, incident.facts["count"]) == (KEY, 60)
    assert await following.read(after_s=4000) == "recovered"


async def test_a_burst_of_nobody_is_the_gateways(following):
    following.write("Bad MAC\n" * 50)
    assert await following.read() == "opened above"
    (incident,) = await following.watch.open_incidents()
    assert incident.company_id is None


async def test_a_database_that_fails_loses_no_count(following):
    following.write(MAC)
    await following.alter("log_counts RENAME TO away")
    with pytest.raises(DBAPIError):
        await following.read()
    await following.alter("away RENAME TO log_counts")
    following.write(MAC * 2)
    await following.read()
    assert await following.counts() == {(KEY, LogPattern.BAD_MAC): 3}


async def test_a_failure_is_told_by_its_name_alone(following):
    await following.alter("companies RENAME TO away")
    following.watch.clock.push(60)
    with capture_logs() as told:
        following.follower.start()
        await eventually(lambda: told)
        await following.follower.stop()
    await following.alter("away RENAME TO companies")
    assert [one["event"] for one in told] == ["log not followed"]
    # The two databases name it differently; neither says what was asked of it.
    assert told[0]["error"] in ("OperationalError", "ProgrammingError")
