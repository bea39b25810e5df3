"""Whether a failed send says that the session has no connection to send by.

Libraries, browsers and sockets say it in words of their own: something that messages go out by is
closed, or gone. So the words are told by their kind, not by their sentence. What a number, a
payload or a limit is refused for is none of these, and nothing follows from it; nor from a time
that was up, for what took too long may have gone out.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

_WAYS = frozenset(
    [
        "connection",
        "session",
        "page",
        "browser",
        "socket",
        "websocket",
        "target",
        "context",
        "frame",
        "tab",
        "stream",
        "client",
    ]
)
_GONE = frozenset(
    [
        "closed",
        "closing",
        "lost",
        "crashed",
        "destroyed",
        "detached",
        "disconnected",
        "terminated",
        "gone",
        "ended",
        "killed",
        "aborted",
    ]
)
# What is "not …", or "is down", is gone as well.
_GONE_IN_TWO = frozenset(
    [("is", "down")]
    + [
        ("not", word)
        for word in [
            "open",
            "opened",
            "connected",
            "ready",
            "running",
            "available",
            "active",
            "found",
            "initialised",
            "initialized",
        ]
    ]
)
_FURTHEST = 5  # words on: what stands further apart belongs to other sentences
_BREAK = re.compile(r"[^\w\s\"':.,()-]")
_WORD = re.compile(r"[^\W_]+")
_LONGEST = 2000  # what comes after that is a trace


def says_no_way_out(reason: object) -> bool:
    """Whether the text of a failed answer says so."""
    text = str(reason)[:_LONGEST].lower()
    return any(_is_gone(_WORD.findall(part)) for part in _BREAK.split(text))


def _is_gone(words: Sequence[str]) -> bool:
    """Whether a word for the connection and one for its end stand close together."""
    pairs = list(pairwise(words))
    if ("not", "connected") in pairs or (("not", "logged") in pairs and ("logged", "in") in pairs):
        return True
    ways = [place for place, word in enumerate(words) if word in _WAYS]
    ends = [(place, place) for place, word in enumerate(words) if word in _GONE]
    ends += [(place, place + 1) for place, pair in enumerate(pairs) if pair in _GONE_IN_TWO]
    return any(
        0 < first - way <= _FURTHEST or 0 < way - last <= _FURTHEST
        for first, last in ends
        for way in ways
    )
