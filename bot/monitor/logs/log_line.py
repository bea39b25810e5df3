"""Reads one log line. PURE: text goes in, what is known of it comes out, and never the text.

A line is structured or loose. Structured is Baileys' JSON (pino), alone or behind a process
manager's prefix, and whatsmeow's own line: it may name a cause, as the log's word. Whatever else
wraps a line is taken off before. Loose is all
else: it counts patterns and makes the bot look, and names nothing, for a customer may have written
it. No pattern sees more of a line than its first `HEAD` characters: `re` holds the interpreter.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.log_pattern import TEXTS, LogPattern
from bot.monitor.hints import ConnectionEvent
from bot.monitor.logs.causes import news_of_entry
from bot.monitor.logs.entries import object_in, time_in
from bot.monitor.logs.line_owner import NAMELESS, Names, names_in_entry, names_in_prefix
from bot.monitor.logs.whatsmeow import LOOK, is_of_known_form, names_of_line, news_of_line
from bot.monitor.logs.wrappers import plain

HEAD = 2048  # characters of a line that patterns look at
LONGEST_ENTRY = 16 * 1024  # a longer JSON object is no event of a connection


@dataclass(frozen=True, kw_only=True)
class LogLine:
    """What a line says, whom its structure names, and when it was written, if anything says so."""

    patterns: tuple[LogPattern, ...] = ()
    news: ConnectionEvent | None = None
    names: Names = NAMELESS
    at: datetime | None = None


NOTHING = LogLine()

# Behind anything else a JSON object is what somebody said, not a line of the log.
_BEFORE_ENTRY = re.compile(
    r"(?:\d{1,4}\|[\w.-]{1,40} {0,40}\| |[\w.-]{1,40}-\d{1,3} {1,40}\| )?"
    r"(?:\[?[\dT:.,+Z/-]{8,35}\]?:? {0,4})?(?=\{)"
)
# What makes a loose line worth a look, in lower case. It need not be right: a look harms nobody.
_CALLS = (
    "device_removed", "connection closed", "connection failure", "connection terminated",
    "connection was lost", "connection errored", "stream errored", "opened connection to wa",
    "qr refs attempts ended", "intentional logout", "logged out", "passkey", "loggedout event",
    "streamreplaced", "stream error", "connect failure", "temporary ban", "failed to login",
)  # fmt: skip
_CODE = re.compile(
    r"(?:status.?code|code|reason|error)\W{1,4}(?:40[123568]|411|428|440|503|515)\b", re.IGNORECASE
)
_CLOSING = re.compile(r"clos|disconnect|logout|conflict|connection", re.IGNORECASE)


# What Baileys' logger and whatsmeow's begin each line with, and those of the gateways around them.
_FORMS = re.compile(
    r"\{\"level\":\d{2},\"time\":|\{\"t\":\"[^\"]{10,40}\",\"ev\":"
    r"|\d\d:\d\d:\d\d\.\d{3} {1,2}\[[\w/.:@+-]{1,80} (?:DEBUG|INFO|WARN|ERROR)\] "
)


def read_line(text: str, at: datetime | None = None) -> LogLine:
    """What is known of a line; NOTHING of most. `at` is when its wrapper says it was written."""
    text = plain(text)
    entry = _entry(text)
    if entry is None:
        return _read_loose(text[:HEAD], at)
    message = _message_of(entry)
    news = news_of_entry(entry)
    if news is None and _calls_for_a_look(message):
        news = LOOK
    patterns = _patterns(f"{text[:HEAD]}\n{message}")
    return _line(patterns, news, names_in_entry(entry), time_in(entry) or at)


def understood(text: str, line: LogLine) -> bool:
    """Whether it says something, or is at least of a form in which something might be said."""
    if line is not NOTHING or _FORMS.match(text[:HEAD]) is not None:
        return True
    entry = _entry(text) if '"message"' in text[:LONGEST_ENTRY] else None
    return entry is not None and is_of_known_form(entry)


def _message_of(entry: dict[str, Any]) -> str:
    """Its message: pino writes it last, so that behind a long object it stands beyond the head."""
    texts = (entry.get(name) for name in ("msg", "message"))
    return next((text for text in texts if isinstance(text, str)), "")[:HEAD]


def _read_loose(head: str, at: datetime | None) -> LogLine:
    news = news_of_line(head) or (LOOK if _calls_for_a_look(head) else None)
    names = names_of_line(head)
    return _line(_patterns(head), news, names_in_prefix(head) if names is None else names, at)


def _line(
    patterns: tuple[LogPattern, ...],
    news: ConnectionEvent | None,
    names: Names,
    at: datetime | None,
) -> LogLine:
    if not patterns and news is None:
        return NOTHING
    return LogLine(patterns=patterns, news=news, names=names, at=at)


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
    return object_in(text[prefix.end() :])
