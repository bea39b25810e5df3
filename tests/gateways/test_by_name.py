"""Every entry of a list is told, whatever stands where its name should be. Of every kind."""

import pytest
from kinds_world import KEY, OTHER, met

from bot.domain.session import State
from bot.domain.session_names import is_session_key
from bot.gateways.base import NAMELESS, SessionInfo
from bot.gateways.by_name import by_name
from bot.gateways.kinds import CODED

NO_NAMES = [None, "", 962302, 1.5, True, [], ["962302"], {}, {"name": "962302"}]
ODD_NAMES = [
    "\u200b\u2060",
    " ",
    "\u3164",
    "x" * 201,
    "x" * 5_000,
    "..",
    "../x",
    "a/b",
    "two\nlines",
]


def info(key, state=State.CONNECTED, **more):
    return SessionInfo(key=key, state=state, raw_state="open", **more)


@pytest.mark.parametrize("kind", CODED)
@pytest.mark.parametrize("told", NO_NAMES, ids=repr)
async def test_what_is_no_name_is_counted(tmp_path, kind, told):
    async with met(kind, tmp_path) as here:
        here.gateway.lists_too(told, told)
        found = by_name(await here.adapter.list_sessions())
        assert set(found.sessions) == {KEY, OTHER}
        assert (found.nameless, found.alike, found.entries) == (2, (), 4)
        assert found.sessions[KEY].state is State.CONNECTED


@pytest.mark.parametrize("kind", CODED)
@pytest.mark.parametrize("name", ODD_NAMES, ids=lambda name: ascii(name[:12]))
async def test_any_text_is_told_as_it_is(tmp_path, kind, name):
    async with met(kind, tmp_path) as here:
        here.gateway.lists_too(name)
        found = by_name(await here.adapter.list_sessions())
        assert set(found.sessions) == {KEY, OTHER, name}
        if not is_session_key(name):  # nothing is asked about it
            assert not any(name in request.url.path for request in here.wire.asked)


@pytest.mark.parametrize("kind", CODED)
async def test_a_name_that_is_listed_again_is_one_session(tmp_path, kind):
    async with met(kind, tmp_path) as here:
        here.gateway.lists_too(OTHER, OTHER)
        found = by_name(await here.adapter.list_sessions())
        assert set(found.sessions) == {KEY, OTHER}
        assert (found.alike, found.entries) == ((OTHER, OTHER), 4)


def test_of_one_that_is_told_in_two_ways_nothing_is_known():
    found = by_name([info("a"), info("a", State.STOPPED), info("b"), info("b"), info("b")])
    assert found.sessions["a"].state is State.UNKNOWN
    assert found.sessions["b"].state is State.CONNECTED
    assert found.alike == ("a", "b", "b")


def test_two_numbers_of_one_name_are_two_ways():
    found = by_name([info("a", owner_phone="790001"), info("a", owner_phone="790002")])
    assert (found.sessions["a"].state, found.sessions["a"].owner_phone) == (State.UNKNOWN, None)


def test_the_nameless_have_no_session():
    assert by_name([info(NAMELESS)]).sessions == {}
