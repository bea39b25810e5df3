"""Changes of members, rights and topics of chats.

Each change queues the update and posts the service message Telegram would.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from bot.sandbox.telegram.acts import CannotAct, hears, to_bot
from bot.sandbox.telegram.chats import Chat, Topic
from bot.sandbox.telegram.messages import Content, Message
from bot.sandbox.telegram.people import Member, Person, Status
from bot.sandbox.telegram.world import Event, World


def join(world: World, person_id: int, chat_id: int) -> None:
    """A person comes into a group."""
    chat, person = world.chat(chat_id), world.person(person_id)
    if not chat.member(person).is_here:
        _set_member(world, chat, person, Member(person=person))
        announce(world, chat, person, new_chat_members=[person.to_api()])


def leave(world: World, person_id: int, chat_id: int) -> None:
    """A person goes out of a group."""
    chat, person = world.chat(chat_id), world.person(person_id)
    if chat.member(person).is_here:
        announce(world, chat, person, left_chat_member=person.to_api())
        _set_member(world, chat, person, Member(person=person, status="left"))


def set_admin(world: World, person_id: int, chat_id: int, *, admin: bool) -> None:
    """Make a person an administrator, or a plain member again."""
    chat, person = world.chat(chat_id), world.person(person_id)
    member = Member(person=person)
    if admin:
        member = replace(member, status="administrator", can_pin=True, can_delete=True)
    _set_member(world, chat, person, member)


def block_bot(world: World, person_id: int, *, blocked: bool = True) -> None:
    """A person blocks the bot in their private chat, or lets it in again."""
    chat, person = world.chat(person_id), world.person(person_id)
    if chat.blocked == blocked:
        return
    chat.blocked = blocked
    old, new = Member(person=world.bot), Member(person=world.bot, status="kicked")
    _tell_of_bot(world, chat, person, *((old, new) if blocked else (new, old)))


def add_bot(world: World, chat_id: int, *, by: int | None = None) -> None:
    """A person puts the bot into a group."""
    _set_bot(world, chat_id, by, Member(person=world.bot))
    chat = world.chat(chat_id)
    announce(world, chat, _actor(world, chat, by), new_chat_members=[world.bot.to_api()])


def kick_bot(world: World, chat_id: int, *, by: int | None = None) -> None:
    """A person throws the bot out of a group."""
    chat = world.chat(chat_id)
    announce(world, chat, _actor(world, chat, by), left_chat_member=world.bot.to_api())
    _set_bot(world, chat_id, by, Member(person=world.bot, status="kicked"))


def set_bot_admin(
    world: World, chat_id: int, *, by: int | None = None, admin: bool = True, can_pin: bool = True
) -> None:
    """A person makes the bot an administrator, or a plain member again."""
    member = Member(person=world.bot)
    if admin:
        member = replace(member, status="administrator", can_pin=can_pin, can_delete=True)
    _set_bot(world, chat_id, by, member)


def set_permissions(world: World, chat_id: int, denied: Iterable[str]) -> None:
    """Deny plain members of a group these `can_send_…` rights; bots get no update about it."""
    chat = world.chat(chat_id)
    chat.denied = set(denied)
    world.emit(Event(kind="chat", chat=chat))


def restrict_bot(
    world: World, chat_id: int, denied: Iterable[str], *, by: int | None = None
) -> None:
    """Deny the bot itself these `can_send_…` rights; with none, it is a plain member again."""
    refused = frozenset(denied)
    status: Status = "restricted" if refused else "member"
    _set_bot(world, chat_id, by, Member(person=world.bot, status=status, denied=refused))


def set_posting(world: World, chat_id: int, *, may: bool) -> None:
    """The bot's right to post in a channel."""
    member = Member(person=world.bot, status="administrator", can_post=may)
    _set_bot(world, chat_id, None, member)


def add_channel(world: World, chat_id: int, title: str, owner_id: int) -> Chat:
    """A channel in which the bot may post."""
    owner = world.person(owner_id)
    chat = Chat(id=chat_id, type="channel", title=title)
    chat.members[owner.id] = Member(person=owner, status="creator")
    world.chats[chat_id] = chat
    _set_bot(world, chat_id, owner_id, Member(person=world.bot, status="administrator"))
    return chat


