"""How urgent a call to Telegram is: every speaker shares one budget, and says its class."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum


class Urgency(IntEnum):
    """In the order in which they go out when several wait."""

    NOW = 0  # a code is cleared away
    CODE = 1  # a code to scan or to type
    ALERT = 2  # a new alert
    ANSWER = 3  # what a person waits for
    CARD = 4  # a card is kept as things are
    PROGRESS = 5  # how far a procedure is
    BOARD = 6  # boards and digests


class LineClosed(Exception):
    """The program stops: what has not gone out by now does not. Try again after the next start."""


@dataclass(frozen=True, kw_only=True)
class LineState:
    """The line to Telegram at a moment, by class: who waits, how long; what became of calls."""

    waiting: Mapping[Urgency, int]
    oldest_s: Mapping[Urgency, float]
    sent: Mapping[Urgency, int]
    refused: Mapping[Urgency, int]
    superseded: Mapping[Urgency, int]
