"""Whether an answer is about the session that was asked for.

Gateways mix up caches and rooms: the code of one company in an answer that was meant for another
links a stranger's phone to it. What an answer says of whom it is about therefore counts more than
the path that was asked. An answer that names nobody is taken as it was before.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from unicodedata import normalize
from urllib.parse import unquote

from bot.domain.phone import digits_of
from bot.gateways.base import GatewayConfused

# Written without case, `_` and `-`. Ids that a vendor makes up himself are not among them:
# Evolution's `instanceId` and wuzapi's `id` are no keys.
_NAMES = frozenset({
    "company", "companyid", "companykey", "session", "sessionid", "sessionname", "sessionkey",
    "instance", "instancename", "instancekey", "deviceid",
})  # fmt: skip
_PHONES = frozenset({"phone", "phonenumber", "number"})
# What stands around the fields of an answer. A message that was sent is not looked into.
_ENVELOPES = frozenset({
    "data", "instance", "payload", "qrcode", "qr", "response", "result", "results", "session",
    "status",
})  # fmt: skip
_DEEPEST = 3
# `ai_admin` calls the directory of a session `company_<id>`, others put the kind of a thing before.
_BEFORE = ("company", "session", "instance")
_SAME_END = 8  # digits: countries write what stands before them in several ways


@dataclass(frozen=True, kw_only=True, repr=False)
class About:
    """Whom a call concerns. `also` are fields that name the session on this route alone.

    `alias` is what the gateway calls the session beside its key. `phone` is the number that a code
    was asked for; digits.
    """

    key: str
    also: frozenset[str] = frozenset()
    alias: str | None = None
    phone: str | None = None


def must_be_about(answer: object, about: About) -> None:
    """GatewayConfused where the answer names another session, or another number."""
    for name, value in _fields(answer, _DEEPEST):
        named = name in _NAMES or name in about.also
        if named and value != about.alias and _is_other(value, about.key):
            raise GatewayConfused("the answer is about another session")
        if about.phone is not None and name in _PHONES and _is_other_phone(value, about.phone):
            raise GatewayConfused("the answer is about another number")


def _fields(answer: object, deepest: int) -> Iterator[tuple[str, object]]:
    """The fields of an answer and of its envelopes, by their plain names."""
    if not isinstance(answer, Mapping):
        return
    for name, value in answer.items():
        plain = str(name).lower().replace("_", "").replace("-", "")
        if isinstance(value, Mapping):
            if plain in _ENVELOPES and deepest > 1:
                yield from _fields(value, deepest - 1)
        else:
            yield plain, value


def _is_other(value: object, key: str) -> bool:
    """Whether it names another session; what is no text and no number names none."""
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        return False
    given, wanted = _plain(str(value)), _plain(key)
    if given == wanted or unquote(given) == wanted:
        return False
    return not any(given in (f"{kind}_{wanted}", f"{kind}-{wanted}") for kind in _BEFORE)


def _plain(text: str) -> str:
    return normalize("NFC", text)


def _is_other_phone(value: object, phone: str) -> bool:
    """Whether it is a whole number, and another one; a masked one says nothing."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    digits = digits_of(text.split("@", 1)[0])
    if digits is None or len(digits) < _SAME_END:
        return False
    return digits[-_SAME_END:] != phone[-_SAME_END:]