def migrate_group(world: World, chat_id: int) -> Chat:
    """A basic group becomes a supergroup with another id, as Telegram does when it must."""
    old = world.chat(chat_id)
    if old.type != "group" or old.migrated_to is not None:
        raise CannotAct("only a basic group becomes a supergroup, once")
    new = Chat(
        id=-1_000_000_000_000 + old.id, type="supergroup", title=old.title, members=old.members
    )
    world.chats[new.id] = new
    owner = _actor(world, old, None)
    announce(world, old, owner, migrate_to_chat_id=new.id)
    old.migrated_to = new.id
    announce(world, new, owner, migrate_from_chat_id=old.id)
    world.emit(Event(kind="chat", chat=new))
    return new


def rename(
    world: World, chat_id: int, name: str, *, thread_id: int | None = None, by: int | None = None
) -> None:
    """A group, or one topic of it, gets another name."""
    chat = world.chat(chat_id)
    if chat.is_private:
        raise CannotAct("people choose their own names")
    if thread_id is None:
        chat.title = name
        announce(world, chat, _actor(world, chat, by), new_chat_title=name)
    else:
        chat.topics[thread_id].name = name
        edited = {"name": name}
        who = _actor(world, chat, by)
        announce(world, chat, who, thread_id=thread_id, forum_topic_edited=edited)
    world.emit(Event(kind="chat", chat=chat))


def open_topic(world: World, chat_id: int, name: str, *, by: int | None = None) -> int:
    """A new topic of a forum; its thread id."""
    chat = world.chat(chat_id)
    if not chat.is_forum:
        raise CannotAct("not a forum")
    thread_id = chat.last_id + 1
    chat.topics[thread_id] = Topic(id=thread_id, name=name)
    created = {"name": name, "icon_color": 7322096}
    announce(world, chat, _actor(world, chat, by), thread_id=thread_id, forum_topic_created=created)
    return thread_id


def close_topic(
    world: World, chat_id: int, thread_id: int, *, by: int | None = None, closed: bool = True
) -> None:
    """Close a topic, or open it again."""
    chat = world.chat(chat_id)
    chat.topics[thread_id].is_closed = closed
    what = "forum_topic_closed" if closed else "forum_topic_reopened"
    announce(world, chat, _actor(world, chat, by), thread_id=thread_id, **{what: {}})


def delete_topic(world: World, chat_id: int, thread_id: int) -> None:
    """Delete a topic with all its messages; bots get no update about it."""
    chat = world.chat(chat_id)
    del chat.topics[thread_id]
    for message in world.messages(chat_id):
        if message.thread_id == thread_id:
            world.delete(message)
    world.emit(Event(kind="chat", chat=chat))


def bot_leaves(world: World, chat: Chat) -> None:
    """The bot goes out of a group by itself."""
    announce(world, chat, world.bot, left_chat_member=world.bot.to_api())
    old, new = chat.member(world.bot), Member(person=world.bot, status="left")
    chat.members[world.bot.id] = new
    _tell_of_bot(world, chat, world.bot, old, new)


def announce(
    world: World, chat: Chat, who: Person, *, thread_id: int | None = None, **service: Any
) -> Message:
    """Post a service message: somebody came, left, pinned."""
    message = world.post(chat, who, Content(), thread_id=thread_id, service=service)
    if who.id != world.bot.id and hears(world, message):
        world.updates.push("message", to_bot(message))
    return message


def _actor(world: World, chat: Chat, by: int | None) -> Person:
    """Who does it: the one named, else the creator of the group."""
    if by is not None:
        return world.person(by)
    return next(m.person for m in chat.members.values() if m.status == "creator")


def _set_member(world: World, chat: Chat, person: Person, new: Member) -> None:
    old = chat.member(person)
    chat.members[person.id] = new
    if chat.member(world.bot).is_admin:
        world.updates.push("chat_member", _membership(world, chat, person, old, new))
    world.emit(Event(kind="chat", chat=chat))


def _set_bot(world: World, chat_id: int, by: int | None, new: Member) -> None:
    chat = world.chat(chat_id)
    old = chat.member(world.bot)
    chat.members[world.bot.id] = new
    _tell_of_bot(world, chat, _actor(world, chat, by), old, new)


def _tell_of_bot(world: World, chat: Chat, by: Person, old: Member, new: Member) -> None:
    world.updates.push("my_chat_member", _membership(world, chat, by, old, new))
    world.emit(Event(kind="chat", chat=chat))


def _membership(world: World, chat: Chat, by: Person, old: Member, new: Member) -> dict[str, Any]:
    return {
        "chat": chat.to_api(),
        "from": by.to_api(),
        "date": world.now,
        "old_chat_member": old.to_api(),
        "new_chat_member": new.to_api(),
    }
