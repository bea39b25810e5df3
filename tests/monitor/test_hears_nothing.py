"""Sessions that are connected and hear nothing against their habit, and hooks that push nothing."""

import asyncio

import pytest
from watching import KEY, ONE, OTHER, Watch

from bot.domain.company import CompanyId
from bot.domain.habit import HOURS, hour_of, place_of
from bot.domain.notice import offers_of
from bot.domain.rest import Rest
from bot.domain.session import State
from bot.domain.trouble import Offer, Symptom, Trouble
from bot.gateways.events import GatewayEvent, PushNews
from bot.monitor.heard import Heard
from bot.monitor.hearing import HearingChecker
from bot.monitor.rules.hears_nothing import judge_hearing
from bot.monitor.rules.hook_silent import judge_hook
from storage.alerts import incidents, rests
from storage.sessions import heard

ALL = (1 << HOURS) - 1
THIRD, FOURTH = CompanyId("962304"), CompanyId("962305")
EVERY = (KEY, OTHER, THIRD, FOURTH)
assert judge_hearing
assert judge_hook


class Here:
    """Companies to which somebody writes all day, every day, for four weeks."""

    def __init__(self, watch, restartable=()):
        self.watch, self.rung = watch, 0
        self.checker = HearingChecker(
            watch.db, [ONE], restartable, clock=watch.clock, on_written=self._ring
        )
        self.heard = Heard(watch.db, clock=watch.clock, on_written=self._ring, written_after_s=0)

    def _ring(self):
        self.rung += 1

    async def begin(self, *companies, bits=ALL):
        week, bit = place_of(hour_of(self.watch.clock()))
        for company in companies:
            await self.watch.add(company)
            await self.watch.settle(company)
        async with self.watch.db.writing() as tx:
            for back in range(1, 5):
                await heard.note(tx, companies, week - back, bits)
            await heard.note(tx, companies, week, bits & ((1 << (bit + 1)) - 1))
        await self.checker.tick()

    async def comes_to(self, *keys):
        self.heard.take(ONE, [GatewayEvent(what=PushNews.MESSAGE, key=key) for key in keys])
        await self.heard.stop()

    async def hours(self, many, *hearing):
        for _ in range(many):
            self.watch.clock.push(3600)
            if hearing:
                await self.comes_to(*hearing)
            await self.checker.tick()

    async def open(self):
        async with self.watch.db.reading() as tx:
            every = await incidents.open_ones(tx, gateway=ONE)
        ours = (Trouble.HEARS_NOTHING, Trouble.HOOK_SILENT)
        return [incident for incident in every if incident.trouble in ours]


@pytest.fixture
async def here(db):
    here = Here(Watch(db, [ONE]))
    await here.begin(*EVERY)
    return here


OTHERS = (OTHER, THIRD, FOURTH)


async def test_who_is_silent_against_its_habit_is_told_once(here):
    await here.hours(4, *OTHERS)
    assert await here.open() == []
    await here.hours(1, *OTHERS)
    (incident,) = await here.open()
    assert (incident.company_id, incident.symptom) == (KEY, Symptom.HEARS_NOTHING)
    assert incident.severity == "warning"
    await here.hours(10, *OTHERS)
    assert [found.version for found in await here.open()] == [incident.version]


async def test_the_first_message_ends_it(here):
    await here.hours(6, *OTHERS)
    assert await here.open()
    await here.comes_to(KEY)
    assert await here.open() == []
    assert here.rung == 2


async def test_everybody_silent_is_the_hook_and_told_of_the_gateway(here):
    await here.hours(12)
    (incident,) = await here.open()
    assert (incident.company_id, incident.trouble) == (None, Trouble.HOOK_SILENT)
    await here.hours(5)
    assert len(await here.open()) == 1
    await here.comes_to(OTHER)
    assert await here.open() == []


async def test_half_of_them_silent_at_once_is_a_holiday(db):
    here = Here(Watch(db, [ONE]))
    every = [CompanyId(f"9623{number}") for number in range(10, 16)]
    await here.begin(*every)
    await here.hours(12, *every[3:])
    assert await here.open() == []


async def test_the_bots_own_absence_is_nobodys_silence(db):
    watch = Watch(db, [ONE])
    await Here(watch).begin(*EVERY)
    watch.clock.push(10 * 3600)  # it was away
    await watch.tick()
    again = Here(watch)
    await again.checker.tick()
    assert await again.open() == []
    await again.hours(4, *OTHERS)
    assert await again.open() == []
    await again.hours(1, *OTHERS)
    assert [incident.company_id for incident in await again.open()] == [KEY]


