"""Which answer wins: every pair of sources, whatever they say."""

import itertools

import pytest

from bot.domain.session import State
from bot.monitor.rules.which_answer import Says, Source, said_by, which_wins

PAIRS = list(itertools.combinations(Source, 2))
BY_HAND = {
    (Source.SINGLE, Source.LIST): Source.SINGLE,
    (Source.SINGLE, Source.PUSH): Source.SINGLE,
    (Source.SINGLE, Source.LOG): Source.SINGLE,
    (Source.LIST, Source.PUSH): Source.LIST,
    (Source.LIST, Source.LOG): Source.LIST,
    (Source.PUSH, Source.LOG): Source.PUSH,
}


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("says", list(itertools.product(Says, Says)))
def test_of_every_pair_one_wins_with_a_reason_in_either_order(pair, says):
    first, second = zip(pair, says, strict=True)
    ruling = which_wins(first, second)
    assert ruling == which_wins(second, first)
    assert ruling.reason
    silent = pair == (Source.SINGLE, Source.LIST) and says[0] is Says.NOTHING
    assert ruling.winner is (Source.LIST if silent else BY_HAND[pair])


def test_neither_push_nor_log_takes_the_place_of_a_look_without_an_answer():
    for look, told in itertools.product((Source.SINGLE, Source.LIST), (Source.PUSH, Source.LOG)):
        ruling = which_wins((look, Says.NOTHING), (told, Says.WORKS))
        assert ruling.winner is look
        assert "proves nothing" in ruling.reason


@pytest.mark.parametrize("state", State)
def test_every_state_says_something_of_a_session(state):
    assert (said_by(state) is Says.WORKS) is (state is State.CONNECTED)
    assert (said_by(state) is Says.NOTHING) is (state is State.UNKNOWN)
