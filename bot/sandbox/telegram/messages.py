"""A message with all its earlier contents."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.sandbox.telegram.entities import Entity, Text
from bot.sandbox.telegram.files import StoredFile
from bot.sandbox.telegram.keyboards import Button, Keyboard
from bot.sandbox.telegram.people import Person

if TYPE_CHECKING:
    from bot.sandbox.telegram.chats import Chat


@dataclass(frozen=True, kw_only=True)
class Content:
    """What can be edited of a message. `text` is the caption where there is a photo or document."""

    text: Text = field(default_factory=Text)
    photo: StoredFile | None = None
    document: StoredFile | None = None
    spoiler: bool = False
    caption_above: bool = False
    keyboard: Keyboard = ()

    @property
    def has_media(self) -> bool:
        """Whether the text is a caption."""
        return self.photo is not None or self.document is not None

    def to_api(self) -> dict[str, Any]:
        """The fields of Telegram's Message that hold this content."""
        body: dict[str, Any] = {}
        text, entities = ("caption", "caption_entities") if self.has_media else ("text", "entities")
        if self.text.plain:
            body[text] = self.text.plain
        if self.text.entities:
            body[entities] = list(self.text.entities)
        if self.photo is not None:
            body["photo"] = self.photo.as_photo()
        if self.document is not None:
            body["document"] = self.document.as_document()
        if self.spoiler:
            body["has_media_spoiler"] = True
        if self.caption_above:
            body["show_caption_above_media"] = True
        if self.keyboard:
            body["reply_markup"] = {"inline_keyboard": [list(row) for row in self.keyboard]}
        return body


@dataclass(kw_only=True, eq=False, repr=False)
class Message:
    """One message of a chat, the present content and the earlier ones.

    `receiver` and `ephemeral_id` are set on ephemeral messages: only that person and the bot see
    them. Their `id` is 0, and `key` tells them apart.
    """

    id: int
    chat: "Chat"
    date: int
    sender: Person
    content: Content
    sender_chat: "Chat | None" = None
    thread_id: int | None = None
    reply_to: "Message | None" = None
    quote: str | None = None
    protected: bool = False
    silent: bool = False
    receiver: Person | None = None
    ephemeral_id: int | None = None
    replaces: "Message | None" = None  # the ephemeral one is shown in its place
    service: dict[str, Any] = field(default_factory=dict)
    origin: dict[str, Any] = field(default_factory=dict)  # fields that tell whose words these are
    edit_date: int | None = None
    earlier: list[Content] = field(default_factory=list)
    deleted: bool = False

    def __repr__(self) -> str:
        return f"Message({self.key} in {self.chat.id}: {self.text!r} {self.labels})"

    @property
    def key(self) -> str:
        """What tells the message from every other one of its chat."""
        if self.ephemeral_id is None or self.receiver is None:
            return str(self.id)
        return f"e{self.receiver.id}-{self.ephemeral_id}"

    @property
    def text(self) -> str:
        """The plain text or caption."""
        return self.content.text.plain

    @property
    def entities(self) -> tuple[Entity, ...]:
        """The entities of the text or caption."""
        return self.content.text.entities

    @property
    def photo(self) -> bytes | None:
        """The bytes of the photo, None where there is none."""
        return self.content.photo.data if self.content.photo else None

    @property
    def document(self) -> bytes | None:
        """The bytes of the document, None where there is none."""
        return self.content.document.data if self.content.document else None

    @property
    def buttons(self) -> list[Button]:
        """Every button, row after row."""
        return [button for row in self.content.keyboard for button in row]

    @property
    def labels(self) -> list[str]:
        """The words on the buttons."""
        return [str(button["text"]) for button in self.buttons]

    @property
    def is_pinned(self) -> bool:
        """Whether it is pinned in its chat."""
        return self in self.chat.pinned

    def change(self, content: Content, at: int) -> None:
        """Put `content` in place of the present one."""
        self.earlier.append(self.content)
        self.content = content
        self.edit_date = at

    def to_api(self, *, nested: bool = False) -> dict[str, Any]:
        """Telegram's Message; a `nested` one has no `reply_to_message` of its own."""
        body: dict[str, Any] = {
            "message_id": self.id,
            "date": self.date,
            "chat": self.chat.to_api(),
            "from": self.sender.to_api(),
        }
        body |= self._place(nested=nested) | self.content.to_api() | self.service
        body |= self.origin
        if self.edit_date is not None:
            body["edit_date"] = self.edit_date
        if self.protected:
            body["has_protected_content"] = True
        if self.receiver is not None:
            body["ephemeral_message_id"] = self.ephemeral_id
            if self.sender.is_bot:
                body["receiver_user"] = self.receiver.to_api()
        return body

    def _place(self, *, nested: bool) -> dict[str, Any]:
        body: dict[str, Any] = {}
        if self.sender_chat is not None:
            body["sender_chat"] = self.sender_chat.to_api()
        if self.thread_id is not None:
            body |= {"message_thread_id": self.thread_id, "is_topic_message": True}
        if self.reply_to is not None and not nested:
            body["reply_to_message"] = self.reply_to.to_api(nested=True)
            if self.quote:
                body["quote"] = {"text": self.quote, "position": 0, "is_manual": True}
        return body
