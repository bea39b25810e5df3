"""`/reload`: read the configuration file anew."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message

from bot.actions import Actions
from handlers.answer import answer
from handlers.context import RequestContext
from handlers.render import reload as render


async def reload(message: Message, context: RequestContext, actions: Actions) -> None:
    """Read the file anew; show what has changed, or its problems."""
    result = await actions.reload.reload(context.person, context.address, context.key)
    await answer(message, render.reloaded(context.texts, result))


def build() -> Router:
    """The routes of this file."""
    router = Router(name="reload")
    router.message.register(reload, Command("reload"), flags={"changes": True})
    return router
