"""Messages whose text the sender did not type, or not as a message: forwards, captions, quotes."""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.telegram.acts import hears, to_bot
from bot.sandbox.telegram.entities import trimmed
from bot.sandbox.telegram.messages import Content, Message
from bot.sandbox.telegram.params import Upload
from bot.sandbox.telegram.world import World

_FOREIGN_ID = -1002000000555
_ELSEWHERE = {"id": _FOREIGN_ID, "type": "channel", "title": "Elsewhere"}
_GROUP = {"id": _FOREIGN_ID - 1, "type": "supergroup", "title": "Elsewhere"}
# Each way in which Telegram tells that somebody's words are not their own, and what comes with it.
KINDS = (
    "user",
    "hidden_user",
    "nameless_user",  # as Telegram really sends it of deleted accounts
    "chat",
    "channel",
    "automatic",
    "legacy",
    "caption",
    "quote",
    "external_reply",
    "empty_story",  # a reply to a story that is gone
    "via_bot",
    "business_bot",
    "scheduled",
    "edited",
    "paid",
    "guest",
    "protected_story",
)


def utter(world: World, person_id: int, chat_id: int, text: str, kind: str) -> Message:
    """A person sends `text` as a message of this `kind`, one of KINDS; returns the message."""
    person, chat = world.person(person_id), world.chat(chat_id)
    content = Content(text=trimmed(text, []))
    if kind == "caption":
        picture = Upload(name="photo.jpg", mime="image/jpeg", data=b"a picture")
        content = Content(text=content.text, photo=world.store(picture, (640, 480)))
    message = world.post(chat, person, content, origin=dict(_origin(world, kind, text)))
    if hears(world, message):
        world.updates.push("message", to_bot(message))
    return message


def _origin(world: World, kind: str, text: str) -> Mapping[str, Any]:
    at, stranger = world.now - 60, {"id": 1005, "is_bot": False, "first_name": "Gleb"}
    bot = {"id": 555001, "is_bot": True, "first_name": "Other", "username": "other_bot"}

    def forwarded(kind: str, **more: Any) -> Mapping[str, Any]:
        return {"forward_origin": {"type": kind, "date": at, **more}}

    by_channel = forwarded("channel", chat=_ELSEWHERE, message_id=7)
    elsewhere = {"origin": by_channel["forward_origin"], "chat": _GROUP, "message_id": 9}
    return {
        "user": forwarded("user", sender_user=stranger),
        "hidden_user": forwarded("hidden_user", sender_user_name="Gleb"),
        "nameless_user": forwarded("hidden_user"),
        "chat": forwarded("chat", sender_chat=_GROUP),
        "channel": by_channel,
        "automatic": {**by_channel, "is_automatic_forward": True, "sender_chat": _ELSEWHERE},
        "legacy": {"forward_from": stranger, "forward_date": at},
        "caption": {},
        "quote": {"quote": {"text": text, "position": 0, "is_manual": True}},
        "external_reply": {"external_reply": elsewhere},
        "empty_story": {"external_reply": {**elsewhere, "story": {}}},
        "via_bot": {"via_bot": bot},
        "business_bot": {"sender_business_bot": bot, "business_connection_id": "b1"},
        "scheduled": {"is_from_offline": True},
        "edited": {"edit_date": world.now},
        "paid": {"is_paid_post": True},
        "guest": {"guest_bot_caller_user": stranger, "guest_query_id": "g1"},
        "protected_story": {"reply_to_story": {"chat": _GROUP, "id": 3}},
    }[kind]
