"""How alerts and boards reach the chats."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.alerts.courier import Turns
from bot.domain.timing import Timing
from storage.database import Database


@dataclass(frozen=True, kw_only=True)
class ChatAccess:
    """What is stored of the chats, the line that their calls wait in, and by which time.

    `default_language` is spoken where a chat has chosen none.
    """

    database: Database
    line: Turns
    clock: Callable[[], datetime]
    timing: Timing
    default_language: str
