"""Reads a JSON object and the time it bears. PURE."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

_TIMES = ("time", "t", "ts", "timestamp", "@timestamp")
_DIGITS_OF_UNIT = {10: 1, 13: 1_000, 16: 1_000_000, 19: 1_000_000_000}  # since 1970, per second


def object_in(text: str) -> dict[str, Any] | None:
    """The object that this text is; None when it is anything else.

    A key that is written twice and differs holds a list of both values, so that none counts.
    """
    try:
        entry = json.loads(text, object_pairs_hook=_said_once)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None


def time_in(entry: Mapping[str, Any]) -> datetime | None:
    """When an entry was written, by its own word."""
    return next(filter(None, (moment(entry.get(name)) for name in _TIMES)), None)


def moment(value: Any) -> datetime | None:
    """A point in time, as text or as a number since 1970; None when no zone or unit is certain."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        if isinstance(value, str) and not value.isdecimal():
            read = datetime.fromisoformat(value[:40])
            return read.astimezone(UTC) if read.tzinfo is not None else None
        whole = str(int(value))
        per_second = _DIGITS_OF_UNIT.get(len(whole))
        return None if per_second is None else datetime.fromtimestamp(int(whole) / per_second, UTC)
    except (ValueError, OverflowError):
        return None


def _said_once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        twice = key in found and found[key] != value
        found[key] = [found[key], value] if twice else value
    return found
