"""Chats and topics as people know them: by name; by an id only where nobody knows the name."""

import html
from collections.abc import Mapping

from bot.domain.notice import ChatAddress
from bot.texts import Markup, Texts


def called(t: Texts, name: str | int) -> Markup:
    """A chat by its name, or in words and by its id where it has none."""
    if isinstance(name, str):
        return _escaped(t.foreign(name))
    return t.say("place.private" if name > 0 else "place.chat", id=str(name))


def chat(t: Texts, chat_id: int, chats: Mapping[int, str]) -> Markup:
    """A chat by the name that is known of it."""
    return called(t, chats.get(chat_id, "")) or called(t, chat_id)


def place(
    t: Texts, where: ChatAddress, chats: Mapping[int, str], topics: Mapping[ChatAddress, str]
) -> Markup:
    """A chat, with the topic where its name is known."""
    named, topic = chat(t, where.chat_id, chats), t.foreign(topics.get(where, ""))
    return t.say("place.topic", chat=named, topic=topic) if topic else named


def _escaped(name: str) -> Markup:
    """So that several names can be joined into one sentence."""
    return Markup(html.escape(name, quote=False))
