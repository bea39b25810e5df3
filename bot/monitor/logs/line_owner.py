"""Whom a log line is about. PURE: names found where a logger writes them, looked up exactly.

A logger names its company in a field of its JSON or in a prefix at the start of the line. What
stands anywhere else is text, and a customer's text may name whom it likes. Only what is known is
believed, and a line that names two companies, or a stranger, belongs to nobody.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.company import Company, CompanyId

Directory = Mapping[str, CompanyId]
Names = tuple[str, ...]
NAMELESS: Names = ()


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Whose a line is. `disputed` when it names a stranger or several: then nobody is guessed."""

    company_id: CompanyId | None = None
    disputed: bool = False


_FIELDS = (
    "company", "companyId", "company_id", "session", "sessionId", "session_id", "sessionName",
    "instance", "instanceName", "instance_id", "instanceId", "device_id", "deviceId",
)  # fmt: skip
_PREFIX_CHARS, _MOST_PARTS = 300, 12
_COLOUR = re.compile(r"\x1b\[[\d;]{0,10}m")
_NAME = r"[A-Za-z0-9][A-Za-z0-9_-]{0,49}"
# What a logger puts before its message, one part at a time; the groups are names.
_PART = re.compile(
    r"[ \t:|>-]{1,40}"
    r"|\d{4}-\d\d-\d\d[T ]?\d\d:\d\d:\d\d[\d.,:+Z-]{0,20}"
    r"|\d\d:\d\d:\d\d[\d.,]{0,10}"
    r"|\d{1,4}\|[\w.-]{1,40}"
    r"|(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|LOG)\b"
    r"|\[([^\[\]\n]{1,64})\]"
    r"|(?:company|session|instance)(?:[ _]?(?:id|name))?[ :=#]{0,3}\"([^\"\n]{1,200})\""
    rf"|((?:company|session)_{_NAME})(?![\w-])"
    r"|(?:company|session|instance)(?:[ _]?(?:id|name))?[\"']?[ :=#]{1,3}[\"'(]?"
    rf"({_NAME})[\"')]?(?![\w-])"
    rf"|({_NAME})(?=:(?:\s|$))",
    re.IGNORECASE,
)
_LIKE_AN_ID = re.compile(r"(?:company|session)_.+|\d{4,50}")
_IN_FILE_NAME = re.compile(rf"\b(?:company|session)_({_NAME})")


def directory_of(companies: Iterable[Company]) -> Directory:
    """Every name under which a company can stand in a log."""
    by_name: dict[str, CompanyId] = {}
    known = list(companies)
    for company in known:
        if not company.made:  # of an id that we made the gateway knows nothing
            for name in (company.id, f"company_{company.id}", f"session_{company.id}"):
                by_name[name] = company.id
    for company in known:  # what the gateway itself calls a session outranks any id of ours
        for name in (f"company_{company.session_key}", f"session_{company.session_key}"):
            by_name.setdefault(name, company.id)
        by_name[company.session_key] = company.id
    return by_name


def names_in_entry(entry: Mapping[str, Any]) -> Names:
    """The names in a JSON line: those of its fields, never those of its message.

    A field that was written twice holds a list of both.
    """
    values = (entry.get(name) for name in _FIELDS)
    each = (name for value in values for name in (value if isinstance(value, list) else [value]))
    return tuple(str(name) for name in each if isinstance(name, str | int) and name != "")


def names_in_prefix(head: str) -> Names:
    """The names before the message of a plain line; words that are none are among them."""
    start, position = _COLOUR.sub("", head[:_PREFIX_CHARS]), 0
    names: list[str] = []
    for _ in range(_MOST_PARTS):
        part = _PART.match(start, position)
        if part is None:
            break
        names += [name for name in part.groups() if name is not None]
        position = part.end()
    return tuple(names)


def names_in_file(name: str) -> tuple[Names, ...]:
    """The names in the name of a log file, the likeliest first: `company_962302-out.log`."""
    stem = name.rsplit("/", 1)[-1].partition(".")[0]
    parts = (part for part in re.split(r"[-_]", stem) if any(map(str.isdigit, part)))
    return ((stem,), tuple(_IN_FILE_NAME.findall(stem)), tuple(parts))


def owner_of(names: Names, path: str, directory: Directory) -> Owner:
    """Whose line it is that names these, in the file of this path.

    A file that is one company's own holds no other's lines: a line that says so is disputed.
    """
    file_of = _company_of_file(path, directory)
    meant = {directory[name] for name in names if name in directory}
    strangers = not meant and any(map(_LIKE_AN_ID.fullmatch, names))
    everyone = meant | ({file_of} if file_of is not None else set())
    if strangers or len(everyone) > 1:
        return Owner(disputed=True)
    if everyone:
        return Owner(company_id=everyone.pop())
    return Owner(company_id=_only(directory))


def _company_of_file(path: str, directory: Directory) -> CompanyId | None:
    for group in names_in_file(path):
        meant = {directory[name] for name in group if name in directory}
        if meant:
            return meant.pop() if len(meant) == 1 else None
    return None


def _only(directory: Directory) -> CompanyId | None:
    """The company of a gateway that has no other."""
    only = set(directory.values())
    return next(iter(only)) if len(only) == 1 else None
