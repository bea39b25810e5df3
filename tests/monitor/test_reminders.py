"""What is said again, and what a mute hides; look by look, turn by turn."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from watching import GROUP, KEY, ONE, OTHER, Watch

from bot.domain.incident import Ack
from bot.domain.mute import Mute
from bot.domain.notice import ChatAddress
from bot.domain.session import State
from bot.gateways.base import GatewayUnreachable
from bot.monitor.reminders import Reminder, tell_what_is_on
from storage.alerts import incidents, mutes

UP, STOPPED = State.CONNECTED, State.STOPPED
HOUR = timedelta(hours=1)


def reminder(watch):
    return Reminder(watch.db, HOUR, clock=watch.clock, on_written=watch._ring)


async def turns(watch, *minutes):
    """What the group is told when the reminder looks after so many minutes, again and again."""
    heard = []
    for much in minutes:
        watch.clock.push(much * 60)
        await reminder(watch).tick()  # a new one each time: nothing is remembered in it
        heard.append(await watch.told())
    return heard


async def mute(watch, company_id=KEY, **much):
    now = watch.clock()
    one = Mute(company_id=company_id, until_at=now + timedelta(**much), by="Борис", muted_at=now)
    async with watch.db.writing() as tx:
        await mutes.put(tx, one, 3)
    return one


async def take(watch):
    async with watch.db.writing() as tx:
        for one in await incidents.open_ones(tx):
            ack = Ack("Борис", watch.clock())
            changed = type(one)(**{**vars(one), "ack": ack, "version": one.version + 1})
            assert await incidents.put(tx, changed, was=one.version)


async def test_it_repeats_after_the_interval_and_then_after_the_next(watch):
    assert await watch.tape(STOPPED) == ["opened gone"]
    heard = await turns(watch, 59, 1, 1, 58, 1)
    assert heard == ["quiet", "repeated gone", "quiet", "quiet", "repeated gone"]


async def test_two_programs_repeat_it_once(watch):
    await watch.tape(STOPPED)
    watch.clock.push(3600)
    await reminder(watch).tick()
    await reminder(watch).tick()
    assert await watch.told() == "opened gone + repeated gone".partition(" + ")[2]


async def test_what_somebody_has_taken_on_is_not_repeated(watch):
    await watch.tape(STOPPED)
    await take(watch)
    assert await turns(watch, 60, 60, 60) == ["quiet"] * 3


async def test_what_is_over_is_not_repeated(watch):
    await watch.tape(STOPPED, UP, UP)
    assert await turns(watch, 60, 60) == ["quiet"] * 2


async def test_while_muted_nothing_is_said_and_all_is_recorded(watch):
    await mute(watch, hours=2)
    assert await watch.tape(STOPPED) == ["quiet"]
    assert len(await watch.open_incidents()) == 1
    assert await turns(watch, 61, 50) == ["quiet", "quiet"]


async def test_at_the_end_of_a_mute_what_is_still_on_is_told_aloud(watch):
    await mute(watch, hours=2)
    await watch.tape(STOPPED)
    assert await turns(watch, 118, 1, 59, 1) == [
        "quiet",
        "opened gone",
        "quiet",
        "repeated gone",
    ]


async def test_at_the_end_of_a_mute_a_known_trouble_is_said_again(watch):
    await watch.tape(STOPPED)
    await mute(watch, minutes=15)
    assert await turns(watch, 14, 1) == ["quiet", "repeated gone"]


async def test_a_mute_that_hid_nothing_ends_in_silence(watch):
    await mute(watch, minutes=15)
    assert await turns(watch, 16, 1) == ["quiet", "quiet"]


async def test_the_recovery_of_what_is_muted_is_not_told_but_its_card_is_true(watch):
    await watch.tape(STOPPED)
    await mute(watch, hours=2)
    assert await watch.tape(UP, UP) == ["changed settling", "changed settling"]
    assert await watch.open_incidents() == []


async def test_a_mute_of_one_hides_no_other(pair):
    await pair.subscribe()
    await mute(pair, KEY, hours=2)
    assert await pair.tape(STOPPED) == ["quiet"]
    assert await pair.tape(STOPPED, key=OTHER) == ["opened gone"]


async def test_a_mute_of_all_hides_the_silence_of_a_gateway_as_well(watch):
    await mute(watch, None, hours=2)
    watch.gateway.failure = GatewayUnreachable("refused")
    assert [await watch.tick(), await watch.tick()] == ["quiet", "quiet"]


async def test_a_mute_of_one_hides_no_silence_of_a_gateway(watch):
    await mute(watch, KEY, hours=2)
    watch.gateway.failure = GatewayUnreachable("refused")
    assert [await watch.tick(), await watch.tick()] == ["quiet", "opened unreachable"]


async def test_where_two_mutes_hide_it_the_longer_one_counts(watch):
    await mute(watch, KEY, minutes=30)
    await mute(watch, None, hours=2)
    await watch.tape(STOPPED)
    assert await turns(watch, 60, 60) == ["quiet", "opened gone"]


async def test_a_chat_that_was_told_is_reminded_and_one_that_was_not_is_told(watch):
    await watch.tape(STOPPED)
    late = ChatAddress(-1002)
    await watch.subscribe(late)
    await turns(watch, 60)
    assert await watch.told(late) == "opened gone"


async def test_unmuting_tells_at_once_what_is_on(watch):
    one = await mute(watch, hours=2)
    await watch.tape(STOPPED)
    async with watch.db.writing() as tx:
        await mutes.remove(tx, KEY, watch.clock())
        assert await tell_what_is_on(tx, one, watch.clock()) == 1
    assert await watch.told(GROUP) == "opened gone"


@pytest.mark.parametrize("restarts", [False, True])
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(st.integers(1, 50), min_size=1, max_size=12))
async def test_it_is_never_said_twice_in_an_interval(new_database, tmp_path, restarts, steps):
    """However irregularly somebody looks, and whether or not the program starts anew each time."""
    name = f"{restarts}-{'-'.join(map(str, steps))}"[:100]
    db = new_database(tmp_path / f"{name}.db")
    try:
        watch = Watch(db, [ONE])
        await watch.add(KEY)
        await watch.subscribe()
        await watch.settle()
        await watch.tape(STOPPED)
        told, since, one = [], 0, reminder(watch)
        for much in steps:
            watch.clock.push(much * 60)
            since += much
            await (reminder(watch) if restarts else one).tick()
            if await watch.told() != "quiet":
                told.append(since)
                since = 0
            assert since < 60
        assert all(60 <= gap < 60 + 50 for gap in told)
    finally:
        await db.close()
