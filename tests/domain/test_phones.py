"""Telephone numbers in all the ways they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.phone import digits_of, masked


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("79000000001", "79000000001"),
        ("+7 (900) 000-00-01", "79000000001"),
        (" 7.900.000.00.01 ", "79000000001"),
        ("79000000001@s.whatsapp.net", "79000000001"),
        ("79000000001:12@s.whatsapp.net", "79000000001"),
        ("1234567", "1234567"),
        ("123456789012345", "123456789012345"),
        ("123456", None),
        ("1234567890123456", None),
        ("", None),
        ("@s.whatsapp.net", None),
        ("call me", None),
        ("7900000000l", None),
        ("٧٩٠٠٠٠٠٠٠٠١", None),
        ("79000000001x12", None),
    ],
)
def test_a_number_is_its_digits_or_nothing(text, digits):
    assert digits_of(text) == digits


@given(st.text(max_size=40))
def test_only_plain_digits_ever_come_out(text):
    digits = digits_of(text)
    assert digits is None or (digits.isascii() and digits.isdigit() and 7 <= len(digits) <= 15)


@given(st.text("0123456789", min_size=7, max_size=15))
def test_a_masked_number_shows_its_last_four_digits_alone(phone):
    assert masked(phone) == "•••" + phone[-4:]
