"""The nine steps of bringing a session back, as people see them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.domain.company import CompanyId
from bot.domain.notice import ChatAddress
from bot.domain.trouble import Offer


class ListStep(StrEnum):
    """In the order of the list."""

    STATUS = "status"
    FILES = "files"
    LOGS = "logs"
    SET_ASIDE = "set_aside"
    RESTART = "restart"
    NEW_SESSION = "new_session"
    SCAN = "scan"
    ANSWERS = "answers"
    WATCHED = "watched"


class Mark(StrEnum):
    """Where a step stands. DONE is what the bot has seen, never what was merely ordered."""

    DONE = "done"
    WAITING = "waiting"
    SKIPPED = "skipped"
    TODO = "todo"  # it is a person's turn


@dataclass(frozen=True, kw_only=True)
class ChecklistLine:
    """One step: its mark, the sentence that says why, what can be pressed.

    `said` is the key of the sentence, `params` what it holds: numbers, states, incidents.
    """

    step: ListStep
    mark: Mark
    said: str
    params: dict[str, Any] = field(default_factory=dict)
    offers: tuple[Offer, ...] = ()


class ListEnding(StrEnum):
    """Why a checklist is no longer kept current."""

    ALL_GREEN = "all_green"
    MOVED = "moved"  # somebody in the chat opened another
    TOO_OLD = "too_old"


@dataclass(frozen=True, kw_only=True)
class Checklist:
    """The list as it stands; `ending` is None while it is kept current."""

    lines: tuple[ChecklistLine, ...]
    ending: ListEnding | None = None


@dataclass(frozen=True, kw_only=True)
class ChecklistRow:
    """A checklist as it is stored. What happened after `since_at` counts.

    `message_id` is None until a message shows it.
    """

    id: int
    company_id: CompanyId
    address: ChatAddress
    message_id: int | None
    since_at: datetime
    opened_at: datetime
