"""What is said when a chat does not take an answer as it is: why, and what to switch on."""

from collections.abc import Mapping
from typing import Any

from aiogram.types import InlineKeyboardMarkup

from bot.domain.hindrance import Hindrance
from bot.texts import Markup, Texts, plain, shortened
from handlers.callbacks import bound_to_chat
from handlers.render.screen import CAPTION_LIMIT, TEXT_LIMIT, Screen, cut, fits, joined

POPUP_LIMIT = 200


def why(t: Texts, hindrance: Hindrance, chat: str) -> Markup:
    """What stands in the way, and what to switch on; `chat` may be empty where nobody knows."""
    name = t.foreign(chat) if chat else t.say("hindrance.this_chat")
    return t.say(f"hindrance.{hindrance}", chat=name)


def in_private(
    t: Texts, screen: Screen, hindrance: Hindrance, chat: str, *, is_caption: bool
) -> Screen:
    """The answer in the asker's own chat. Buttons that would act on that chat stay out of it."""
    kept = _without(screen.keyboard)
    lines: list[str] = [t.say("answer.in_private", hindrance=why(t, hindrance, chat))]
    lines += ["", screen.text] if screen.text else []
    if kept != screen.keyboard:
        lines += ["", t.say("answer.buttons_there")]
    return Screen(_fitting(screen, lines, is_caption=is_caption), kept)


def in_words(
    t: Texts, screen: Screen, hindrance: Hindrance, chat: str, *, is_caption: bool = False
) -> Screen:
    """The answer elsewhere in the same chat, or without its picture."""
    lines = [*([screen.text, ""] if screen.text else []), why(t, hindrance, chat)]
    return Screen(_fitting(screen, lines, is_caption=is_caption), screen.keyboard)


def sent(t: Texts, name: str, hindrance: Hindrance, chat: str, *, file: bool) -> Screen:
    """For the group: the asker has it in the private chat."""
    who = t.foreign(name)
    done = t.say("answer.sent.file", name=who) if file else t.say("answer.sent.picture", name=who)
    return Screen(cut(t, [done, why(t, hindrance, chat)]))


def nowhere(t: Texts, hindrance: Hindrance, chat: str) -> Screen:
    """For the group: neither here nor in private."""
    return Screen(cut(t, [why(t, hindrance, chat), t.say("answer.nowhere")]))


def popup(t: Texts, hindrance: Hindrance, chat: str) -> str:
    """The answer as a popup over the pressed button."""
    return shortened(plain(why(t, hindrance, chat)), POPUP_LIMIT)


def facts(t: Texts, stored: Mapping[str, Any]) -> dict[str, str]:
    """The facts of the system notice to owners."""
    chat = str(stored["chat"])
    sentence = why(t, Hindrance(stored["hindrance"]), chat)
    return {"chat": t.foreign(chat), "name": t.foreign(str(stored["name"])), "hindrance": sentence}


def _fitting(screen: Screen, lines: list[str], *, is_caption: bool) -> str:
    """All of it; the answer alone where it leaves no room for the reason."""
    whole = joined(*lines)
    return whole if fits(whole, CAPTION_LIMIT if is_caption else TEXT_LIMIT) else screen.text


def _without(keyboard: InlineKeyboardMarkup | None) -> InlineKeyboardMarkup | None:
    if keyboard is None:
        return None
    rows = [
        [button for button in row if not bound_to_chat(button.callback_data or "")]
        for row in keyboard.inline_keyboard
    ]
    filled = [row for row in rows if row]
    return InlineKeyboardMarkup(inline_keyboard=filled) if filled else None
