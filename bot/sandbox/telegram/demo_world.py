"""The world everyone starts with: four people, one group."""

import time
from dataclasses import replace
from typing import Literal

from bot.sandbox.telegram.chats import Chat, ChatType
from bot.sandbox.telegram.people import Member, Person
from bot.sandbox.telegram.world import Clock, World

ANNA = Person(id=1001, first_name="Анна", username="anna", language_code="ru", role="owner")
BORIS = Person(id=1002, first_name="Борис", language_code="ru", role="operator")
VERA = Person(id=1003, first_name="Vera", username="vera", language_code="en", role="viewer")
GLEB = Person(id=1004, first_name="Глеб", language_code="ru", role="stranger")

GROUP_ID = -1001000000001
BASIC_GROUP_ID = -4000000001
GROUP_TITLE = "Салоны · дежурные"

# What the same people and the same group are called where everybody reads one language.
_FIRST_NAMES = {
    "ru": {ANNA.id: "Анна", BORIS.id: "Борис", VERA.id: "Вера", GLEB.id: "Глеб"},
    "en": {ANNA.id: "Alice", BORIS.id: "Ben", VERA.id: "Violet", GLEB.id: "George"},
}
_USERNAMES = {"ru": {}, "en": {ANNA.id: "alice", VERA.id: "violet"}}
_GROUP_TITLES = {"ru": GROUP_TITLE, "en": "Salons · on duty"}


def bot_person(token: str, username: str) -> Person:
    """The bot a token belongs to: its id stands before the colon."""
    number, _, secret = token.partition(":")
    if not number.isdigit() or not secret:
        raise ValueError("a bot token looks like 123456:SECRET")
    return Person(id=int(number), first_name="Re:pair", username=username, is_bot=True)


def demo_world(
    token: str,
    *,
    bot_username: str = "repair_bot",
    group: Literal["supergroup", "forum", "basic"] = "supergroup",
    clock: Clock = time.time,
) -> World:
    """Anna, Boris and Vera share a group with the bot and have pressed Start; Gleb is a stranger.

    The bot is a plain member. The group's id is GROUP_ID, or BASIC_GROUP_ID for a basic one.
    """
    world = World(bot=bot_person(token, bot_username), clock=clock)
    for person in (ANNA, BORIS, VERA):
        world.add_person(person, started=True)
    world.add_person(GLEB)
    kind: ChatType = "group" if group == "basic" else "supergroup"
    chat = Chat(
        id=BASIC_GROUP_ID if group == "basic" else GROUP_ID,
        type=kind,
        title=GROUP_TITLE,
        is_forum=group == "forum",
    )
    for member in (
        Member(person=ANNA, status="creator"),
        Member(person=BORIS, status="administrator", can_pin=True, can_delete=True),
        Member(person=VERA),
        Member(person=world.bot),
    ):
        chat.members[member.person.id] = member
    world.chats[chat.id] = chat
    return world


def translate(world: World, language: str) -> None:
    """Give the people and the group of a demo world, and the page, one language: ru or en.

    For a world in which nothing has happened yet: what was said keeps the names it was said under.
    KeyError for any other language.
    """
    names, usernames = _FIRST_NAMES[language], _USERNAMES[language]
    for person_id, name in names.items():
        before = world.people[person_id]
        person = replace(
            before,
            first_name=name,
            username=usernames.get(person_id, before.username),
            language_code=language,
        )
        world.people[person_id] = person
        world.chats[person_id].person = person
        for chat in world.chats.values():
            if person_id in chat.members:
                chat.members[person_id] = replace(chat.members[person_id], person=person)
    for chat in world.chats.values():
        if not chat.is_private:
            chat.title = _GROUP_TITLES[language]
    world.language = language
