"""Chats with what has been written in them."""

from dataclasses import dataclass, field
from typing import Any, Literal

from bot.sandbox.telegram.messages import Message
from bot.sandbox.telegram.people import Member, Person

ChatType = Literal["private", "group", "supergroup", "channel"]


@dataclass(kw_only=True)
class Topic:
    """A topic of a forum; its id is the id of the message that opened it."""

    id: int
    name: str
    is_closed: bool = False


@dataclass(kw_only=True)
class Chat:
    """One chat. A private chat belongs to one person and has that person's id."""

    id: int
    type: ChatType
    title: str = ""
    person: Person | None = None  # in a private chat
    started: bool = False  # in a private chat: Start was pressed
    blocked: bool = False  # in a private chat: the bot is blocked
    deactivated: bool = False  # in a private chat: the person's account is deleted
    is_forum: bool = False
    denied: set[str] = field(default_factory=set)  # what plain members may not send
    slow_mode_s: int = 0
    members: dict[int, Member] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    history: list[Message] = field(default_factory=list)
    pinned: list[Message] = field(default_factory=list)
    migrated_to: int | None = None
    last_id: int = 0

    @property
    def is_private(self) -> bool:
        """Whether this is a person's chat with the bot."""
        return self.type == "private"

    def member(self, person: Person) -> Member:
        """The membership of `person`; its status is "left" for somebody who never joined."""
        if self.person is not None:
            return Member(person=person, status="kicked" if self.blocked else "member")
        return self.members.get(person.id) or Member(person=person, status="left")

    def to_api(self) -> dict[str, Any]:
        """Telegram's Chat."""
        chat: dict[str, Any] = {"id": self.id, "type": self.type}
        if self.person is not None:
            chat["first_name"] = self.person.first_name
            if self.person.username:
                chat["username"] = self.person.username
        else:
            chat["title"] = self.title
        if self.is_forum:
            chat["is_forum"] = True
        return chat
