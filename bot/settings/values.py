"""Readers: what the text of one setting means.

Each takes a text that is not empty and returns a value, or raises ValueError. Its message says what
is wrong beyond "not as expected", may be empty, and for a secret never holds a part of it.
"""

import math
import re
import shlex
import unicodedata
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from bot.domain.access import UserId
from bot.domain.company import BadCompanyId, CompanyId
from bot.domain.notice import ChatAddress
from bot.domain.session_names import Numbering, id_wanted, is_session_key
from bot.domain.sessions_dir import sessions_dir_fault
from bot.domain.words import WordOfCommand, parse_own_id
from bot.gateways.kinds import FILE, KINDS

_CHAT = re.compile(r"(-?[1-9]\d{0,18})(?::([1-9]\d{0,9}))?", re.ASCII)
_USER_ID = re.compile(r"[1-9]\d{0,18}", re.ASCII)
_SLIPS = frozenset(';/\\|<>{}[]*?"')  # of other ways to write a list, a pattern, a path
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,6})?", re.ASCII)

_T = TypeVar("_T")


class NamedCompany(NamedTuple):
    """A company of the COMPANIES list; `name` is empty where none was given.

    `session_key` is set where it was named by what its session is called, and not by an id.
    """

    id: CompanyId
    name: str
    session_key: str | None = None


class ListenAddress(NamedTuple):
    """Where the bot's own server listens; port 0 takes any free one."""

    host: str
    port: int


def one_of(*words: str) -> Callable[[str], str]:
    """A reader of one of these words, in any case."""

    def read(text: str) -> str:
        if text.lower() not in words:
            raise ValueError
        return text.lower()

    return read


def matching(pattern: str) -> Callable[[str], str]:
    """A reader of texts that match from end to end."""
    compiled = re.compile(pattern, re.ASCII)

    def read(text: str) -> str:
        if compiled.fullmatch(text) is None:
            raise ValueError
        return text

    return read


def seconds(low: float, high: float) -> Callable[[str], timedelta]:
    """A reader of a number of seconds, both ends allowed."""

    def read(text: str) -> timedelta:
        number = float(text) if _NUMBER.fullmatch(text) else math.nan
        if not low <= number <= high:
            raise ValueError
        return timedelta(seconds=number)

    return read


def minutes(low: float, high: float) -> Callable[[str], timedelta]:
    """A reader of a number of minutes, both ends allowed."""
    read = seconds(low, high)
    return lambda text: read(text) * 60


def whole(low: int, high: int) -> Callable[[str], int]:
    """A reader of a whole number, both ends allowed."""

    def read(text: str) -> int:
        if not (re.fullmatch(r"\d{1,18}", text, re.ASCII) and low <= int(text) <= high):
            raise ValueError
        return int(text)

    return read


def auto_or(read: Callable[[str], _T]) -> Callable[[str], _T | Literal["auto"]]:
    """A reader that also knows the word `auto`."""
    return lambda text: "auto" if text.lower() == "auto" else read(text)


def no_control_characters(text: str) -> str:
    """A key or password as it stands."""
    if not text.isprintable():
        raise ValueError
    return text


def chat_address(text: str) -> ChatAddress:
    """A chat, or `chat:topic`."""
    match = _CHAT.fullmatch(text)
    if match is None:
        raise ValueError("usernames prove nothing: it takes the number" if "@" in text else "")
    return ChatAddress(int(match[1]), int(match[2]) if match[2] else None)


def user_ids(text: str) -> tuple[UserId, ...]:
    """User ids by comma or space, each once."""
    found: dict[UserId, None] = {}
    for part in re.split(r"[\s,]+", text.strip(", ")):
        if _USER_ID.fullmatch(part) is None:
            raise ValueError(f'"{part}" is no user id')
        found[UserId(int(part))] = None
    return tuple(found)


def companies(text: str) -> tuple[NamedCompany, ...]:
    """`id=name` by comma, the name left out at will; a session's name does where it is no id."""
    found: dict[str, NamedCompany] = {}
    numbering = Numbering()
    for part in filter(None, (part.strip() for part in text.split(","))):
        key, _, name = (piece.strip() for piece in part.partition("="))
        session_key = None
        try:
            company_id = numbering.keep(parse_own_id(key))
        except BadCompanyId:
            if not _is_session_name(key):
                raise ValueError(f'"{key}" is no company id') from None
            company_id, session_key = numbering.next(id_wanted(key)[0]), key
        except WordOfCommand:
            raise ValueError(
                f'"{key}" is a word of the bot\'s commands; in CONFIG_FILE the session can have '
                f'another id: [companies.my-{key}] session_key = "{key}"'
            ) from None
        if key in found:
            raise ValueError(f'"{key}" stands there twice')
        found[key] = NamedCompany(company_id, name, session_key)
    if not found:
        raise ValueError
    return tuple(found.values())


def _is_session_name(text: str) -> bool:
    """Whether somebody means a session by this, and has not mistaken how the list is written."""
    return is_session_key(text) and not set(text) & _SLIPS and any(map(_is_sign, text))


def _is_sign(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LNS"  # letters of all scripts, digits, emoji


def sessions_dir(text: str) -> str:
    """A template of auth directories."""
    fault = sessions_dir_fault(text)
    if fault is not None:
        raise ValueError(fault)
    return text


def globs(text: str) -> tuple[str, ...]:
    """Patterns of file names by comma."""
    found = tuple(filter(None, (part.strip() for part in text.split(","))))
    if not found:
        raise ValueError
    return found


def command(text: str) -> tuple[str, ...]:
    """A program with its arguments, quoted as in a shell; no shell will see it."""
    try:
        return tuple(shlex.split(text))
    except ValueError as error:
        raise ValueError(str(error).lower()) from None


def existing_file(text: str) -> Path:
    """A file that is there now."""
    path = Path(text)
    if not path.is_file():
        raise ValueError("there is no such file")
    return path


def timezone(text: str) -> ZoneInfo:
    """A zone of the tz database."""
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):  # unknown, malformed, or a folder such as `Europe`
        raise ValueError from None


def listen_address(text: str) -> ListenAddress | None:
    """`host:port`, or None for `off`."""
    if text.lower() == "off":
        return None
    host, _, port = text.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    if not bare or (":" in bare) != host.startswith("["):
        raise ValueError
    return ListenAddress(bare, whole(0, 65535)(port))


def gateway(text: str) -> str:
    """The kind of gateway: one that there is an adapter for, or `file:` and a description of it."""
    kind = text if text.startswith(FILE) else text.lower()
    if kind not in KINDS:
        raise ValueError(f"this version speaks {', '.join(KINDS)}, and what file:PATH describes")
    KINDS[kind]  # what cannot be read is told now: BadDescription, BadKind
    return kind
