"""Reads one log line. PURE: text goes in, what is known of it comes out, and never the text.

A line is structured or loose. Structured is Baileys' JSON (pino), alone or behind a process
manager's prefix, and whatsmeow's own line: it may name a cause, as the log's word. Loose is all
else: it counts patterns and makes the bot look, and names nothing, for a customer may have written
it. No pattern sees more of a line than its first `HEAD` characters: `re` holds the interpreter.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.log_pattern import TEXTS, LogPattern
from bot.monitor.hints import ConnectionEvent
from bot.monitor.logs.causes import LOOK, news_of_entry, news_of_whatsmeow
from bot.monitor.logs.naming import NAMELESS, Names, names_in_entry, names_in_prefix

HEAD = 2048  # characters of a line that patterns look at
LONGEST_ENTRY = 16 * 1024  # a longer JSON object is no event of a connection


@dataclass(frozen=True, kw_only=True)
class Line:
    """What a line says, and whom its structure names."""

    patterns: tuple[LogPattern, ...] = ()
    news: ConnectionEvent | None = None
    names: Names = NAMELESS


NOTHING = Line()

# Behind anything else a JSON object is what somebody said, not a line of the log.
_BEFORE_ENTRY = re.compile(
    r"(?:\d{1,4}\|[\w.-]{1,40} {0,40}\| |[\w.-]{1,40}-\d{1,3} {1,40}\| )?"
    r"(?:\[?[\dT:.,+Z/-]{8,35}\]?:? {0,4})?(?=\{)"
)
# What makes a loose line worth a look, in lower case. It need not be right: a look harms nobody.
_CALLS = (
    "device_removed", "connection closed", "connection failure", "connection terminated",
    "connection was lost", "connection errored", "stream errored", "opened connection to wa",
    "qr refs attempts ended", "intentional logout", "logged out", "passkey",
)  # fmt: skip
_CODE = re.compile(
    r"(?:status.?code|code|reason|error)\W{1,4}(?:40[123568]|411|428|440|503|515)\b", re.IGNORECASE
)
_CLOSING = re.compile(r"clos|disconnect|logout|conflict|connection", re.IGNORECASE)


def read_line(text: str) -> Line:
    """What is known of a line; NOTHING of most."""
    entry = _entry(text)
    if entry is None:
        return _read_loose(text[:HEAD])
    # pino writes its message last: behind a long object it stands beyond the head.
    message = str(entry.get("msg", ""))[:HEAD]
    news = news_of_entry(entry)
    if news is None and _calls_for_a_look(message):
        news = LOOK
    return _line(_patterns(f"{text[:HEAD]}\n{message}"), news, names_in_entry(entry))


def _read_loose(head: str) -> Line:
    news = news_of_whatsmeow(head) or (LOOK if _calls_for_a_look(head) else None)
    return _line(_patterns(head), news, names_in_prefix(head))


def _line(patterns: tuple[LogPattern, ...], news: ConnectionEvent | None, names: Names) -> Line:
    if not patterns and news is None:
        return NOTHING
    return Line(patterns=patterns, news=news, names=names)


def _patterns(text: str) -> tuple[LogPattern, ...]:
    return tuple(pattern for pattern, words in TEXTS.items() if words in text)


def _calls_for_a_look(head: str) -> bool:
    lower = head.lower()
    if any(words in lower for words in _CALLS):
        return True
    return _CLOSING.search(head) is not None and _CODE.search(head) is not None


def _entry(text: str) -> dict[str, Any] | None:
    """The JSON object that a line is; None when it is loose."""
    prefix = _BEFORE_ENTRY.match(text[:HEAD])
    if prefix is None or len(text) - prefix.end() > LONGEST_ENTRY:
        return None
    try:
        entry = json.loads(text[prefix.end() :], object_pairs_hook=_said_once)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None


def _said_once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """The object; a key that is written twice and differs has both values, so that none counts."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        twice = key in found and found[key] != value
        found[key] = [found[key], value] if twice else value
    return found
