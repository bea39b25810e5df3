"""Telephone numbers in all the ways they are written."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.phone import dialled, digits_of, distinct, masked, masked_apart, same_number


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
        ("+55 84 92000\u20117282", "5584920007282"),
        ("\u202a+7 900 123\u201145\u201067\u202c", "79001234567"),
        ("+7\u00a0900\u2009123\u221245\u201467", "79001234567"),
        ("\ufeff+7\u200b9001234567\u2060", "79001234567"),
        ("0055 84 92000-7282", "5584920007282"),
        ("79001234567.0:12@s.whatsapp.net", "79001234567"),
        ("79001234567_1:3@s.whatsapp.net", "79001234567"),
        ("79001234567@c.us", "79001234567"),
        ("123456789012345@lid", None),
        ("123456789012:7@hosted.lid", None),
        ("120363025246125@g.us", None),
        ("1234567890@newsletter", None),
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


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("8 900 123-45-67", "79001234567"),
        ("89001234567", "79001234567"),
        ("8(495)123-45-67", "74951234567"),
        ("8-701-123-45-67", "77011234567"),
        ("\u202a8 (900) 123\u201145\u201167\u202c", "79001234567"),
        ("+7 900 123-45-67", "79001234567"),
        ("+84 95 123 45 67", "84951234567"),  # Vietnam
        ("84951234567", "84951234567"),
        ("+82 2 1234 5678", "82212345678"),  # Korea
        ("+86 139 1234 5678", "8613912345678"),
        ("call me", None),
    ],
)
def test_the_eight_to_dial_out_with_is_no_country(text, digits):
    assert dialled(text) == digits


ALIKE = [
    ("558420007282", "5584920007282"),
    ("551188887777", "5511988887777"),
    ("79001234567", "89001234567"),
    ("79001234567", "9001234567"),
    ("77011234567", "87011234567"),
    ("5215512345678", "525512345678"),
    ("5491112345678", "541112345678"),
    ("5491112345678", "54111512345678"),
    ("5491112345678", "549111512345678"),
    ("5492211234567", "54221151234567"),
    ("22990011234", "2290190011234"),
    ("6281234567890", "081234567890"),
    ("447911123456", "07911123456"),
    ("4407911123456", "447911123456"),
    ("380501234567", "0501234567"),
    ("972541234567", "0541234567"),
    ("14155552671", "4155552671"),
    ("393331234567", "3331234567"),
    ("558420007282", "005584920007282"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_one_number_in_two_national_forms_is_one_number(one, other):
    assert same_number(one, other)
    assert same_number(other, one)
    assert distinct([one, other]) == (one,)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("558420007282", "5584920007283"),
        ("558420007282", "5585920007282"),  # another town
        ("558420007282", "5584820007282"),  # no ninth digit, another number
        ("5511988887777", "5411988887777"),  # another country
        ("79001234567", "79001234568"),
        ("79001234567", "99001234567"),
        ("79001234567", "89001234568"),
        ("5215512345678", "525512345679"),
        ("5491112345678", "541112345679"),
        ("14155552671", "144155552671"),
        ("84951234567", "74951234567"),  # Vietnam, Moscow
        ("1234567", "71234567"),
        ("22990011234", "2290290011234"),
    ],
)
def test_another_number_is_another_however_alike_it_looks(one, other):
    assert not same_number(one, other)
    assert not same_number(other, one)
    assert len(set(masked_apart([one, other]))) == 2


MOBILES = [
    f"{number.country_code}{phonenumbers.national_significant_number(number)}"
    for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    if (number := phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE))
]  # countries that share a code may share an example


@given(st.sampled_from(MOBILES), st.sampled_from(MOBILES))
def test_the_numbers_of_two_countries_are_never_one(one, other):
    assert same_number(one, other) is (one == other)


@given(st.sampled_from(MOBILES), st.integers(0, 14), st.integers(1, 9))
def test_a_number_that_differs_in_a_digit_is_another(phone, at, by):
    at = len(phone) - 1 - at % 6  # national rules are about how a number begins
    other = phone[:at] + str((int(phone[at]) + by) % 10) + phone[at + 1 :]
    assert not same_number(phone, other)


@given(st.sampled_from(MOBILES))
def test_a_number_as_it_is_dialled_at_home_is_the_same(phone):
    number = phonenumbers.parse(f"+{phone}")
    region = phonenumbers.region_code_for_number(number)
    main = phonenumbers.region_code_for_country_code(number.country_code)
    home = digits_of(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL))
    whole = home is not None and phonenumbers.is_valid_number(phonenumbers.parse(phone, region))
    is_foreign = home is not None and _is_number_somewhere(home)
    if whole and region == main and not is_foreign:
        assert same_number(phone, home)


def _is_number_somewhere(digits):
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(f"+{digits}"))
    except phonenumbers.NumberParseException:
        return False


@given(st.text(max_size=40), st.text("0123456789", min_size=7, max_size=15))
def test_whatever_is_compared_comes_to_an_answer(text, phone):
    digits = digits_of(text) or dialled(text) or "0000000"
    assert same_number(digits, phone) is same_number(phone, digits)
