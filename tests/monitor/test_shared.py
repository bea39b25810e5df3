"""Two users of one session throw each other out for ever: told once, as what it is."""

from dataclasses import replace
from datetime import timedelta

import pytest
from test_proof import down
from test_rules import ago, known, look_of, seen
from watching import KEY, ONE, OTHER

from bot.domain.observation import DetectedBy
from bot.domain.session import Cause, State
from bot.domain.trouble import Symptom, Trouble
from bot.gateways.events import GatewayEvent, PushNews
from bot.monitor.hints import ConnectionEvent, merged
from bot.monitor.pushes import PushedLooks
from bot.monitor.rules.shared import SEVERAL, WINDOW, is_fighting, judge_shared

UP, DOWN, CONNECTING = State.CONNECTED, State.DISCONNECTED, State.CONNECTING
TAKEN = ConnectionEvent(cause=Cause.REPLACED)
PUSHED = replace(TAKEN, by=DetectedBy.PUSH)
OPENED = ConnectionEvent(opened=True)


def thrown(times, *, s_ago=0, state=UP):
    return replace(seen(state), thrown_out=times, thrown_out_at=ago(s_ago))


def shared(last_s_ago):
    """An open incident."""
    facts = {"count": 3, "last_at": ago(last_s_ago).isoformat()}
    return replace(
        down(Symptom.SHARED), trouble=Trouble.SHARED, opened_at=ago(last_s_ago), facts=facts
    )


@pytest.mark.parametrize(
    ("told", "look", "health"),
    [
        ("never", seen(UP), "wait"),
        ("once: somebody restarted a container", thrown(1), "wait"),
        ("twice", thrown(SEVERAL - 1), "wait"),
        ("three times", thrown(SEVERAL), "bad"),
        ("three times, and away at this moment", thrown(SEVERAL, state=DOWN), "bad"),
        ("a hundred times", thrown(100), "bad"),
    ],
)
def test_it_takes_three_times(told, look, health):
    verdict = judge_shared(look_of(known(UP, 900), look))
    assert (verdict.trouble, verdict.health) == (Trouble.SHARED, health), told
    assert verdict.reason


@pytest.mark.parametrize(("last_s_ago", "health"), [(1, "wait"), (599, "wait"), (600, "well")])
def test_it_is_over_after_ten_minutes_without(last_s_ago, health):
    was = known(UP, 900, incidents=(shared(last_s_ago),))
    assert judge_shared(look_of(was, seen(UP))).health == health
    assert timedelta(seconds=600) == WINDOW


def test_what_was_told_as_lost_by_it_is_not_told_again():
    lost = replace(down(Symptom.AWAY), cause=Cause.REPLACED)
    assert judge_shared(look_of(known(DOWN, 95, incidents=(lost,)), thrown(5))).health == "wait"


@pytest.mark.parametrize(
    ("last_s_ago", "cause", "fights"),
    [
        (1, None, True),
        (59, Cause.REPLACED, True),
        (60, Cause.REPLACED, False),
        (1, Cause.DEVICE_REMOVED, False),
        (1, Cause.ACCOUNT_LOCKED, False),
    ],
)
def test_only_a_fight_that_goes_on_hides_that_it_is_away(last_s_ago, cause, fights):
    was = known(DOWN, 95, incidents=(shared(last_s_ago),))
    assert is_fighting(was, seen(DOWN, cause)) is fights


@pytest.mark.parametrize("news", [[TAKEN, OPENED], [OPENED, TAKEN], [OPENED, TAKEN, OPENED]])
def test_several_news_together_forget_it_not(news):
    together = None
    for told in news:
        together = merged(together, told)
    assert together.replaced


def test_an_opening_alone_is_none():
    assert not merged(OPENED, OPENED).replaced


async def fight(watch, news, times, *, looks=(UP,), apart_s=2):
    """What the group is told while somebody else keeps logging in."""
    heard = []
    for turn in range(times):
        watch.clock.push(apart_s)
        watch.gateway.says(KEY, looks[turn % len(looks)])
        await watch.checker.hint(ONE, {KEY: merged(news, replace(OPENED, by=news.by))})
        heard.append(await watch.told())
    return [told for told in heard if told != "quiet"]


async def test_pushes_alone_tell_it_though_each_look_sees_it_connected(watch):
    assert await fight(watch, PUSHED, 40) == ["opened shared"]


@pytest.mark.parametrize("looks", [(UP, CONNECTING), (DOWN, UP), (CONNECTING, DOWN, UP)])
async def test_a_log_is_believed_where_a_look_has_seen_it_away(watch, looks):
    assert await fight(watch, TAKEN, 40, looks=looks) == ["opened shared"]


async def test_lines_alone_say_nothing_of_a_session_that_stays_connected(watch):
    assert await fight(watch, TAKEN, 40) == []


async def test_a_dozen_lines_of_one_moment_are_one(watch):
    assert await fight(watch, PUSHED, 12, apart_s=0.05) == []


async def test_what_happens_thrice_in_an_hour_is_no_fight(watch):
    assert await fight(watch, PUSHED, 5, apart_s=700) == []


async def test_a_fight_in_which_it_is_mostly_away_is_told_as_nothing_else(watch):
    assert await fight(watch, PUSHED, 200, looks=(CONNECTING, DOWN, DOWN)) == ["opened shared"]


async def test_who_stays_away_when_the_fight_is_over_is_told(watch):
    await fight(watch, PUSHED, 5, looks=(CONNECTING, DOWN))
    watch.gateway.says(KEY, DOWN)
    told = [await watch.tick(after_s=30) for _ in range(6)]
    assert "opened away" in told


async def test_it_is_told_when_it_is_over_and_outlives_a_restart_of_the_bot(watch):
    await fight(watch, PUSHED, 5)
    watch.checker._judge._throwings._times.clear()
    assert await watch.tick(after_s=300) == "quiet"
    assert await watch.tick(after_s=301) == "recovered"


async def test_pushes_of_an_outage_are_none(pair):
    looks = PushedLooks(pair.db, pair.checker, clock=pair.clock)
    for _ in range(20):
        pair.clock.push(2)
        for cause in (Cause.CONNECTION_CLOSED, Cause.CONNECTION_LOST, Cause.RESTART_REQUIRED):
            away = GatewayEvent(what=PushNews.STATE, key=OTHER, state=DOWN, cause=cause)
            back = GatewayEvent(what=PushNews.STATE, key=OTHER, state=UP)
            await looks.take(ONE, [away, back])
    assert Trouble.SHARED not in {one.trouble for one in await pair.open_incidents()}
