"""`/reload`: read the configuration file anew."""

from aiogram.types import Message

from bot.actions import Actions
from handlers.answer import answer
from handlers.context import RequestContext
from handlers.render import reload as render
from handlers.routes import Routes


async def reload(message: Message, context: RequestContext, actions: Actions) -> None:
    """Read the file anew; show what has changed, or its problems."""
    result = await actions.reload.reload(context.person, context.address, context.key)
    await answer(message, render.reloaded(context.texts, result))


def build() -> Routes:
    """The routes of this file."""
    router = Routes(name="reload")
    router.command(reload, "reload", changes=True)
    return router
