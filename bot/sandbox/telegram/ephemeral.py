"""Ephemeral messages: in a group, visible to one person."""

from dataclasses import dataclass
from typing import Any

from bot.sandbox.telegram.access import find_open_chat
from bot.sandbox.telegram.chats import Chat
from bot.sandbox.telegram.messages import Message
from bot.sandbox.telegram.params import Params
from bot.sandbox.telegram.people import Person
from bot.sandbox.telegram.refusals import bad, number
from bot.sandbox.telegram.world import World

WINDOW_S = 15


@dataclass(frozen=True, kw_only=True)
class Receiver:
    """The only reader of a message, which is shown in place of `replaces` where that is set."""

    person: Person
    replaces: Message | None = None


def read_receiver(world: World, chat: Chat, params: Params) -> Receiver | None:
    """The one receiver a call names, None for a message to everyone.

    A bot that is no administrator must answer something of that person within 15 seconds: a pressed
    button or an ephemeral message.
    """
    wish = params.obj("ephemeral_message_parameters")
    if not world.knows_ephemeral:
        return None  # a server of another age sends it to everybody
    if wish is None:
        wish = {
            name: params.values[name]
            for name in ("receiver_user_id", "callback_query_id")
            if params.values.get(name)
        }
    if not wish:
        return None
    person = world.people.get(number(wish.get("receiver_user_id") or 0, "receiver_user_id"))
    if chat.is_private:
        raise bad("ephemeral messages can be sent in groups and supergroups only")
    if person is None or not chat.member(person).is_here:
        raise bad("USER_NOT_PARTICIPANT")
    query_id = str(wish.get("callback_query_id") or "")
    if not chat.member(world.bot).is_admin:
        _check_window(world, chat, person, query_id, params)
    pressed = world.queries.get(query_id)
    replace = bool(wish.get("replace_callback_query_message"))
    if replace and (pressed is None or pressed.message.receiver is not None):
        raise bad("an ephemeral message can't be replaced this way")
    return Receiver(person=person, replaces=pressed.message if pressed and replace else None)


def find_ephemeral(world: World, params: Params, otherwise: str) -> Message:
    """The ephemeral message a call names."""
    chat = find_open_chat(world, params)
    person_id = params.needed_integer("receiver_user_id")
    ephemeral_id = params.needed_integer("ephemeral_message_id")
    for message in world.messages(chat.id):
        ours = message.sender.id == world.bot.id and message.receiver is not None
        if ours and message.key == f"e{person_id}-{ephemeral_id}":
            return message
    raise bad(otherwise)


def _check_window(world: World, chat: Chat, person: Person, query_id: str, params: Params) -> None:
    oldest = world.clock() - WINDOW_S
    query = world.queries.get(query_id)
    if query is not None and query.person == person and query.chat is chat and query.at >= oldest:
        return
    answered: dict[str, Any] = params.obj("reply_parameters") or {}
    key = f"e{person.id}-{answered.get('ephemeral_message_id')}"
    for message in world.messages(chat.id):
        if message.key == key and message.date >= oldest - 1:
            return
    raise bad("EPHEMERAL_MESSAGE_NOT_ALLOWED")
