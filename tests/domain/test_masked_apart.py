"""Numbers shown beside each other are masked, and never look equal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.phone import masked, masked_apart

NUMBERS = st.lists(st.from_regex(r"[1-9][0-9]{6,14}", fullmatch=True), unique=True, max_size=6)


def test_one_number_is_masked_as_everywhere():
    assert masked_apart(["79001234567"]) == [masked("79001234567")]


def test_no_number_is_no_trouble():
    assert masked_apart([]) == []


@pytest.mark.parametrize(
    ("phones", "shown"),
    [
        (["79001112222", "79003332222"], ["•••12222", "•••32222"]),
        (["79000000001", "79000962302"], ["•••0001", "•••2302"]),
        (["558420007282", "554920007282"], ["558•••7282", "554•••7282"]),
        (["79000000001", "89000000001"], ["7•••0001", "8•••0001"]),
    ],
)
def test_those_that_end_alike_show_what_tells_them_apart_and_little_more(phones, shown):
    assert masked_apart(phones) == shown


@given(NUMBERS)
def test_different_numbers_never_look_equal(phones):
    assert len(set(masked_apart(phones))) == len(phones)
