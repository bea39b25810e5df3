"""Restricted accounts, as gateways tell of them, and sends that are refused for it."""

from datetime import UTC, datetime, timedelta

import pytest
from kinds_world import KEY, OTHER, PHONE, met, path_of

from bot.domain.restriction import FREE, RestrictionKind
from bot.domain.session import State
from bot.gateways.base import NotSent, Restricted
from bot.gateways.kinds import CODED
from bot.gateways.restrictions import (
    capping_in,
    moment_in,
    says_restricted,
    timelock_in,
    worse,
)

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=5)
SECONDS = int(LATER.timestamp())


@pytest.mark.parametrize(
    "said",
    [
        "2 UNKNOWN: server returned error 463",
        "error sending message: server returned error 463",
        "o servidor retornou o erro 463",
        "WA_REACHOUT_TIMELOCK whatsapp restricts new conversations",
        "NackCallerReachoutTimelocked",
        {"error": {"code": 463, "message": "nack"}},
        {"status": 500, "response": {"message": ["Error: status code: 463"]}},
        "Your account has been restricted",
        "ошибка 463",
        {"error": "463"},
    ],
)
def test_these_words_say_that_the_account_is_restricted(said):
    assert says_restricted(said)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "the number +1 463 555 0100 is not on WhatsApp",
        "1463",
        "error 4630",
        "error +463 555 0100: no such number",
        "463 messages are waiting",
        {"id": "true_79000000463@c.us_3EB0463AB"},
        "session status is not as expected",
        "code 408",
        None,
        "status: 4633",
        "restricted permissions on /data",
    ],
)
def test_from_these_nothing_follows(said):
    assert not says_restricted(said)


def test_endless_words_are_read_in_no_time():
    assert not says_restricted("error " * 200_000)


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        (SECONDS, LATER),
        (SECONDS * 1000, LATER),
        (str(SECONDS), LATER),
        (LATER.isoformat(), LATER),
        ("2026-11-29T20:00:00+03:00", LATER),
        (float(SECONDS), LATER),
        (None, None),
        (0, None),
        (-5, None),
        (True, None),
        ("soon", None),
        ("2026-11-29T17:00:00", None),
        (1e300, None),
        (float("inf"), None),
        (float("nan"), None),
        ([SECONDS], None),
        ("9" * 400, None),
        ("0001-01-01T00:00:00+23:59", None),
    ],
)
def test_a_moment_is_read_in_any_form_that_leaves_no_doubt(told, moment):
    assert moment_in(told) == moment


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"isActive": True, "timeEnforcementEnds": SECONDS}, RestrictionKind.NOT_FIRST),
        ({"isActive": True, "timeEnforcementEnds": None}, RestrictionKind.NOT_FIRST),
        ({"isActive": True, "timeEnforcementEnds": "?"}, RestrictionKind.NOT_FIRST),
        ({"isActive": True, "timeEnforcementEnds": 1}, RestrictionKind.NONE),
        ({"isActive": False, "timeEnforcementEnds": SECONDS}, RestrictionKind.NONE),
        ({"isActive": "yes"}, None),
        ({}, None),
        (None, None),
        ([], None),
    ],
)
def test_a_timelock_is_what_it_says(told, kind):
    found = timelock_in(told, NOW)
    assert (None if found is None else found.kind) == kind


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"cappingStatus": "CAPPED", "cycleEnd": SECONDS}, RestrictionKind.USED_UP),
        ({"cappingStatus": "CAPPED", "cycleEnd": 1}, RestrictionKind.NONE),
        (
            {"cappingStatus": "SECOND_WARNING", "usedQuota": 9, "totalQuota": 9},
            RestrictionKind.NONE,
        ),
        ({"cappingStatus": "NONE", "totalQuota": -1, "usedQuota": 0}, RestrictionKind.NONE),
        ({"cappingStatus": "NEW_WORD", "totalQuota": 5, "usedQuota": 5}, RestrictionKind.USED_UP),
        ({"cappingStatus": "NEW_WORD", "totalQuota": -1, "usedQuota": 5}, RestrictionKind.NONE),
        ({"cappingStatus": "NEW_WORD", "totalQuota": 0, "usedQuota": 0}, RestrictionKind.NONE),
        ({"cappingStatus": 7}, None),
        ({"totalQuota": 5, "usedQuota": 5}, None),
        (None, None),
    ],
)
def test_a_cap_keeps_from_something_once_it_is_reached(told, kind):
    found = capping_in(told, NOW)
    assert (None if found is None else found.kind) == kind


