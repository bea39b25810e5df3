"""What a push says is believed where a look agrees; what the log says is told as its word."""

from dataclasses import replace
from datetime import timedelta

import pytest
from doubles import START
from watching import KEY, ONE, OTHER

from bot.domain.company import Company, CompanyId
from bot.domain.observation import CompanyStatus, DetectedBy, Observation
from bot.domain.session import Cause, State
from bot.domain.trouble import Symptom
from bot.gateways.events import GatewayEvent, PushNews
from bot.monitor.hints import (
    HINT_LIFE,
    ConnectionEvent,
    Hint,
    better,
    explained,
    meant_by_nameless,
    merged,
    news_in,
)

UP, DOWN, GONE, WAITS = (
    State.CONNECTED,
    State.DISCONNECTED,
    State.STOPPED,
    State.AWAITING_SCAN,
)
REMOVED, DROPPED, REFUSED = Cause.DEVICE_REMOVED, Cause.CONNECTION_CLOSED, Cause.LOGIN_REFUSED
HINT = Hint(cause=REMOVED, at=START, by=DetectedBy.PUSH)


def known(state=UP, cause=None, since=START):
    company = Company(id=KEY, gateway=ONE, session_key=KEY, name="")
    return CompanyStatus(company=company, state=state, cause=cause, since=since, was_connected=True)


def seen(state, cause=None, at=START):
    return Observation(company_id=KEY, at=at, state=state, cause=cause)


@pytest.mark.parametrize(
    ("memory", "look", "hint", "cause"),
    [
        (known(), seen(UP), HINT, None),
        (known(), seen(GONE), HINT, REMOVED),
        (known(), seen(DOWN), HINT, REMOVED),
        (known(), seen(WAITS), HINT, REMOVED),
        (known(), seen(GONE), None, None),
        (known(), seen(GONE, Cause.BANNED), HINT, Cause.BANNED),
        (known(GONE), seen(GONE), HINT, REMOVED),
        (known(DOWN), seen(WAITS), HINT, None),
        (known(since=START + HINT_LIFE), seen(GONE), HINT, None),
        (known(), seen(GONE, at=START + HINT_LIFE), HINT, None),
        (known(GONE, REMOVED), seen(GONE), None, REMOVED),
        (known(GONE, REMOVED), seen(GONE, REFUSED), None, REFUSED),
        (known(GONE, REMOVED), seen(WAITS), None, None),
        (known(WAITS, REMOVED), seen(GONE), None, None),
        (known(DOWN, DROPPED), seen(GONE), None, None),
        (known(DOWN, Cause.REPLACED), seen(GONE), None, Cause.REPLACED),
        (known(DOWN, Cause.UNKNOWN), seen(GONE), None, Cause.UNKNOWN),
        (known(UP, Cause.REPLACED), seen(GONE), None, None),
        (known(DOWN, Cause.REPLACED), seen(DOWN, DROPPED), None, Cause.REPLACED),
        (known(DOWN, Cause.REPLACED), seen(GONE, DROPPED), None, Cause.REPLACED),
        (known(DOWN, Cause.REPLACED), seen(GONE, REMOVED), None, REMOVED),
        (known(DOWN, Cause.UNKNOWN), seen(GONE, DROPPED), None, Cause.UNKNOWN),
        (known(WAITS, Cause.PASSKEY_REQUIRED), seen(GONE, DROPPED), None, DROPPED),
    ],
)
def test_a_pushed_cause_explains_what_a_look_has_seen(memory, look, hint, cause):
    assert explained(memory, look, hint).cause is cause


@pytest.mark.parametrize(
    ("memory", "look", "says"),
    [
        (known(), seen(UP), None),
        (known(), seen(GONE), REMOVED),
        (known(), seen(GONE, DROPPED), REMOVED),
        (known(), seen(WAITS), REMOVED),
        (known(DOWN), seen(WAITS), None),
        (known(since=START + HINT_LIFE), seen(GONE), None),
        (known(), seen(GONE, at=START + HINT_LIFE), None),
    ],
)
def test_what_the_log_says_is_kept_beside_the_cause_and_never_becomes_it(memory, look, says):
    by_log = replace(HINT, by=DetectedBy.LOG)
    found = explained(memory, look, None, by_log)
    assert found.log_says is says
    assert replace(found, log_says=None, log_at=None) == explained(memory, look, None)


