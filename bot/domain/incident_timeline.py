"""The story of an incident: what happened when, how long it took, what was said of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.domain.access import UserId
from bot.domain.company import Company, CompanyId
from bot.domain.incident import Incident
from bot.domain.notice import ChatAddress
from bot.domain.observation import DetectedBy
from bot.domain.report import Figures, TimeShare


class What(StrEnum):
    """What happened, in the order in which it is told of one and the same moment."""

    WELL = "well"  # the last look before the loss
    BEGAN = "began"
    STATE = "state"
    OPENED = "opened"
    CHANGED = "changed"
    TOLD = "told"
    BACKUP = "backup"
    REPEATED = "repeated"
    ACKED = "acked"
    ITSELF = "itself"  # the bot's own act
    ACT = "act"  # what a person ordered
    RUN = "run"  # what a procedure came to
    SHOWN = "shown"  # a QR or a code
    TAKEN = "taken"  # by a phone
    PAIRING = "pairing"  # what became of it
    NOTE = "note"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class TimelineEntry:
    """One line of a timeline. `who` is None for what nobody did."""

    at: datetime
    what: What
    who: UserId | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def places_of(facts: Mapping[str, Any]) -> tuple[ChatAddress, ...]:
    """Where a moment's facts say it was told: in chats, of a forum in its topics."""
    topics: Mapping[int, tuple[int | None, ...]] = facts.get("topics", {})
    return tuple(
        ChatAddress(chat_id, thread_id)
        for chat_id in facts["chats"]
        for thread_id in topics.get(chat_id, (None,))
    )


@dataclass(frozen=True, kw_only=True)
class Times:
    """How long it took. None where it has not happened.

    `lost_at` is the earliest that it can have been lost. `at_most` when that is a look at which all
    was well: the loss came between it and the next, so detection took no longer than `detect`.
    """

    lost_at: datetime
    at_most: bool
    detect: timedelta
    acknowledge: timedelta | None
    recover: timedelta | None


@dataclass(frozen=True, kw_only=True)
class IncidentTimeline:
    """An incident with all that is known of it.

    `names` are of people, `chats` and `topics` of where it was told, as far as they are known.
    `month` is how the company fared in the thirty days until its end, None for a gateway's
    incident. `earlier` are the company's last incidents before it, newest first.
    `apart` is how a report counts the time it took.
    """

    incident: Incident
    company: Company | None
    sign: DetectedBy
    times: Times
    moments: tuple[TimelineEntry, ...]
    names: Mapping[UserId, str]
    chats: Mapping[int, str]
    earlier: tuple[Incident, ...]
    month: Figures | None
    now: datetime
    topics: Mapping[ChatAddress, str] = field(default_factory=dict)
    apart: TimeShare = field(default_factory=TimeShare)


@dataclass(frozen=True, kw_only=True)
class IncidentPage:
    """Some incidents, the newest first. `page` counts from 0."""

    incidents: tuple[Incident, ...]
    companies: Mapping[CompanyId, Company]
    company: Company | None
    only_open: bool
    page: int
    pages: int
    total: int
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of a document: lines of text, or where `bullets` a list."""

    title: str
    lines: tuple[str, ...] = ()
    bullets: bool = True


@dataclass(frozen=True, kw_only=True)
class Document:
    """A post-mortem in the reader's words, which are plain text."""

    title: str
    sections: tuple[Section, ...]
