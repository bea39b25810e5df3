"""Reads an answer to getUpdates into its updates, also where no parser takes it as a whole."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_HEAD = re.compile(r'\s*\{\s*"ok"\s*:\s*true\s*,\s*"result"\s*:\s*\[')
_SIGN = re.compile(r'["\\\[\]{},]')


@dataclass(frozen=True)
class Unparsed:
    """The JSON of one update that no parser takes."""

    text: str


def read_batch(content: str) -> list[Any] | None:
    """The updates in an answer to getUpdates; None when it is no such answer."""
    try:
        body = parse(content)
    except (ValueError, RecursionError):
        return _split(content)
    if isinstance(body, dict) and body.get("ok") is True and isinstance(body.get("result"), list):
        return list(body["result"])
    return None


def parse(content: str | bytes) -> Any:
    """JSON without NaN. ValueError or RecursionError where it is none."""
    return json.loads(content, parse_constant=lambda _: None)


def _split(content: str) -> list[Any] | None:
    """The updates of an answer that no parser takes as a whole."""
    head = _HEAD.match(content)
    if head is None:
        return None
    updates: list[Any] = []
    depth, start = 0, head.end()
    for place, sign in _signs(content, start):
        if depth == 0 and sign in ",]":
            if content[start:place].strip():
                updates.append(_alone(content[start:place]))
            if sign == "]":
                return updates
            start = place + 1
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(sign, 0)
    return None  # it was cut off


def _signs(content: str, start: int) -> Iterator[tuple[int, str]]:
    """Brackets and commas outside of strings, each with its place; in one pass."""
    in_string, escaped_at = False, -1
    for found in _SIGN.finditer(content, start):
        place, sign = found.start(), found[0]
        if sign == '"' and place != escaped_at:
            in_string = not in_string
        elif in_string and sign == "\\" and place != escaped_at:
            escaped_at = place + 1
        elif not in_string and sign not in '"\\':
            yield place, sign


def _alone(text: str) -> Any:
    try:
        return parse(text)
    except (ValueError, RecursionError):
        return Unparsed(text)
