"""Sends a screen: as a new message, or in the place of the one whose button was pressed."""

import contextlib

from aiogram.exceptions import TelegramAPIError, TelegramBadRequest
from aiogram.types import CallbackQuery, Message

from handlers.render.screen import Screen


async def answer(event: Message | CallbackQuery, screen: Screen) -> Message | None:
    """Write a new message where the event happened; None when that place is out of reach."""
    if isinstance(event, Message):
        return await event.answer(screen.text, reply_markup=screen.keyboard)
    await release(event)
    if isinstance(event.message, Message):
        return await event.message.answer(screen.text, reply_markup=screen.keyboard)
    return None


async def replace(query: CallbackQuery, screen: Screen) -> Message | None:
    """Put the screen in the place of the message whose button was pressed."""
    await release(query)
    message = query.message
    if not isinstance(message, Message):
        return None
    try:
        await message.edit_text(screen.text, reply_markup=screen.keyboard)
    except TelegramBadRequest as error:
        if "not modified" not in error.message:
            raise
    return message


async def release(query: CallbackQuery) -> None:
    """Stop the spinner on the button. It spins by itself for a while only: no act fails for it."""
    with contextlib.suppress(TelegramAPIError):
        await query.answer()
