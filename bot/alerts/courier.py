"""The contract of whoever carries messages to chats: a message goes in, an outcome comes out.

What a chat service may answer is a value, not an exception:

    Outcome             again?                     whose fault?
    ├── Delivered       no                         nobody's
    ├── RetryLater      later, the same            the service's, or our haste
    ├── Moved           at once, to the new chat   nobody's
    ├── TopicGone       at once, to the group      the group's
    ├── Gone            slowly, 1 min to 1 h       the chat's
    ├── CardLost        as a new message           the chat's
    └── Refused         in plain words, then slowly   ours
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.domain.board import Board
from bot.domain.company import Company, CompanyId
from bot.domain.database_trouble import DatabaseTrouble
from bot.domain.incident import Incident
from bot.domain.notice import ChatAddress
from bot.domain.system_notice import SystemNotice
from bot.domain.urgency import Urgency

# As many one-line incidents as fit into a message of 4096 characters.
INCIDENTS_IN_MESSAGE = 170
# Six full messages are what a group takes within seconds and a person still scrolls through.
READABLE = 6 * INCIDENTS_IN_MESSAGE
SUMMARY_READABLE = 25  # a line for each, with its times


class MessageKind(StrEnum):
    """In order of haste. All but EDIT, which changes one that was sent, are new messages.

    SUMMARY tells what happened while the chat could not be reached.
    """

    NEW = "new"
    SUMMARY = "summary"
    EDIT = "edit"
    BACK = "back"
    REPEAT = "repeat"
    SYSTEM_NOTICE = "system_notice"


@dataclass(frozen=True, kw_only=True)
class IncidentEntry:
    """One incident of a message. `company` is None for a gateway's own incident."""

    incident: Incident
    company: Company | None


@dataclass(frozen=True, kw_only=True)
class SystemEntry:
    """One system notice of a message, made at `at`. `company` is the one it concerns."""

    system_notice: SystemNotice
    at: datetime
    company: Company | None


@dataclass(frozen=True, kw_only=True)
class OutgoingMessage:
    """What one chat is told at once: incidents, or for REMARK the `system_notices`.

    `entries` come in the order in which the card shows them. `message_id` is the card to edit, for
    BACK and REPEAT the card replied to, None when the incidents share none. `silent`
    asks for no sound, as all edits do anyway.
    """

    kind: MessageKind
    address: ChatAddress
    entries: tuple[IncidentEntry, ...]
    language: str
    message_id: int | None = None
    silent: bool = False
    system_notices: tuple[SystemEntry, ...] = ()

    @property
    def in_file(self) -> bool:
        """Whether it names more than a phone can read, so that a file holds the names."""
        readable = SUMMARY_READABLE if self.kind is MessageKind.SUMMARY else READABLE
        return len(self.entries) > readable


@dataclass(frozen=True)
class Delivered:
    """It is in the chat. `message_id` is None when there is nothing that could be edited later."""

    message_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class RetryLater:
    """It may be in the chat, or not: server trouble, network trouble, or too many messages.

    `after_s` is the service's own word and law; None leaves the pause to us. `everywhere` when
    the pause concerns every chat.
    """

    after_s: float | None
    everywhere: bool
    reason: str


@dataclass(frozen=True)
class Moved:
    """The group has another id now."""

    new_chat_id: int


@dataclass(frozen=True)
class TopicGone:
    """The chat is there, the topic takes no messages."""


@dataclass(frozen=True)
class Gone:
    """The chat takes nothing from us: blocked, kicked, no rights, or for reasons nobody knows."""

    reason: str


@dataclass(frozen=True)
class CardLost:
    """The message to edit, or to reply to, is not there or cannot be edited."""


@dataclass(frozen=True)
class Refused:
    """The content is rejected: our markup, our buttons, its length."""

    reason: str


Outcome = Delivered | RetryLater | Moved | TopicGone | Gone | CardLost | Refused


class Turn(Protocol):
    """A place in the line of all who speak to Telegram, and later the right to call one chat."""

    @property
    def has_come(self) -> bool:
        """Whether it is its turn."""
        ...

    @property
    def urgency(self) -> Urgency:
        """Its class."""
        ...

    def raise_to(self, urgency: Urgency) -> None:
        """It has become more urgent while it waited."""
        ...

    def within(self) -> AbstractContextManager[None]:
        """Calls to the chat in this block are made in this turn."""
        ...

    def back_off(self) -> None:
        """Server or network have failed its call: what can wait waits longer each time."""
        ...

    async def wait(self) -> None:
        """Return when it is its turn. LineClosed when the program stops."""
        ...

    def leave(self) -> None:
        """Let the next one go."""
        ...


class Turns(Protocol):
    """The line. One turn at a time is given for each chat, and no faster than Telegram allows."""

    def join(self, chat_id: int, urgency: Urgency) -> Turn:
        """Stand in the line."""
        ...

    def obey(self, chat_id: int, after_s: float, *, everywhere: bool) -> None:
        """Telegram wants no call to this chat, or to any, for so long."""
        ...

    def recover(self) -> None:
        """The server answers."""
        ...


class Courier(Protocol):
    """Carries one message at a time; the caller keeps pace, counts time and retries."""

    async def deliver(self, message: OutgoingMessage) -> Outcome:
        """Send or edit once, without retries of its own. An edit that changes nothing is done."""
        ...


@dataclass(frozen=True, kw_only=True)
class BoardView:
    """A board as one chat or topic sees it; `message_id` is None while it has to be sent.

    `pin_refused` when the reader is to be told that it could not be pinned.
    """

    address: ChatAddress
    language: str
    board: Board
    message_id: int | None
    pin_refused: bool


class BoardCourier(Protocol):
    """Shows boards; once each time, without retries of its own."""

    async def show(self, view: BoardView) -> Outcome:
        """Send it, or put it in the place of what its message shows."""
        ...

    async def pin(self, address: ChatAddress, message_id: int) -> bool:
        """Pin it without a sound; False when we may not."""
        ...

    async def take_down(self, address: ChatAddress, message_id: int) -> bool:
        """Delete it; False when that is to be tried again."""
        ...


@dataclass(frozen=True, kw_only=True)
class Unwatched:
    """What is said. `lost` was seen since, and is written nowhere; `kept_in` is a file's name."""

    since: datetime
    why: DatabaseTrouble | None
    lost: tuple[CompanyId, ...] = ()
    kept_in: str = ""


class UnwatchedCourier(Protocol):
    """Carries it to one chat."""

    async def tell(self, address: ChatAddress, language: str, said: Unwatched) -> Outcome:
        """Send it once."""
        ...
