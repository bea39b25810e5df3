"""By whose clock this chat lives."""

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from handlers.answering import answer, replace
from handlers.callbacks import Zone
from handlers.context import Turn
from handlers.render import timezones as render


async def timezone(message: Message, command: CommandObject, turn: Turn, actions: Actions) -> None:
    """Choose by name, or offer some."""
    if not command.args:
        now = await actions.zones.of(turn.address.chat_id)
        await answer(message, render.which(turn.texts, now, turn.now))
        return
    zone = await actions.zones.choose(
        turn.person,
        turn.address.chat_id,
        turn.title,
        command.args,
        turn.key,
        private=turn.private,
    )
    await answer(message, render.chosen(turn.texts, zone, turn.now))


async def choose(query: CallbackQuery, callback_data: Zone, turn: Turn, actions: Actions) -> None:
    """Choose by a button."""
    zone = await actions.zones.choose(
        turn.person,
        turn.address.chat_id,
        turn.title,
        callback_data.name,
        turn.key,
        private=turn.private,
    )
    await replace(query, render.chosen(turn.texts, zone, turn.now))


def build() -> Router:
    """The routes of this file."""
    router = Router(name="zones")
    router.message.register(timezone, Command("timezone"), flags={"changes": True})
    router.callback_query.register(choose, Zone.filter(), flags={"changes": True})
    return router
