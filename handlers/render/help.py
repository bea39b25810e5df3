"""Greeting, help, ids."""

from aiogram.types import InlineKeyboardButton

from bot.domain.access import Person
from bot.domain.trouble import Offer
from bot.texts import LANGUAGES, Markup, Texts
from handlers import keyboards
from handlers.callbacks import Lang
from handlers.render.menu import PARTS, allowed
from handlers.render.screen import Screen, joined


def start(t: Texts, person: Person) -> Screen:
    """What this bot is for, and what the person may do here."""
    text = joined(t.say("start.hello"), "", t.say("start.you_may"), *_commands(t, person))
    status = keyboards.offer(t, Offer.STATUS, None)
    return Screen(text, keyboards.keyboard([[status], other_languages(t)]))


def help_(t: Texts, person: Person) -> Screen:
    """Every command the person may use, and what happens when something breaks."""
    text = joined(
        t.say("help.how"), *_commands(t, person), "", t.say("help.company"), t.say("help.safe")
    )
    return Screen(text, keyboards.keyboard([[keyboards.offer(t, Offer.STATUS, None)]]))


def whoami(t: Texts, user_id: int, chat_id: int, thread_id: int | None) -> Screen:
    """The ids that grants and settings ask for."""
    lines = [t.say("id.user", id=user_id), t.say("id.chat", id=chat_id)]
    if thread_id is not None:
        lines.append(t.say("id.topic", id=f"{chat_id}:{thread_id}"))
    return Screen(joined(*lines))


def _commands(t: Texts, person: Person) -> list[Markup]:
    may = allowed(person)
    lines: list[Markup] = []
    for part, listed in PARTS.items():
        shown = [command for command in listed if command in may]
        if shown:
            lines += [Markup(""), t.say(f"help.part.{part}")]
        lines += [
            t.say("help.command", command=command, does=t.say(f"command.{command}"))
            for command in shown
        ]
    return lines


def other_languages(t: Texts) -> list[InlineKeyboardButton]:
    """A button for each language that is not spoken here."""
    return [
        keyboards.button(name, Lang(code=code))
        for code, name in LANGUAGES.items()
        if code != t.language
    ]
