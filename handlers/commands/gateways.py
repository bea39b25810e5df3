"""`/gateways`: whether they answer, what sessions they have, what they cannot do."""

from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from handlers.answer import answer, replace
from handlers.callbacks import GatewaysAgain
from handlers.context import RequestContext
from handlers.render import gateways as render
from handlers.routes import Routes


async def gateways(message: Message, context: RequestContext, actions: Actions) -> None:
    """`/gateways`: every gateway, asked now."""
    views = await actions.gateways.every(context.person)
    await answer(message, render.gateways(context.texts, context.person, views, context.now))


async def again(query: CallbackQuery, context: RequestContext, actions: Actions) -> None:
    """Ask again; the answer takes the place of the message."""
    views = await actions.gateways.every(context.person)
    await replace(query, render.gateways(context.texts, context.person, views, context.now))


def build() -> Routes:
    """The routes of this file."""
    router = Routes(name="gateways")
    router.command(gateways, "gateways")
    router.button(again, GatewaysAgain.filter(), changes=False)
    return router
