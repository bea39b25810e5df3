"""The world as plain JSON for the chat page."""

from typing import Any

from bot.sandbox.telegram.chats import Chat
from bot.sandbox.telegram.faults import Faults
from bot.sandbox.telegram.messages import Message
from bot.sandbox.telegram.people import Person
from bot.sandbox.telegram.world import Event, World, tour_view


def world_view(world: World, faults: Faults, panel_url: str | None) -> dict[str, Any]:
    """Everyone and every chat, without the messages."""
    return {
        "bot": _person(world.bot),
        "people": [_person(person) for person in world.people.values()],
        "chats": [chat_view(chat) for chat in world.chats.values() if chat.migrated_to is None],
        "faults": [fault.kind for fault in faults.active()],
        "panel_url": panel_url,
        "language": world.language,
        "tour": tour_view(world.tour),
    }


def chat_view(chat: Chat) -> dict[str, Any]:
    """A chat with its members, topics and pins."""
    return {
        "id": chat.id,
        "type": chat.type,
        "title": chat.title,
        "person_id": chat.person.id if chat.person else None,
        "started": chat.started,
        "blocked": chat.blocked,
        "is_forum": chat.is_forum,
        "denied": sorted(chat.denied),
        "topics": [
            {"id": topic.id, "name": topic.name, "closed": topic.is_closed}
            for topic in chat.topics.values()
        ],
        "members": [
            {"id": member.person.id, "status": member.status, "admin": member.is_admin}
            for member in chat.members.values()
            if member.is_here
        ],
        "pinned": [message.key for message in chat.pinned],
    }


def message_view(message: Message) -> dict[str, Any]:
    """A message as a reader sees it."""
    content = message.content
    return {
        "key": message.key,
        "id": message.id,
        "chat_id": message.chat.id,
        "from": _person(message.sender) | {"anonymous": message.sender_chat is not None},
        "date": message.date,
        "edit_date": message.edit_date,
        "edits": len(message.earlier),
        "text": message.text,
        "entities": list(message.entities),
        "buttons": [list(row) for row in content.keyboard],
        "photo": _photo(message),
        "document": _document(message),
        "caption_above": content.caption_above,
        "spoiler": content.spoiler,
        "protect_content": message.protected,
        "silent": message.silent,
        "pinned": message.is_pinned,
        "reply_to": _reply(message),
        "thread_id": message.thread_id,
        "receiver_id": message.receiver.id if message.receiver else None,
        "replaces": message.replaces.key if message.replaces else None,
        "service": _service(message),
    }


def event_view(event: Event) -> dict[str, Any]:
    """An event for the page's stream."""
    view: dict[str, Any] = {"type": event.kind, **event.details}
    if event.chat is not None:
        view["chat_id"] = event.chat.id
    if event.kind in {"chat", "pin"} and event.chat is not None:
        view["chat"] = chat_view(event.chat)
    if event.message is not None:
        view["message"] = message_view(event.message)
    return view


def _person(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.first_name,
        "username": person.username,
        "language": person.language_code,
        "is_bot": person.is_bot,
        "role": person.role,
    }


def _photo(message: Message) -> dict[str, Any] | None:
    photo = message.content.photo
    if photo is None:
        return None
    return {
        "file_id": photo.id,
        "url": f"/sandbox/files/{photo.id}",
        "width": photo.width,
        "height": photo.height,
    }


def _document(message: Message) -> dict[str, Any] | None:
    document = message.content.document
    if document is None:
        return None
    return {
        "file_id": document.id,
        "url": f"/sandbox/files/{document.id}",
        "name": document.name,
        "size_bytes": len(document.data),
    }


def _reply(message: Message) -> dict[str, Any] | None:
    answered = message.reply_to
    if answered is None:
        return None
    return {
        "key": answered.key,
        "name": answered.sender.first_name,
        "text": message.quote or answered.text,
    }


def _service(message: Message) -> dict[str, Any] | None:
    """The kind of a service message and the name it is about; None: an ordinary message."""
    if not message.service:
        return None
    kind, value = next(iter(message.service.items()))
    value_of = value[0] if isinstance(value, list) else value
    named = value_of if isinstance(value_of, dict) else {}
    name = named.get("first_name") or named.get("name") or named.get("text") or named.get("caption")
    return {"kind": kind, "name": name or ""}