def test_what_keeps_from_more_counts():
    locked = timelock_in({"isActive": True}, NOW)
    assert worse(FREE, locked) is locked
    assert worse(locked, None) is locked
    assert worse(None, FREE) is FREE
    assert worse(None, None) is None


# Before the doubles.


async def acted(here, act):
    await here.gateway.act(KEY, act)


@pytest.mark.parametrize("act", ["may_not_write_first", "quota_used_up"])
async def test_waha_tells_of_it_in_the_list_and_of_one(tmp_path, act):
    async with met("waha", tmp_path) as here:
        await acted(here, act)
        alone = await here.adapter.get_session(KEY)
        listed = {info.key: info for info in await here.adapter.list_sessions()}
        assert alone.state is State.CONNECTED
        assert alone.restriction.kind is not RestrictionKind.NONE
        assert alone.restriction.until is not None
        assert listed[KEY].restriction == alone.restriction
        assert listed[OTHER].restriction == FREE
        await acted(here, "restriction_lifted")
        assert (await here.adapter.get_session(KEY)).restriction == FREE


def asked_for_more(here):
    return [path for path in map(path_of, here.wire.asked) if path.endswith(("lock", "capping"))]


async def test_a_build_that_tells_of_it_by_itself_is_asked_for_nothing_more(tmp_path):
    async with met("waha", tmp_path) as here:
        await acted(here, "may_not_write_first")
        for _ in range(3):
            await here.adapter.get_session(KEY)
        assert asked_for_more(here) == []


def tell_nothing(here):
    """Make a WAHA of it that tells nothing of restrictions beside the number."""
    here.gateway.lies.tells_limits = False


async def test_an_older_build_with_the_routes_is_asked_seldom_and_its_list_says_the_same(tmp_path):
    async with met("waha", tmp_path) as here:
        tell_nothing(here)
        await acted(here, "may_not_write_first")
        for _ in range(5):
            info = await here.adapter.get_session(KEY)
            assert info.restriction.kind is RestrictionKind.NOT_FIRST
        listed = {info.key: info for info in await here.adapter.list_sessions()}
        assert listed[KEY].restriction == info.restriction
        assert asked_for_more(here) == [
            f"/api/sessions/{KEY}/timelock",
            f"/api/sessions/{KEY}/capping",
        ]


async def test_a_route_that_is_not_there_is_asked_for_once_for_all_sessions(tmp_path):
    async with met("waha", tmp_path) as here:
        tell_nothing(here)
        for key in (KEY, OTHER, KEY, OTHER):
            assert (await here.adapter.get_session(key)).state is State.CONNECTED
        # This engine knows no capping.
        assert sum("capping" in path for path in asked_for_more(here)) == 1
        assert sum("timelock" in path for path in asked_for_more(here)) == 2


REFUSING = [kind for kind in CODED if kind not in ("ai_admin", "evolution", "wppconnect")]


@pytest.mark.parametrize("kind", REFUSING)
async def test_a_send_that_is_refused_for_it_is_told_as_that(kind, tmp_path):
    async with met(kind, tmp_path) as here:
        await acted(here, "sends_refused")
        with pytest.raises(Restricted) as refusal:
            await here.adapter.send_text(KEY, PHONE, "ping")
        assert isinstance(refusal.value, NotSent)
        await acted(here, "restriction_lifted")
        assert await here.adapter.send_text(KEY, PHONE, "ping")


@pytest.mark.parametrize("kind", CODED)
async def test_who_may_not_write_first_still_writes_to_its_own_number(kind, tmp_path):
    async with met(kind, tmp_path) as here:
        await acted(here, "may_not_write_first")
        assert await here.adapter.send_text(KEY, PHONE, "ping")
