"""Telephone numbers: digits inside, masked outside, compared as messengers do.

WhatsApp calls an account by the number it was registered with, people write the one that they
dial: the national forms of one number differ, and only a truly different one is another phone.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber

_SHOWN = 4
_MOST_SHOWN = 7
_SIGNS = frozenset("()+./\u2212")  # U+2212 is what word processors make of a minus
_BLANK = ("Zs", "Cf", "Pd", "Cc")  # blanks, invisible marks, dashes of all kinds, tabs
# What stands before these hosts is no telephone number, though it may be all digits.
_NO_NUMBERS = frozenset({"lid", "hosted.lid", "g.us", "broadcast", "newsletter", "bot", "interop"})


def digits_of(text: str) -> str | None:
    """The digits of a phone number or of a WhatsApp id (`79001234567:12@s.whatsapp.net`), or None.

    A device suffix and a host are cut, what comes along with a pasted number (invisible marks,
    dashes of all kinds, `00` for `+`) as well; 7 to 15 digits are a number, as E.164 has it. The
    ids of groups and those that hide a number (`…@lid`) hold none.
    """
    user, at, host = text.strip().partition("@")
    if at and host.strip().lower() in _NO_NUMBERS:
        return None
    user = re.split(r"[:._]", user, maxsplit=1)[0] if at else user.partition(":")[0]
    digits = "".join(sign for sign in user if not _is_sign(sign)).removeprefix("00")
    return digits if re.fullmatch(r"[0-9]{7,15}", digits) else None


def dialled(text: str) -> str | None:
    """The digits of a number as a person writes it, or None; Russia's `8 900 …` is `7900…`.

    The 8 to dial out is told from a country code: a blank follows it, or no country has the number.
    """
    digits = digits_of(text)
    if digits is None or len(digits) != 11 or not digits.startswith("8"):
        return digits
    bare = "".join(sign for sign in text.strip() if unicodedata.category(sign) != "Cf")
    as_russian = f"7{digits[1:]}"
    if re.match(r"8[^0-9]", bare) or (not _is_number(digits) and _is_number(as_russian)):
        return as_russian
    return digits


@lru_cache(maxsize=4096)  # a company with another number is compared at each look
def same_number(number: str, other: str) -> bool:
    """Whether two texts of digits are one telephone, written in two of its national forms.

    A number without its country is read as one of the other's country, where it is not whole by
    itself.
    """
    if number == other:
        return True
    first, second = _plain_form(number), _plain_form(other)
    if first is not None and first == second:
        return True
    return _is_local_of(number, other) or _is_local_of(other, number)


def distinct(phones: Sequence[str]) -> tuple[str, ...]:
    """Each number once, in the form that came first."""
    found: list[str] = []
    for phone in phones:
        if not any(same_number(phone, known) for known in found):
            found.append(phone)
    return tuple(found)


def masked(phone: str) -> str:
    """The number as it may be shown: the last four digits (`•••4567`)."""
    return "•••" + phone[-_SHOWN:]


def masked_apart(phones: Sequence[str]) -> list[str]:
    """Each number masked, with as few more digits as it takes that no two look equal.

    More of the end, or else, rather than nearly all of the number, some of the beginning.
    """
    different = len(set(phones))
    for shown in _masks(max(map(len, phones), default=0)):
        masks = ["•••".join((phone[: shown[0]], phone[-shown[1] :])) for phone in phones]
        if len(set(masks)) == different:
            return masks
    return list(phones)


def _masks(longest: int) -> Iterator[tuple[int, int]]:
    """How many digits to show of the beginning and of the end, the fewest first."""
    yield from ((0, end) for end in range(_SHOWN, _MOST_SHOWN + 1))
    yield from ((begin, _SHOWN) for begin in range(1, _MOST_SHOWN + 1))
    yield from ((0, end) for end in range(_MOST_SHOWN + 1, longest + 1))


def _is_sign(sign: str) -> bool:
    return sign in _SIGNS or unicodedata.category(sign) in _BLANK


def _parsed(digits: str, region: str | None = None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(digits if region else f"+{digits}", region)
    except NumberParseException:
        return None


def _is_number(digits: str) -> bool:
    """Whether some country has such a number."""
    number = _parsed(digits)
    return number is not None and phonenumbers.is_valid_number(number)


def _is_whole(number: PhoneNumber) -> bool:
    """Whether a number has the length of one with its area, whether anybody has it or not."""
    reason = phonenumbers.is_possible_number_with_reason(number)
    return bool(reason == phonenumbers.ValidationResult.IS_POSSIBLE)


def _plain_form(digits: str) -> str | None:
    """The one form of all in which a number is written with its country; None without any."""
    number = _parsed(digits.removeprefix("00"))
    return None if number is None else _form_of(number)


def _form_of(number: PhoneNumber) -> str:
    national = phonenumbers.national_significant_number(number)
    rule = _RULES.get(number.country_code or 0)
    return f"{number.country_code}{national if rule is None else rule(national)}"


def _is_local_of(digits: str, whole: str) -> bool:
    """Whether the digits, which are no whole number, are one of the country of the other."""
    number = _parsed(whole)
    if number is None or _is_number(digits) or not _is_whole(number):
        return False
    region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    local = _parsed(digits, region)
    same_country = local is not None and local.country_code == number.country_code
    return same_country and local is not None and _form_of(local) == _form_of(number)


def _brazil(national: str) -> str:
    """Accounts from before the ninth digit go without it for ever."""
    return f"{national[:2]}9{national[2:]}" if len(national) == 10 else national


def _mexico(national: str) -> str:
    """Until 2019 a 1 stood before every mobile number; WhatsApp keeps it."""
    return national[1:] if len(national) == 11 and national.startswith("1") else national


def _argentina(national: str) -> str:
    """From abroad a 9 stands before a mobile number, at home a 15 in it."""
    rest = national.removeprefix("9") if len(national) > 10 else national
    number = _parsed(f"54{rest}")
    return rest if number is None else phonenumbers.national_significant_number(number)[-10:]


def _benin(national: str) -> str:
    """Since November 2024 every number begins with 01; WhatsApp keeps older ones."""
    return f"01{national}" if len(national) == 8 else national


_RULES = {55: _brazil, 52: _mexico, 54: _argentina, 229: _benin}
