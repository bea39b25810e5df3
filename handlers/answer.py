"""Answers who asked: there, or else where `handlers.answer_routes` says; never by silence.

A screen goes out as a new message, in the place of the one whose button was pressed, or over that
button.
"""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any

import structlog
from aiogram.exceptions import TelegramAPIError
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message

from handlers.answer_routes import Form
from handlers.asker import who_asked
from handlers.delivery import Parcel, deliver
from handlers.render import refused_answers
from handlers.render.screen import Screen

SPINNER_S = 2.0  # a button spins no longer, even where its answer has to wait

log = structlog.get_logger()


async def answer(event: Message | CallbackQuery, screen: Screen) -> Message | None:
    """Say it where the event happened, or where the person sees it; None when nowhere now."""
    return await _answered(event, Parcel(screen=screen))


async def reply(message: Message, screen: Screen) -> Message | None:
    """The same, in reply to what was written."""
    return await _answered(message, Parcel(screen=screen, reply=True))


async def send_picture(
    event: Message | CallbackQuery, screen: Screen, png: bytes, name: str
) -> Message | None:
    """A picture with its words; the words alone where no pictures are taken."""
    parcel = Parcel(screen=screen, form=Form.PICTURE, content=png, name=name)
    return await _answered(event, parcel)


async def send_file(event: Message | CallbackQuery, content: bytes, name: str) -> Message | None:
    """A file; in the asker's private chat where this one takes none."""
    parcel = Parcel(screen=Screen(""), form=Form.FILE, content=content, name=name)
    return await _answered(event, parcel)


async def say(screen: Screen) -> Message | None:
    """A further message to who asked; None where nobody did, or when nowhere now."""
    return await deliver(None, Parcel(screen=screen))


async def replace(query: CallbackQuery, screen: Screen) -> Message | None:
    """Put the screen in the place of the message whose button was pressed."""
    return await _while_spinning(query, _replaced(query, screen))


async def rekey(
    query: CallbackQuery, message: Message, keyboard: InlineKeyboardMarkup | None
) -> None:
    """Put other buttons under the message; all of it anew where it cannot be changed."""
    try:
        await message.edit_reply_markup(reply_markup=keyboard)
    except TelegramAPIError as error:
        if "not modified" not in error.message:
            await answer(query, Screen(message.html_text, keyboard))
    await release(query)


async def pop_up(query: CallbackQuery, screen: Screen, *, alert: bool = True) -> None:
    """Show the words over the chat; as a message where the press is too old for that."""
    asked = who_asked()
    if asked is None or not asked.released:
        with contextlib.suppress(TelegramAPIError):
            await query.answer(screen.plain[: refused_answers.POPUP_LIMIT], show_alert=alert)
            if asked is not None:
                asked.released = asked.answered = True
            return
    await answer(query, screen)


async def release(query: CallbackQuery) -> None:
    """Stop the spinner on the button. It spins by itself for a while only: no act fails for it."""
    asked = who_asked()
    if asked is not None:
        if asked.released:
            return
        asked.released = True
    with contextlib.suppress(TelegramAPIError):
        await query.answer()


async def _answered(event: Message | CallbackQuery, parcel: Parcel) -> Message | None:
    if isinstance(event, CallbackQuery):
        return await _while_spinning(event, deliver(event, parcel))
    return await deliver(event, parcel)


async def _while_spinning(
    query: CallbackQuery, work: Coroutine[Any, Any, Message | None]
) -> Message | None:
    """A press can be answered by words as long as it has not been answered: do so last."""
    task = asyncio.create_task(work)
    try:
        done, _ = await asyncio.wait({task}, timeout=SPINNER_S)
        if not done:
            await release(query)
        sent = await task
    except asyncio.CancelledError:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        raise
    await release(query)
    return sent


async def _replaced(query: CallbackQuery, screen: Screen) -> Message | None:
    message, asked = query.message, who_asked()
    if isinstance(message, Message):
        try:
            await message.edit_text(screen.text, reply_markup=screen.keyboard)
        except TelegramAPIError as error:
            if "not modified" not in error.message:
                log.info("not_replaced", said=error.message)
                return await deliver(query, Parcel(screen=screen))
        if asked is not None:
            asked.answered = True
        return message
    return await deliver(query, Parcel(screen=screen))  # too old to be shown to us
