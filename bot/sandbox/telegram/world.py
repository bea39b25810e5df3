"""The state of the sandbox's Telegram.

Calls of the bot and acts of people change it; updates for the bot and events for the page leave it.
It does no input or output.
"""

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.telegram.chats import Chat
from bot.sandbox.telegram.files import StoredFile
from bot.sandbox.telegram.menu import Menus
from bot.sandbox.telegram.messages import Content, Message
from bot.sandbox.telegram.params import Upload
from bot.sandbox.telegram.people import Person
from bot.sandbox.telegram.updates import Updates

Clock = Callable[[], float]


class NoSuch(LookupError):
    """The sandbox has no such person, chat, message or button. The caller's fault; do not retry."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something the chat page shows: its kind, its chat and message, and further details."""

    kind: str
    chat: Chat | None = None
    message: Message | None = None
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(kw_only=True)
class Query:
    """A pressed button that waits for its answer."""

    id: str
    person: Person
    chat: Chat
    message: Message
    at: float
    answer: dict[str, Any] | None = None


class World:
    """People, chats, messages, menus, files; `clock` tells Unix time.

    `language` is the one the page is read in; None: that of the person who speaks. `tour` holds the
    steps of a guided tour in their order, and whether each has happened; empty: there is none.
    """

    def __init__(self, *, bot: Person, clock: Clock = time.time) -> None:
        self.bot = bot
        self.clock = clock
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.queries: dict[str, Query] = {}
        self.menus = Menus()
        self.knows_ephemeral = True
        self.language: str | None = None
        self.tour: dict[str, bool] = {}
        self.updates = Updates(clock=clock)
        self.listeners: list[Callable[[Event], None]] = []
        self._numbers = itertools.count(1)
        self._private_ids = itertools.count(1)  # private chats and basic groups share their ids

    @property
    def now(self) -> int:
        """Unix time in whole seconds, as Telegram dates everything."""
        return int(self.clock())

    def person(self, person_id: int) -> Person:
        """The person with this id."""
        if person_id not in self.people:
            raise NoSuch(f"no person {person_id}")
        return self.people[person_id]

    def chat(self, chat_id: int) -> Chat:
        """The chat with this id."""
        if chat_id not in self.chats:
            raise NoSuch(f"no chat {chat_id}")
        return self.chats[chat_id]

    def messages(self, chat_id: int, *, deleted: bool = False) -> list[Message]:
        """What stands in a chat, oldest first; with `deleted`, also what was taken away."""
        return [m for m in self.chat(chat_id).history if deleted or not m.deleted]

    def message(self, chat_id: int, which: "int | str | Message") -> Message:
        """A message by its id, by its key, or itself."""
        if isinstance(which, Message):
            return which
        for message in reversed(self.messages(chat_id)):
            if message.key == str(which):
                return message
        raise NoSuch(f"no message {which} in chat {chat_id}")

    def add_person(self, person: Person, *, started: bool = False) -> Chat:
        """Add a person with their private chat; `started`: they have pressed Start before."""
        self.people[person.id] = person
        chat = Chat(id=person.id, type="private", person=person, started=started)
        return self.chats.setdefault(person.id, chat)

    def next_number(self) -> int:
        """A number never given before."""
        return next(self._numbers)

    def store(self, upload: Upload, size: tuple[int, int] = (0, 0)) -> StoredFile:
        """Keep a file; `size` is a photo's width and height."""
        kind = "photo" if any(size) else "file"
        stored = StoredFile(
            id=f"{kind}-{self.next_number():06d}",
            name=upload.name,
            mime=upload.mime,
            data=upload.data,
            width=size[0],
            height=size[1],
        )
        self.files[stored.id] = stored
        return stored

    def post(self, chat: Chat, sender: Person, content: Content, **more: Any) -> Message:
        """A new message in `chat`; `more` are further fields of Message."""
        ephemeral = more.get("receiver") is not None
        if ephemeral:
            more["ephemeral_id"] = self.next_number()
        message = Message(
            id=0 if ephemeral else self._next_message_id(chat),
            chat=chat,
            date=more.pop("date", None) or self.now,
            sender=sender,
            content=content,
            **more,
        )
        chat.history.append(message)
        self.emit(Event(kind="message", chat=chat, message=message))
        return message

    def change(self, message: Message, content: Content) -> None:
        """Edit a message."""
        message.change(content, self.now)
        self.emit(Event(kind="edit", chat=message.chat, message=message))

    def delete(self, message: Message) -> None:
        """Take a message away for everyone."""
        message.deleted = True
        if message.is_pinned:
            message.chat.pinned.remove(message)
        self.emit(Event(kind="delete", chat=message.chat, message=message))

    def tick_off(self, step: str) -> None:
        """A step of the tour has happened; KeyError where the tour has no such step."""
        if not self.tour[step]:
            self.tour[step] = True
            self.emit(Event(kind="tour", details={"tour": tour_view(self.tour)}))

    def emit(self, event: Event) -> None:
        """Tell every listener."""
        for listener in list(self.listeners):
            listener(event)

    def _next_message_id(self, chat: Chat) -> int:
        if chat.type in {"supergroup", "channel"}:
            chat.last_id += 1
            return chat.last_id
        return next(self._private_ids)


def tour_view(tour: dict[str, bool]) -> list[dict[str, Any]]:
    """The steps of a tour in plain JSON, in their order."""
    return [{"step": step, "done": done} for step, done in tour.items()]
