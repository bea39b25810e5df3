"""Reads one log line. PURE: text goes in, what is known of it comes out, and never the text.

Both forms are read: Baileys' JSON (pino), alone or behind a process manager's prefix, and plain
lines as libsignal and most gateways print them.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from bot.domain.log_pattern import TEXTS, LogPattern
from bot.monitor.hints import News
from bot.monitor.logs.causes import news_of_entry, news_of_text
from bot.monitor.logs.naming import names_in_entry, names_in_text


@dataclass(frozen=True, kw_only=True)
class Line:
    """What a line says. `names` are in groups, the likeliest first."""

    patterns: tuple[LogPattern, ...] = ()
    news: News | None = None
    names: tuple[tuple[str, ...], ...] = ()


NOTHING = Line()

# Behind anything else a JSON object is what somebody said, not a line of the log.
_ENTRY = re.compile(r"(?:[\w .:+-]{0,60}\|\s*)?(?:\[?[\dT:.,+Z /-]{8,35}\]?:?\s*)?(?=\{)")
_MAYBE_NEWS = re.compile(
    r"clos|disconnect|connection|device_removed|conflict|logout|logged.?out|passkey|\"ev\":\s?\"state\"",
    re.IGNORECASE,
)


def read_line(text: str) -> Line:
    """What is known of a line; NOTHING of most."""
    patterns = tuple(pattern for pattern, words in TEXTS.items() if words in text)
    if not patterns and not _MAYBE_NEWS.search(text):
        return NOTHING
    entry = _entry(text)
    news = news_of_text(text) if entry is None else news_of_entry(entry)
    if not patterns and news is None:
        return NOTHING
    names = names_in_text(text) if entry is None else names_in_entry(entry)
    return Line(patterns=patterns, news=news, names=names)


def _entry(text: str) -> dict[str, Any] | None:
    """The JSON object that a line is; None when it is plain text."""
    prefix = _ENTRY.match(text)
    if prefix is None:
        return None
    try:
        entry = json.loads(text[prefix.end() :])
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None
