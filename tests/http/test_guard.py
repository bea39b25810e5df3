"""What keeps pushes from wearing us out or repeating themselves."""

from datetime import timedelta

from doubles import START

from bot.http.guard import Bucket, SeenKeys

SECOND = timedelta(seconds=1)


def test_a_burst_passes_and_then_only_the_rate():
    bucket = Bucket(2, 3, START)
    assert [bucket.lets_through(START) for _ in range(4)] == [True, True, True, False]
    assert [bucket.lets_through(START + SECOND) for _ in range(3)] == [True, True, False]


def test_a_long_rest_gives_no_more_than_a_burst():
    bucket = Bucket(2, 3, START)
    later = START + timedelta(days=1)
    assert [bucket.lets_through(later) for _ in range(4)] == [True, True, True, False]


def test_a_mark_is_known_until_its_life_is_over():
    seen = SeenKeys(10 * SECOND, 100)
    assert not seen.before("a", START)
    assert seen.before("a", START + 10 * SECOND)
    assert not seen.before("a", START + 11 * SECOND)


def test_the_oldest_mark_goes_when_there_are_too_many():
    seen = SeenKeys(timedelta(days=1), 2)
    assert [seen.before(mark, START) for mark in ("a", "b", "c", "c", "a")] == [
        False, False, False, True, False,
    ]  # fmt: skip
