"""Log lines that repeat: the first are written, the rest is counted, nothing is lost in silence."""

import io
import logging

import pytest
import structlog

from bot import logs
from bot.logs.repeats import Repeats


def handler_of(**bounds):
    """A handler as `configure` makes it, with bounds of one's own; what it writes."""
    stream = io.StringIO()
    handler = logs._Handler(stream, Repeats(**bounds))
    handler.setFormatter(logs._formatter("text", []))
    logger = logging.Logger("asyncio")  # noqa: LOG001 - it must not reach the root
    logger.addHandler(handler)
    return handler, logger, stream


def lines_of(stream):
    return stream.getvalue().splitlines()


def test_the_first_lines_of_a_minute_pass_and_the_rest_is_counted():
    repeats = Repeats(same_line=3, same_event=100)
    assert [repeats.lets_through("e", "l", 0.0) for _ in range(5)] == [True] * 3 + [False] * 2
    assert repeats.held_back() == {"e": 2}
    assert repeats.held_back() == {}
    assert repeats.lets_through("e", "l", 60.0)


def test_an_event_of_many_companies_passes_up_to_its_own_limit():
    repeats = Repeats(same_line=3, same_event=100)
    assert sum(repeats.lets_through("lost", str(n), 0.0) for n in range(150)) == 100
    assert repeats.held_back() == {"lost": 50}


def test_another_event_is_not_held_back_by_a_loud_one():
    repeats = Repeats(same_line=3, same_event=5)
    for _ in range(100):
        repeats.lets_through("loud", "l", 0.0)
    assert repeats.lets_through("quiet", "l", 0.0)


def test_a_million_lines_of_a_library_are_a_few_and_a_sum():
    handler, logger, stream = handler_of()
    for _ in range(20_000):
        logger.error("socket.accept() out of system resource")
    assert len(lines_of(stream)) == 20
    handler.close()
    assert lines_of(stream)[-1].count("repeated 19,980 times") == 1
    assert "[error" in lines_of(stream)[-1]


@pytest.mark.parametrize("level", [logging.INFO, logging.ERROR])
def test_what_was_held_back_is_told_with_its_own_level_and_logger(level):
    handler, logger, stream = handler_of(same_line=1)
    for _ in range(3):
        logger.log(level, "again %s", "x")
    handler.sum_up()
    assert len(lines_of(stream)) == 2
    assert "again %s … repeated 2 times more" in lines_of(stream)[1]
    assert "[asyncio]" in lines_of(stream)[1]


def test_a_line_that_cannot_be_put_together_is_told_all_the_same():
    _, logger, stream = handler_of()
    logger.error("%d", "x")
    assert "could not be written" in stream.getvalue()


def test_lines_that_differ_in_the_time_alone_are_the_same():
    stream = io.StringIO()
    logs.configure(stream=stream)
    for _ in range(100):
        structlog.get_logger("bot.x").warning("a look failed", gateway="one")
    assert len(lines_of(stream)) == 20