async def test_who_was_away_meanwhile_is_judged_from_its_return(here):
    await here.hours(3, *OTHERS)
    here.watch.gateway.says(KEY, State.DISCONNECTED)
    await here.watch.tick()
    here.watch.gateway.says(KEY, State.CONNECTED)
    await here.watch.tick()
    await here.hours(4, *OTHERS)
    assert await here.open() == []
    await here.hours(2, *OTHERS)
    assert await here.open()


async def test_who_is_lost_is_not_called_deaf(here):
    here.watch.gateway.says(KEY, State.LOGGED_OUT)
    await here.watch.tick()
    await here.hours(10, *OTHERS)
    assert await here.open() == []


async def test_who_rests_is_left_alone(here):
    async with here.watch.db.writing() as tx:
        await rests.begin(tx, Rest(company_id=KEY, by="Anna", since_at=here.watch.clock()), 1001)
    await here.hours(10, *OTHERS)
    assert await here.open() == []


async def test_a_company_without_a_habit_is_never_called_deaf(db):
    here = Here(Watch(db, [ONE]))
    await here.begin(KEY, bits=0b1000)
    await here.watch.add(OTHER)
    await here.watch.settle(OTHER)
    await here.hours(30, OTHER)
    assert await here.open() == []


@pytest.mark.parametrize(("restartable", "offer"), [([ONE], Offer.RESTART), ([], Offer.REVIVE)])
async def test_a_restart_is_offered_where_somebody_has_said_how(db, restartable, offer):
    here = Here(Watch(db, [ONE]), restartable)
    await here.begin(*EVERY)
    await here.hours(5, *OTHERS)
    (incident,) = await here.open()
    assert offers_of(incident)[0] is offer
    assert Offer.RESET not in offers_of(incident)


async def test_a_habit_that_fades_ends_it_and_says_that_nothing_is_known(here):
    await here.hours(5, *OTHERS)
    assert await here.open()
    for _ in range(4):
        here.watch.clock.push(HOURS * 3600)
        await here.comes_to(*OTHERS)
    await here.checker.tick()
    assert await here.open() == []


# What is written.


async def rows(watch):
    async with watch.db.reading() as tx:
        week, _ = place_of(hour_of(watch.clock()))
        return await heard.of_gateway(tx, ONE, week)


async def test_a_thousand_messages_of_an_hour_are_one_row(db):
    watch = Watch(db, [ONE])
    here = Here(watch)
    await watch.add(KEY)
    for _ in range(1000):
        here.heard.take(ONE, [GatewayEvent(what=PushNews.MESSAGE, key=KEY)])
    assert len(here.heard._waiting) == 1
    await here.heard.stop()
    week, bit = place_of(hour_of(watch.clock()))
    assert await rows(watch) == {KEY: {week: 1 << bit}}
    here.heard.take(ONE, [GatewayEvent(what=PushNews.MESSAGE, key=KEY)])
    assert here.heard._waiting == {}


async def test_hours_are_added_up(db):
    watch = Watch(db, [ONE])
    here = Here(watch)
    await watch.add(KEY)
    for _ in range(3):
        await here.comes_to(KEY)
        watch.clock.push(3600)
    assert (
        sum(bits.bit_count() for weeks in (await rows(watch)).values() for bits in weeks.values())
        == 3
    )


async def test_sessions_that_nobody_watches_are_not_noted(db):
    watch = Watch(db, [ONE])
    here = Here(watch)
    await here.comes_to("a stranger's session", "'; DROP TABLE companies; --", "")
    assert await rows(watch) == {}


async def test_what_waits_is_written_by_itself(db):
    watch = Watch(db, [ONE])
    here = Here(watch)
    await watch.add(KEY)
    here.heard.take(ONE, [GatewayEvent(what=PushNews.MESSAGE, key=KEY)])
    await asyncio.wait_for(here.heard._writing, 5)
    assert KEY in await rows(watch)


async def test_old_weeks_are_forgotten(db):
    watch = Watch(db, [ONE])
    await watch.add(KEY)
    week, _ = place_of(hour_of(watch.clock()))
    async with db.writing() as tx:
        for back in (0, 5, 6, 50):
            await heard.note(tx, [KEY], week - back, 1)
        await heard.forget(tx, week - 5)
    async with db.reading() as tx:
        found = await heard.of_gateway(tx, ONE, 0)
    assert sorted(found[KEY]) == [week - 5, week]
