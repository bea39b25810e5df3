"""Whom a log line is about. PURE: names found in lines and file names, looked up among companies.

Only what is known is believed: a number in a line is a company when a company has it.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from bot.domain.company import Company, CompanyId

Directory = Mapping[str, CompanyId]

_FIELDS = (
    "company", "companyId", "company_id", "session", "sessionId", "session_id", "sessionName",
    "instance", "instanceName",
)  # fmt: skip
_SCANNED = 2000  # a name stands near the beginning of its line
_PREFIXED = re.compile(r"\b(?:company|session)_([A-Za-z0-9][A-Za-z0-9_-]{0,49})")
_LABELLED = re.compile(
    r"\b(?:company|session|instance)[ _]?(?:id|name)?[\"']?[ :=#]{1,3}[\"'\[(]?"
    r"([A-Za-z0-9][A-Za-z0-9_-]{0,49})",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"\[([A-Za-z0-9][A-Za-z0-9_-]{0,49})\]")
_NUMBERS = re.compile(r"(?<![\w.@:+-])(\d{4,50})(?![\w.@-]|:\d)")


def directory_of(companies: Iterable[Company]) -> Directory:
    """Every name under which a company can stand in a log."""
    every: dict[str, CompanyId] = {}
    for company in companies:
        for name in (company.session_key, f"company_{company.id}", f"session_{company.id}"):
            every[name] = company.id
        every[company.id] = company.id
    return every


def names_in_entry(entry: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    """The names in a JSON line: those of its fields, then those of its message."""
    fields = (entry.get(name) for name in _FIELDS)
    said = tuple(str(one) for one in fields if isinstance(one, str | int))
    message = entry.get("msg")
    return (said, *(names_in_text(message) if isinstance(message, str) else ()))


def names_in_text(text: str) -> tuple[tuple[str, ...], ...]:
    """The names in plain text, those that look most like a company first."""
    start = text[:_SCANNED]
    patterns = (_PREFIXED, _LABELLED, _BRACKETED, _NUMBERS)
    return tuple(tuple(pattern.findall(start)) for pattern in patterns)


def names_in_file(name: str) -> tuple[tuple[str, ...], ...]:
    """The names in the name of a log file: `company_962302-out.log`."""
    stem = name.rsplit("/", 1)[-1].partition(".")[0]
    parts = (part for part in re.split(r"[-_]", stem) if any(map(str.isdigit, part)))
    return ((stem,), tuple(_PREFIXED.findall(stem)), tuple(parts))


def company_among(names: Iterable[tuple[str, ...]], directory: Directory) -> CompanyId | None:
    """The one company that the best of the names mean; None when none or several."""
    for group in names:
        meant = {directory[name] for name in group if name in directory}
        if meant:
            return meant.pop() if len(meant) == 1 else None
    return None
