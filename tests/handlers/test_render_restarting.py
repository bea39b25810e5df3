"""How the restart of a gateway goes on and ends."""

from datetime import timedelta

import pytest
from shown import EN, RU, carried, words

from bot.domain.company import GatewayName
from bot.domain.gateway_restart import Restarted, RestartOutcome, RestartStep
from handlers.render.restart import progress

MAIN = GatewayName("main")
BOTH = tuple(RestartStep)


def ended(outcome, t=EN, **more):
    end = Restarted(outcome=outcome, took=timedelta(seconds=4), **more)
    return words(progress(t, MAIN, BOTH, end))


def test_while_it_runs_there_is_nothing_to_press():
    screen = progress(RU, MAIN, BOTH, None)
    assert [line[0] for line in words(screen).splitlines()[1:]] == ["✔", "⏳"]
    assert carried(screen) == []


def test_a_command_that_printed_something_says_where_that_is_kept():
    kept = EN.say("restart.output")
    said = ended(RestartOutcome.DONE, answers=True, output="token=hidden")
    assert said.endswith(kept)
    assert "hidden" not in said
    assert kept not in ended(RestartOutcome.DONE, answers=True)


@pytest.mark.parametrize("outcome", [RestartOutcome.FAILED, RestartOutcome.TOO_LONG])
def test_a_command_that_went_wrong_does_not_hide_whether_the_gateway_answers(outcome):
    assert "Шлюз отвечает." in ended(outcome, RU, answers=True)
    assert "Шлюз не отвечает." in ended(outcome, RU)


@pytest.mark.parametrize(
    "outcome", [RestartOutcome.NOT_STARTED, RestartOutcome.BUSY, RestartOutcome.INTERRUPTED]
)
def test_where_nothing_was_tried_nothing_is_said_of_the_gateway(outcome):
    said = ended(outcome, RU, output="x")
    assert "Шлюз отвечает" not in said
    assert "Шлюз не отвечает" not in said
    assert "напечатала" not in said


def test_an_error_comes_with_its_code_or_a_question_mark():
    assert "3" in ended(RestartOutcome.FAILED, exit_code=3)
    assert "?" in ended(RestartOutcome.FAILED)
