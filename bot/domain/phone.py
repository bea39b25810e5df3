"""Telephone numbers: digits inside, masked outside."""

import re
from collections.abc import Sequence

_SHOWN = 4


def digits_of(text: str) -> str | None:
    """The digits of a phone number or of a WhatsApp id (`79001234567:12@s.whatsapp.net`), or None.

    A device suffix and a host are cut; 7 to 15 digits are a number, as E.164 has it.
    """
    user = re.split(r"[:@]", text.strip(), maxsplit=1)[0]
    digits = re.sub(r"[\s()+.-]", "", user)
    return digits if re.fullmatch(r"[0-9]{7,15}", digits) else None


def masked(phone: str) -> str:
    """The number as it may be shown: the last four digits (`•••4567`)."""
    return "•••" + phone[-_SHOWN:]


def masked_apart(phones: Sequence[str]) -> list[str]:
    """Each number masked, with as many last digits as it takes that no two look equal."""
    longest = max((len(phone) for phone in phones), default=0)
    for shown in range(_SHOWN, longest + 1):
        if len({phone[-shown:] for phone in phones}) == len(set(phones)):
            return ["•••" + phone[-shown:] for phone in phones]
    return list(phones)
