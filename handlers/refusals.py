"""Tells people, once, why what they sent is not acted on."""

import asyncio
import contextlib
from collections import OrderedDict
from dataclasses import dataclass, field

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import (
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
)

from bot.texts import Texts, plain
from handlers import keyboards
from handlers.answer import answer, release, reply
from handlers.callbacks import ALL, AcceptNumber, Do, MuteButton, Unmute, Unsub
from handlers.context import RequestContext
from handlers.render.errors import waited
from handlers.render.menu import MenuCommand
from handlers.render.screen import Screen

_REMEMBERED = 1000
_BUTTONS = 12  # of a backlog; whoever wants more finds them where they were

log = structlog.get_logger()


class ToldPeople:
    """Remembers who was told: of several updates at one time only the first is answered.

    A `burst` numbers what came together: all that had waited, or what was sent at one go.
    """

    def __init__(self) -> None:
        self._bursts: OrderedDict[tuple[object, ...], int] = OrderedDict()
        self._anew: OrderedDict[tuple[object, ...], AskedAnew] = OrderedDict()

    def covers(self, burst: int, *key: object) -> bool:
        """Whether another of the same burst was answered already; if not, it is from now on."""
        if self._bursts.get(key) == burst:
            return True
        self._bursts[key] = burst
        self._bursts.move_to_end(key)
        if len(self._bursts) > _REMEMBERED:
            self._bursts.popitem(last=False)
        return False

    def asked_anew(self, burst: int, *key: object) -> "AskedAnew":
        """What is offered again to one person in one place, of one burst."""
        asked = self._anew.get(key)
        if asked is None or asked.burst != burst:
            asked = self._anew[key] = AskedAnew(burst=burst)
            self._anew.move_to_end(key)
            if len(self._anew) > _REMEMBERED:
                self._anew.popitem(last=False)
        return asked


@dataclass(kw_only=True)
class AskedAnew:
    """One message that offers again every button pressed in vain; `lock` guards it."""

    burst: int
    buttons: dict[str | None, InlineKeyboardButton | None] = field(default_factory=dict)
    message: Message | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def keyboard(self, t: Texts) -> InlineKeyboardMarkup | None:
        """The buttons, each with its company where they are several."""
        shown = [button for button in self.buttons.values() if button is not None][:_BUTTONS]
        if len(shown) > 1:
            shown = [_named(t, button) for button in shown]
        return keyboards.keyboard([button] for button in shown)


async def refuse(
    message: Message, screen: Screen, told_people: ToldPeople, kind: str, burst: int
) -> None:
    """Say this in reply, once in a burst to each person; in groups to commands alone."""
    if message.chat.type != "private" and not await _is_for_us(message):
        return
    sender = None if message.from_user is None else message.from_user.id
    if told_people.covers(burst, message.chat.id, sender, kind):
        return
    log.info("update_not_acted_on", why=kind)
    with contextlib.suppress(AiogramError):  # it was logged; what does not act fails nobody
        await reply(message, screen)


async def ask_anew(
    query: CallbackQuery, context: RequestContext, told_people: ToldPeople, burst: int
) -> None:
    """Offer a button that was pressed long ago again: whoever still means it presses it.

    All that waited is put into one message, as it comes.
    """
    log.info("update_not_acted_on", why="waited")
    asked = told_people.asked_anew(burst, context.address, context.person.user_id)
    async with asked.lock:
        if query.data in asked.buttons:
            await release(query)
            return
        asked.buttons[query.data] = _same_button(query)
        keyboard = asked.keyboard(context.texts)
        if asked.message is None:
            asked.message = await answer(query, Screen(waited(context.texts).text, keyboard))
            return
        with contextlib.suppress(AiogramError):  # the sentence stands; a button less, no harm
            await asked.message.edit_reply_markup(reply_markup=keyboard)
        await release(query)


def _same_button(query: CallbackQuery) -> InlineKeyboardButton | None:
    message = query.message
    if not isinstance(message, Message) or message.reply_markup is None:
        return None
    for row in message.reply_markup.inline_keyboard:
        for button in row:
            if button.callback_data == query.data:
                return InlineKeyboardButton(text=button.text, callback_data=query.data)
    return None


def _named(t: Texts, button: InlineKeyboardButton) -> InlineKeyboardButton:
    """A button as it reads beside those of other companies."""
    company = _company_of(button.callback_data or "")
    if not company or company in button.text:
        return button
    words = t.say("button.named", what=button.text, company=company)
    return InlineKeyboardButton(text=plain(words), callback_data=button.callback_data)


def _company_of(data: str) -> str:
    """The company that a button is about; empty for one that is about all, or none."""
    for kind in (AcceptNumber, Do, MuteButton, Unmute, Unsub):
        with contextlib.suppress(TypeError, ValueError):
            company = kind.unpack(data).company
            return "" if company == ALL else company
    return ""


async def _is_for_us(message: Message) -> bool:
    """Whether it begins with a command of ours, and not with the name of another bot."""
    words = (message.text or message.caption or "").split(maxsplit=1)
    if not words or not words[0].startswith("/"):
        return False
    name, _, mentioned = words[0][1:].partition("@")
    if name.lower() not in {*MenuCommand, "start"}:
        return False
    return not mentioned or await _is_our_name(message.bot, mentioned)


async def _is_our_name(bot: Bot | None, mentioned: str) -> bool:
    with contextlib.suppress(AiogramError):
        me = None if bot is None else await bot.me()
        return me is not None and (me.username or "").lower() == mentioned.lower()
    return False
