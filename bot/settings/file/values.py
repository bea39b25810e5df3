"""What may stand in the file: every key, what it expects, how its value is read.

A reader takes a value of TOML and gives what the program works with, or raises ValueError.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.company import BadCompanyId
from bot.domain.config_file import Expected
from bot.domain.phone import dialled
from bot.domain.roster import EVERYTHING, PLACEHOLDER, is_pattern
from bot.domain.session_names import may_be_given_id
from bot.domain.words import parse_own_id
from bot.settings import addresses, values

_PATTERN = re.compile(r"[A-Za-z0-9_*?\[\]!-]{1,50}")
_MOST_FILES, _MOST_RECONNECTS = 10_000_000, 10_000


@dataclass(frozen=True, kw_only=True)
class Field:
    """One key of a table."""

    expected: Expected
    read: Callable[[Any], Any]


def _text(read: Callable[[str], Any]) -> Callable[[Any], Any]:
    def reader(value: Any) -> Any:
        if not isinstance(value, str) or not value.strip():
            raise ValueError
        return read(value.strip())

    return reader


def _texts(value: Any) -> list[str]:
    """One text, or a list of them."""
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, list) or not found:
        raise ValueError
    if not all(isinstance(text, str) and text.strip() for text in found):
        raise ValueError
    return [text.strip() for text in found]


def _paths(value: Any) -> tuple[str, ...]:
    return tuple(glob for text in _texts(value) for glob in values.globs(text))


def _command(value: Any) -> tuple[str, ...]:
    return values.command(value) if isinstance(value, str) else tuple(_texts(value))


def _companies(value: Any) -> tuple[str, ...]:
    if isinstance(value, str) and value.lower() == "auto":
        return EVERYTHING
    return tuple(dict.fromkeys(map(_company, value if isinstance(value, list) else [None])))


def _company(value: Any) -> str:
    # An id that is all digits is often written without its quotes.
    whole = isinstance(value, int) and not isinstance(value, bool)
    text = str(value) if whole or isinstance(value, str) else ""
    if is_pattern(text):
        return values.matching(_PATTERN.pattern)(text)
    try:
        return parse_own_id(text)
    except BadCompanyId:
        raise ValueError from None


def _key_template(value: Any) -> str:
    if _session_key(value).count(PLACEHOLDER) != 1:
        raise ValueError
    return str(value)


def _session_key(value: Any) -> str:
    """A session's name as its gateway has it, blanks at its ends as well; no path."""
    if not isinstance(value, str) or not may_be_given_id(value):
        raise ValueError
    return value


def _phone(value: Any) -> str:
    whole = isinstance(value, int) and not isinstance(value, bool)
    digits = dialled(str(value)) if whole or isinstance(value, str) else None
    if digits is None:
        raise ValueError
    return digits


def _whole(low: int, high: int) -> Callable[[Any], int]:
    def reader(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError
        return value

    return reader


_VARIABLE = Field(
    expected=Expected.VARIABLE, read=_text(values.matching(r"[A-Za-z_][A-Za-z0-9_]{0,99}"))
)
_ONE_LINE = Field(expected=Expected.TEXT, read=_text(values.no_control_characters))

GATEWAY: Mapping[str, Field] = {
    "kind": Field(expected=Expected.KIND, read=_text(values.gateway)),
    "url": Field(expected=Expected.ORIGIN, read=_text(addresses.origin)),
    "key_env": _VARIABLE,
    "hook_key_env": _VARIABLE,
    "sessions_dir": Field(expected=Expected.SESSIONS_DIR, read=_text(values.sessions_dir)),
    "log": Field(expected=Expected.PATHS, read=_paths),
    "restart_command": Field(expected=Expected.COMMAND, read=_command),
    "companies": Field(expected=Expected.COMPANIES, read=_companies),
    "session_key": Field(expected=Expected.KEY_TEMPLATE, read=_key_template),
}
COMPANY: Mapping[str, Field] = {
    "name": _ONE_LINE,
    "phone": Field(expected=Expected.PHONE, read=_phone),
    "max_files": Field(expected=Expected.FILES, read=_whole(1, _MOST_FILES)),
    "max_reconnects_per_day": Field(expected=Expected.RECONNECTS, read=_whole(0, _MOST_RECONNECTS)),
    "gateway": Field(expected=Expected.GATEWAY, read=_text(str)),
    "session_key": Field(expected=Expected.SESSION_KEY, read=_session_key),
    "token_env": _VARIABLE,
}
TABLES: Mapping[str, Mapping[str, Field]] = {"gateways": GATEWAY, "companies": COMPANY}

# Written into the file they would be read by whoever reads the file.
SECRETS: Mapping[str, str] = {
    "key": "key_env",
    "api_key": "key_env",
    "apikey": "key_env",
    "token": "key_env",
    "password": "key_env",
    "secret": "key_env",
    "hook_key": "hook_key_env",
    "hook_secret": "hook_key_env",
}
SECRETS_OF_COMPANIES: Mapping[str, str] = dict.fromkeys(
    ("token", "key", "api_key", "apikey", "password", "secret"), "token_env"
)