@pytest.mark.parametrize(
    ("first", "then", "kept"),
    [
        (REMOVED, REFUSED, REMOVED),
        (REMOVED, DROPPED, REMOVED),
        (DROPPED, Cause.SERVICE_UNAVAILABLE, DROPPED),
        (DROPPED, REMOVED, REMOVED),
    ],
)
def test_the_first_cause_of_an_outage_is_kept_unless_only_the_second_is_final(first, then, kept):
    assert better(Hint(cause=first, at=START), Hint(cause=then, at=START)).cause is kept
    assert merged(ConnectionEvent(cause=first), ConnectionEvent(cause=then)).cause is kept


def test_an_old_cause_gives_way():
    late = Hint(cause=DROPPED, at=START + HINT_LIFE)
    assert better(HINT, late) is late


def test_an_opening_makes_what_was_said_before_the_past():
    opened = merged(ConnectionEvent(cause=REMOVED), ConnectionEvent(opened=True))
    assert opened == ConnectionEvent(opened=True)
    assert merged(opened, ConnectionEvent(cause=DROPPED)) == ConnectionEvent(
        opened=True, cause=DROPPED
    )


async def hear(watch, cause=REMOVED, who=KEY, opened=False, by=DetectedBy.LOG):
    await watch.checker.hint(ONE, {who: ConnectionEvent(cause=cause, opened=opened, by=by)})
    return await watch.told()


async def test_a_line_and_two_looks_that_agree_are_told_at_once_as_the_logs_word(watch):
    watch.gateway.forgets(KEY)
    before = watch.gateway.looks[KEY]
    assert await hear(watch) == "opened gone"
    assert watch.gateway.looks[KEY] == before + 2
    (incident,) = await watch.open_incidents()
    assert (incident.cause, incident.log_says) == (None, REMOVED)
    assert (await watch.known()).cause is None


async def test_a_line_alone_is_never_a_loss(watch):
    assert await hear(watch) == "quiet"
    assert (await watch.known()).state is UP


async def test_a_gateway_that_is_slow_to_notice_is_caught_by_the_next_look(watch):
    assert await hear(watch) == "quiet"
    watch.gateway.forgets(KEY)
    watch.clock.push(5)
    await watch.checker.look_again(ONE)
    assert await watch.told() == "opened gone"
    (incident,) = await watch.open_incidents()
    assert incident.log_says is REMOVED


async def test_an_old_line_explains_no_later_loss(watch):
    await hear(watch)
    watch.gateway.forgets(KEY)
    assert await watch.tick(after_s=300) == "opened gone"


async def test_a_line_from_before_the_session_opened_explains_nothing(watch):
    await hear(watch)
    await hear(watch, cause=None, opened=True)
    watch.gateway.forgets(KEY)
    assert await watch.tick() == "opened gone"


async def test_what_the_log_says_later_is_shown_as_well_and_once(watch):
    watch.gateway.forgets(KEY)
    assert await watch.tick() == "opened gone"
    assert await hear(watch) == "changed gone"
    assert await hear(watch) == "quiet"


async def test_what_was_called_gone_is_called_revoked_when_a_push_says_so(watch):
    watch.gateway.forgets(KEY)
    assert await watch.tick() == "opened gone"
    assert await hear(watch, by=DetectedBy.PUSH) == "changed revoked"


async def test_a_session_that_comes_back_by_itself_disproves_the_log(watch):
    watch.gateway.forgets(KEY)
    await hear(watch)
    watch.gateway.says(KEY, UP)
    await watch.tick()
    (incident,) = await watch.open_incidents()
    assert incident.log_says is None


async def test_once_a_code_is_shown_the_logs_word_is_remembered_and_counts_no_more(watch):
    watch.gateway.forgets(KEY)
    await hear(watch)
    watch.gateway.says(KEY, WAITS)
    await watch.tick()
    (incident,) = await watch.open_incidents()
    assert (incident.log_says, incident.log_said_at) == (REMOVED, None)


async def test_a_line_undoes_no_push(watch):
    watch.gateway.forgets(KEY)
    await watch.checker.hint(ONE, {KEY: ConnectionEvent(cause=DROPPED)})
    await hear(watch, by=DetectedBy.PUSH)
    await hear(watch, cause=None, opened=True)
    assert (await watch.known()).cause is REMOVED


async def test_a_revoked_session_stays_so_however_often_it_is_looked_at(watch):
    watch.gateway.forgets(KEY)
    await hear(watch, by=DetectedBy.PUSH)
    assert [await watch.tick() for _ in range(5)] == ["quiet"] * 5
    assert (await watch.known()).cause is REMOVED
    assert await watch.intervals() == [UP, GONE]


