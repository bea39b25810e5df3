"""Bytes into lines, however they arrive."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.monitor.logs.lines import LONGEST, LineCutter


@given(st.lists(st.sampled_from([b"a", b"\n", b"\xff", b"bc\n", b"\0"]), max_size=30), st.data())
def test_lines_do_not_depend_on_how_they_arrive(parts, data):
    stream = b"".join(parts)
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=5).map(sorted))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    cutter, whole = LineCutter(), LineCutter()
    assert [one for piece in pieces for one in cutter.feed(piece)] == whole.feed(stream)
    assert cutter.pending == whole.pending


def test_a_line_is_given_when_it_is_whole():
    cutter = LineCutter()
    assert cutter.feed(b"Bad ") == []
    assert cutter.pending == 4
    assert cutter.feed(b"MAC\r\nnext") == ["Bad MAC"]
    assert cutter.finish() == ["next"]


def test_a_huge_line_is_read_as_far_as_it_matters():
    cutter = LineCutter()
    found = [one for _ in range(8) for one in cutter.feed(b"x" * (LONGEST // 4))]
    assert [len(one) for one in found] == [LONGEST]
    assert cutter.pending == 0
    assert cutter.feed(b"tail\nnext\n") == ["next"]


def test_a_line_is_huge_when_it_is_longer_than_the_longest():
    cutter = LineCutter()
    assert cutter.feed(b"x" * LONGEST) == []
    assert cutter.pending == LONGEST
    assert [len(one) for one in cutter.feed(b"x")] == [LONGEST]
    assert cutter.pending == 0


def test_the_rest_of_a_line_begun_elsewhere_is_dropped():
    assert LineCutter(within_line=True).feed(b"rest\nnext\n") == ["next"]


def test_after_the_dropped_rest_lines_arrive_in_pieces_as_ever():
    cutter = LineCutter(within_line=True)
    assert cutter.feed(b"rest\nne") == []
    assert cutter.feed(b"xt\n") == ["next"]


def test_an_end_without_a_rest_gives_no_line():
    cutter = LineCutter()
    cutter.feed(b"whole\nrest")
    assert [cutter.finish(), cutter.finish()] == [["rest"], []]
    assert cutter.pending == 0


def test_the_blanks_at_the_end_of_a_line_belong_to_it():
    assert LineCutter().feed(b"Bad MAC \t\r\n") == ["Bad MAC \t"]


@pytest.mark.parametrize("junk", [b"\0\0\0Bad MAC\n", b"Bad MAC\0\n"])
def test_zeros_of_an_emptied_file_are_dropped(junk):
    assert LineCutter().feed(junk) == ["Bad MAC"]
