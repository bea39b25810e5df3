"""What may stand behind each key of a description, and how it is read. PURE.

A reader takes a value of TOML and gives what the program works with, or raises ValueError with what
was expected, and without the value: that may be a secret.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.domain.session import Cause, State
from bot.gateways.described.replies import plain
from bot.gateways.described.templates import names_in
from bot.gateways.described.words import Condition, Path

RESTRICTED = "restricted"  # a word that is no state of its own: connected, and held back
STATES: Mapping[str, State] = {
    state.value: state for state in State if state is not State.UNKNOWN
} | {RESTRICTED: State.CONNECTED}
# What a gateway that says only true and false can prove of a session that is not connected.
_OF_FALSE = frozenset({State.DISCONNECTED, State.CONNECTING, State.AWAITING_SCAN})
_EMPTY = frozenset({"false", "null", "", "0", "none", "undefined"})

_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_SECRET_NAMES = re.compile(
    r"authorization|cookie|token|secret|passw|api-?_?key|\Akey\Z", re.IGNORECASE
)
_SECRET_IN_QUERY = re.compile(
    r"[?&](?:\w*token|\w*key|\w*secret|pass\w*)=(?!\{)[^&]", re.IGNORECASE
)
_LONGEST = 500


def text(value: Any) -> str:
    """One line of text."""
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError("one line of text")
    return value.strip()


def lines(value: Any) -> tuple[str, ...]:
    """Text of any number of lines."""
    if not isinstance(value, str):
        raise ValueError("text")  # noqa: TRY004 - as all readers
    return tuple(line.rstrip() for line in value.strip().splitlines())


def flag(value: Any) -> bool:
    """Yes or no."""
    if not isinstance(value, bool):
        raise ValueError("true or false")  # noqa: TRY004 - as all readers
    return value


def seconds(value: Any) -> float:
    """A number of seconds."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 600:
        raise ValueError("a number of seconds, from 0 to 600")
    return float(value)


def one_of(*words: str) -> Callable[[Any], str]:
    """A reader of one of these words."""

    def read(value: Any) -> str:
        if value not in words:
            raise ValueError(f"one of {', '.join(words)}")
        return str(value)

    return read


def header_name(value: Any) -> str:
    """The name of a header."""
    if not isinstance(value, str) or _HEADER.fullmatch(value) is None:
        raise ValueError("the name of a header, such as X-Api-Key")
    return value


def path(value: Any) -> Path:
    """Where in an answer something stands: `data.instances`, or "" for all of it."""
    if not isinstance(value, str) or len(value) > _LONGEST or (value and "" in value.split(".")):
        raise ValueError('a path into the answer, such as "data.status", or ""')
    return tuple(value.split(".")) if value else ()


def paths(value: Any) -> tuple[Path, ...]:
    """One path, or several: the first that says something counts."""
    found = value if isinstance(value, list) else [value]
    if not found:
        raise ValueError('a path such as "data.status", or a list of them')
    return tuple(map(path, found))


def conditions(value: Any) -> tuple[Condition, ...]:
    """Answers, by their status or by `field=word`."""
    found = value if isinstance(value, list) else [value]
    return tuple(map(_condition, found))


def _condition(value: Any) -> Condition:
    if isinstance(value, int) and not isinstance(value, bool) and 200 <= value <= 599:
        if 300 <= value < 400:
            raise ValueError("no redirect: they are never followed")
        return Condition(status=value)
    if isinstance(value, str) and "=" in value:
        name, _, word = value.partition("=")
        return Condition(field=path(name), word=plain(word) or "")
    raise ValueError('statuses such as 404, or texts such as "success=false"')


def address(value: Any) -> str:
    """The path of a request, with its query; the host is GATEWAY_URL's alone."""
    fits = isinstance(value, str) and value.startswith("/") and not value.startswith("//")
    if not fits or not value.isascii() or not value.isprintable() or " " in value or "#" in value:
        raise ValueError("a path that begins with /, such as /session/{key}/status")
    if {".", ".."} & set(value.partition("?")[0].split("/")) or len(value) > _LONGEST:
        raise ValueError("a path without . and .. for parts")
    if _SECRET_IN_QUERY.search(value):
        raise ValueError("a path without a key in it: write {secret} or {token} in its place")
    return str(value)


def headers(value: Any) -> dict[str, str]:
    """Headers with their templates. What authorizes is never written out."""
    if not isinstance(value, dict):
        raise ValueError("a table of headers")  # noqa: TRY004 - as all readers
    for name, template in value.items():
        header_name(name)
        text(template)
        if _SECRET_NAMES.search(name) and not names_in(template):
            raise ValueError(f"a placeholder in {name}: no key stands in this file")
    return dict(value)


def body(value: Any) -> dict[str, object]:
    """What is sent, with its templates. What authorizes is never written out."""
    if not isinstance(value, dict):
        raise ValueError("a table of what is sent")  # noqa: TRY004 - as all readers
    for name, part in value.items():
        if isinstance(part, dict):
            body(part)
        elif _SECRET_NAMES.search(name) and isinstance(part, str) and not names_in(part):
            raise ValueError(f"a placeholder in {name}: no key stands in this file")
    return value


def key_rule(value: Any) -> str:
    """What a session is called: `id`, `@key`, `@item` or `{owner}/{name}`."""
    if not isinstance(value, str) or not value or (value[0] == "@" and value not in _WHOLE):
        raise ValueError('a path such as "id", "@key" of a map, "@item" of bare names, or a '
                         'template such as "{owner}/{name}"')  # fmt: skip
    return value


_WHOLE = ("@key", "@item")


def state_words(state: str, value: Any) -> tuple[str, ...]:
    """The gateway's words for one state. Nothing empty proves that a session is lost."""
    found = value if isinstance(value, list) else [value]
    told = tuple(_word(item) for item in found)
    ends = STATES[state] not in _OF_FALSE | {State.CONNECTED}
    bare = [word for word in told if word in _EMPTY and STATES[state] not in _OF_FALSE]
    if bare or (ends and any(word.rpartition("=")[2] in _EMPTY and "=" in word for word in told)):
        raise ValueError("words that say it: false, null and nothing are away, and prove no more")
    return told


def _word(value: Any) -> str:
    word = None if isinstance(value, float) else plain(value)
    if isinstance(value, str) and "=" in value:
        name, _, said = value.partition("=")
        word = f"{name}={plain(said)}"
    if word is None:
        raise ValueError('words such as "open", true, or "field=word"')
    return word


def cause(name: str) -> Cause:
    """The cause of this name."""
    if name not in set(Cause) - {Cause.UNKNOWN}:
        raise ValueError(f"one of {', '.join(cause for cause in Cause if cause != 'unknown')}")
    return Cause(name)


def beginnings(value: Any) -> tuple[str, ...]:
    """What reasons begin with; of two letters at least, for fewer would fit anything."""
    found = value if isinstance(value, list) else [value]
    told = [plain(item) for item in found if isinstance(item, str)]
    if len(told) != len(found) or not all(word and len(word) > 1 for word in told):
        raise ValueError('texts that a reason begins with, such as "401:"')
    return tuple(word for word in told if word)
