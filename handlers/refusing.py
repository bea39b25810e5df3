"""Tells people, once, why what they sent is not acted on."""

import contextlib
from collections import OrderedDict

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import (
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
)

from handlers.answering import answer, release, reply
from handlers.render.errors import waited
from handlers.render.menu import Listed
from handlers.render.screen import Screen
from handlers.turn import Turn

_REMEMBERED = 1000

log = structlog.get_logger()


class Told:
    """Remembers what was said to whom: of what comes at one time, the first gets a sentence.

    A `burst` numbers what came together: all that had waited, or what was sent at one go.
    """

    def __init__(self) -> None:
        self._bursts: OrderedDict[tuple[object, ...], int] = OrderedDict()

    def covers(self, burst: int, *key: object) -> bool:
        """Whether another of the same burst was answered already; if not, it is from now on."""
        if self._bursts.get(key) == burst:
            return True
        self._bursts[key] = burst
        self._bursts.move_to_end(key)
        if len(self._bursts) > _REMEMBERED:
            self._bursts.popitem(last=False)
        return False


async def refuse(message: Message, screen: Screen, told: Told, kind: str, burst: int) -> None:
    """Say this in reply, once in a burst to each person; in groups to commands alone."""
    if message.chat.type != "private" and not await _is_for_us(message):
        return
    sender = None if message.from_user is None else message.from_user.id
    if told.covers(burst, message.chat.id, sender, kind):
        return
    log.info("not acted on", why=kind)
    with contextlib.suppress(AiogramError):  # it was logged; what does not act fails nobody
        await reply(message, screen)


async def ask_anew(query: CallbackQuery, turn: Turn, told: Told, burst: int) -> None:
    """Put the button that was pressed long ago once more: whoever still means it presses again."""
    log.info("not acted on", why="waited")
    if told.covers(burst, turn.address, turn.person.user_id, query.data):
        await release(query)
        return
    await answer(query, Screen(waited(turn.texts).text, _same_button(query)))


def _same_button(query: CallbackQuery) -> InlineKeyboardMarkup | None:
    message = query.message
    if not isinstance(message, Message) or message.reply_markup is None:
        return None
    for row in message.reply_markup.inline_keyboard:
        for button in row:
            if button.callback_data == query.data:
                again = InlineKeyboardButton(text=button.text, callback_data=query.data)
                return InlineKeyboardMarkup(inline_keyboard=[[again]])
    return None


async def _is_for_us(message: Message) -> bool:
    """Whether it begins with a command of ours, and not with the name of another bot."""
    words = (message.text or message.caption or "").split(maxsplit=1)
    if not words or not words[0].startswith("/"):
        return False
    name, _, mentioned = words[0][1:].partition("@")
    if name.lower() not in {*Listed, "start"}:
        return False
    return not mentioned or await _is_our_name(message.bot, mentioned)


async def _is_our_name(bot: Bot | None, mentioned: str) -> bool:
    with contextlib.suppress(AiogramError):
        me = None if bot is None else await bot.me()
        return me is not None and (me.username or "").lower() == mentioned.lower()
    return False