@pytest.mark.parametrize("cause", [REMOVED, Cause.ACCOUNT_LOCKED])
async def test_a_link_that_the_gateway_keeps_trying_is_told_at_once(watch, cause):
    watch.gateway.says(KEY, DOWN)
    assert await hear(watch, cause) == "opened away"
    assert await hear(watch, cause, by=DetectedBy.PUSH) == "changed revoked"


async def test_a_dropped_connection_has_its_grace(watch):
    watch.gateway.says(KEY, DOWN)
    assert await hear(watch, DROPPED) == "quiet"
    assert await hear(watch, DROPPED, by=DetectedBy.PUSH) == "quiet"
    assert (await watch.known()).cause is DROPPED


async def test_a_line_without_a_name_means_the_only_one_that_is_lost(pair):
    await pair.subscribe()
    pair.gateway.forgets(OTHER)
    assert await hear(pair, who=None) == "opened gone"
    (incident,) = await pair.open_incidents()
    assert (incident.company_id, incident.log_says) == (OTHER, REMOVED)


async def test_a_line_without_a_name_proves_nothing_of_two(pair):
    await pair.subscribe()
    pair.gateway.forgets(KEY)
    pair.gateway.forgets(OTHER)
    await hear(pair, who=None)
    told = {(incident.symptom, incident.log_says) for incident in await pair.open_incidents()}
    assert told == {(Symptom.GONE, None)}


async def test_a_silent_gateway_is_not_a_lost_session(watch):
    hint = replace(HINT, at=watch.clock())
    watch.gateway.failing.add(KEY)
    assert await hear(watch, hint.cause) == "quiet"
    assert await watch.open_incidents() == []


def pushed(state, cause=None, at=None):
    return GatewayEvent(what=PushNews.STATE, key=KEY, state=state, cause=cause, at=at)


@pytest.mark.parametrize("away_s", [-121, 121])
def test_a_push_that_comes_late_names_no_cause(away_s):
    late = pushed(DOWN, REMOVED, START - timedelta(seconds=away_s))
    assert news_in(late, START) == ConnectionEvent(cause=None, by=DetectedBy.PUSH)


@pytest.mark.parametrize("at", [None, START, START - HINT_LIFE, START + HINT_LIFE])
def test_a_push_of_this_moment_names_its_cause(at):
    told = pushed(DOWN, REMOVED, at)
    assert news_in(told, START) == ConnectionEvent(cause=REMOVED, by=DetectedBy.PUSH)


def test_a_push_of_a_connection_is_an_opening():
    assert news_in(pushed(UP), START) == ConnectionEvent(opened=True, by=DetectedBy.PUSH)


def test_a_cause_that_is_not_understood_is_none():
    told = pushed(DOWN, Cause.UNKNOWN, START)
    assert news_in(told, START) == ConnectionEvent(cause=None, by=DetectedBy.PUSH)


def away(**looks):
    """What a look saw of companies."""
    return {CompanyId(key): seen(state) for key, state in looks.items()}


def remembered(**states):
    return [
        replace(known(state), company=replace(known().company, id=CompanyId(key)))
        for key, state in states.items()
    ]


@pytest.mark.parametrize(
    ("before", "looks", "who"),
    [
        ({"a": UP, "b": UP}, {"a": DOWN, "b": UP}, "a"),
        ({"a": UP, "b": DOWN}, {"a": DOWN, "b": DOWN}, "a"),
        ({"a": DOWN, "b": UP}, {"a": DOWN, "b": DOWN}, "b"),
        ({"a": UP, "b": UP}, {"a": DOWN, "b": DOWN}, None),
        ({"b": UP}, {"a": DOWN, "b": UP}, "a"),
        ({"a": DOWN, "b": DOWN}, {"a": DOWN, "b": DOWN}, None),
        ({"a": UP, "b": UP}, {"a": UP, "b": UP}, None),
    ],
)
def test_a_nameless_line_means_the_one_that_is_lost(before, looks, who):
    news = ConnectionEvent(cause=REMOVED)
    assert meant_by_nameless(news, remembered(**before), away(**looks), only=None) == who


def test_a_nameless_opening_means_nobody_unless_there_is_but_one():
    before, looks = remembered(a=UP, b=UP), away(a=DOWN, b=UP)
    assert meant_by_nameless(ConnectionEvent(opened=True), before, looks, only=None) is None
    assert meant_by_nameless(ConnectionEvent(opened=True), before, looks, only=KEY) == KEY
