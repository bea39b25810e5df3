"""What people do in their chats: write, edit, press.

Each act changes the world and queues the update the bot would get of it. An act that is impossible
in Telegram raises NoSuch or CannotAct.
"""

from typing import Any

from bot.sandbox.telegram.chats import Chat
from bot.sandbox.telegram.entities import Text, cut, trimmed
from bot.sandbox.telegram.keyboards import Button
from bot.sandbox.telegram.messages import Content, Message
from bot.sandbox.telegram.people import ANONYMOUS, Person
from bot.sandbox.telegram.world import Event, NoSuch, Query, World

Which = int | str | Message  # a message by id, by key, or itself


class CannotAct(Exception):
    """Telegram would not let this person do this. Whose fault: the asker's."""


def say(
    world: World,
    person_id: int,
    chat_id: int,
    text: str,
    *,
    thread_id: int | None = None,
    reply_to: Which | None = None,
    date: int | None = None,
    anonymous: bool = False,
) -> Message:
    """A person writes. `date` is Unix time for a message that was long under way."""
    person, chat = world.person(person_id), world.chat(chat_id)
    _check_may_write(chat, person, thread_id, anonymous=anonymous)
    if chat.is_private:
        chat.started, chat.blocked = True, False
    content = Content(text=trimmed(text, []))
    receiver = person if _is_ephemeral(world, person, chat, content.text) else None
    message = world.post(
        chat,
        ANONYMOUS if anonymous else person,
        content,
        sender_chat=chat if anonymous else None,
        thread_id=thread_id,
        reply_to=world.message(chat_id, reply_to) if reply_to is not None else None,
        date=date,
        receiver=receiver,
    )
    if hears(world, message):
        world.updates.push("message", to_bot(message))
    return message


def edit(world: World, person_id: int, chat_id: int, which: Which, text: str) -> Message:
    """A person rewrites their own message."""
    message = world.message(chat_id, which)
    if message.sender.id != person_id or message.content.has_media:
        raise CannotAct("people edit their own texts only")
    world.change(message, Content(text=trimmed(text, [])))
    if hears(world, message):
        world.updates.push("edited_message", to_bot(message))
    return message


def delete(world: World, person_id: int, chat_id: int, which: Which) -> None:
    """A person deletes a message; Telegram tells bots nothing of it."""
    message, chat = world.message(chat_id, which), world.chat(chat_id)
    own = message.sender.id == person_id
    if not (own or chat.is_private or chat.member(world.person(person_id)).is_admin):
        raise CannotAct("only administrators delete what others wrote")
    world.delete(message)


def press(world: World, person_id: int, chat_id: int, which: Which, button: str) -> Query:
    """A person presses a button, found by its words or its data."""
    message = world.message(chat_id, which)
    if message.receiver is not None and message.receiver.id != person_id:
        raise CannotAct("somebody else's ephemeral message")
    for row in message.content.keyboard:
        for candidate in row:
            if button in {candidate["text"], candidate.get("callback_data")}:
                return press_data(world, person_id, chat_id, message, _data(candidate))
    raise NoSuch(f"no button {button!r} under message {message.key}; there are {message.labels}")


def press_data(world: World, person_id: int, chat_id: int, which: Which, data: str) -> Query:
    """A person's client sends this callback data, even where no such button exists."""
    chat, person = world.chat(chat_id), world.person(person_id)
    message = world.message(chat_id, which)
    query = Query(
        id=str(world.next_number()), person=person, chat=chat, message=message, at=world.clock()
    )
    world.queries[query.id] = query
    world.updates.push(
        "callback_query",
        {
            "id": query.id,
            "from": person.to_api(),
            "message": to_bot(message),
            "chat_instance": str(abs(chat.id) * 7919),
            "data": data,
        },
    )
    world.emit(Event(kind="press", chat=chat, message=message, details={"person_id": person_id}))
    return query


def hears(world: World, message: Message) -> bool:
    """Whether the bot gets this message.

    An administrator gets all messages; a plain member gets commands, mentions and replies to it.
    """
    chat, bot = message.chat, world.bot
    me = chat.member(bot)
    if chat.is_private or message.receiver is not None:
        return True
    if not me.is_here:
        return False
    if me.is_admin or message.service:
        return True
    if message.reply_to is not None and message.reply_to.sender.id == bot.id:
        return True
    return any(_is_for(bot, message, entity) for entity in message.entities)


def to_bot(message: Message) -> dict[str, Any]:
    """The message as updates carry it: in a topic, what answers nothing answers the topic."""
    body = message.to_api()
    if message.thread_id is not None and message.reply_to is None:
        for opening in message.chat.history:
            if opening.id == message.thread_id and opening is not message:
                body["reply_to_message"] = opening.to_api(nested=True)
    return body


def _is_for(bot: Person, message: Message, entity: dict[str, Any]) -> bool:
    marked = cut(message.text, entity["offset"], entity["length"]).lower()
    if entity["type"] == "bot_command":
        return "@" not in marked or marked.endswith(f"@{bot.username}".lower())
    return entity["type"] == "mention" and marked == f"@{bot.username}".lower()


def _is_ephemeral(world: World, person: Person, chat: Chat, text: Text) -> bool:
    """Whether this is a command published as one that only its sender sees."""
    if chat.is_private or not text.entities or text.entities[0]["offset"]:
        return False
    if text.entities[0]["type"] != "bot_command":
        return False
    name = cut(text.plain, 1, text.entities[0]["length"] - 1).partition("@")[0]
    return any(
        command["command"] == name and command.get("is_ephemeral")
        for command in world.menus.seen_by(person, chat)
    )


def _check_may_write(chat: Chat, person: Person, thread_id: int | None, *, anonymous: bool) -> None:
    if chat.is_private and chat.person != person:
        raise CannotAct("somebody else's private chat")
    member = chat.member(person)
    if not chat.is_private and (not member.is_here or chat.migrated_to is not None):
        raise CannotAct(f"{person.first_name} is not in this chat")
    if anonymous and (chat.is_private or not member.is_admin):
        raise CannotAct("only administrators of a group write anonymously")
    if thread_id is not None:
        topic = chat.topics.get(thread_id)
        if topic is None or (topic.is_closed and not member.is_admin):
            raise CannotAct("there is no such open topic")


def _data(button: Button) -> str:
    if "callback_data" not in button:
        raise CannotAct(f"the button {button['text']!r} sends nothing to the bot")
    return str(button["callback_data"])
