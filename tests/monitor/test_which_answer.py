"""Which answer wins: every pair of sources, whatever they say."""

import itertools

import pytest

from bot.domain.session import State
from bot.monitor.rules.which_answer import AnswerSource, Says, said_by, which_wins

PAIRS = list(itertools.combinations(AnswerSource, 2))
BY_HAND = {
    (AnswerSource.SINGLE, AnswerSource.LIST): AnswerSource.SINGLE,
    (AnswerSource.SINGLE, AnswerSource.PUSH): AnswerSource.SINGLE,
    (AnswerSource.SINGLE, AnswerSource.LOG): AnswerSource.SINGLE,
    (AnswerSource.LIST, AnswerSource.PUSH): AnswerSource.LIST,
    (AnswerSource.LIST, AnswerSource.LOG): AnswerSource.LIST,
    (AnswerSource.PUSH, AnswerSource.LOG): AnswerSource.PUSH,
}


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("says", list(itertools.product(Says, Says)))
def test_of_every_pair_one_wins_with_a_reason_in_either_order(pair, says):
    first, second = zip(pair, says, strict=True)
    ruling = which_wins(first, second)
    assert ruling == which_wins(second, first)
    assert ruling.reason
    silent = pair == (AnswerSource.SINGLE, AnswerSource.LIST) and says[0] is Says.NOTHING
    assert ruling.winner is (AnswerSource.LIST if silent else BY_HAND[pair])


def test_neither_push_nor_log_takes_the_place_of_a_look_without_an_answer():
    for look, told in itertools.product(
        (AnswerSource.SINGLE, AnswerSource.LIST), (AnswerSource.PUSH, AnswerSource.LOG)
    ):
        ruling = which_wins((look, Says.NOTHING), (told, Says.WORKS))
        assert ruling.winner is look
        assert "proves nothing" in ruling.reason


@pytest.mark.parametrize("state", State)
def test_every_state_says_something_of_a_session(state):
    assert (said_by(state) is Says.WORKS) is (state is State.CONNECTED)
    assert (said_by(state) is Says.NOTHING) is (state is State.UNKNOWN)
