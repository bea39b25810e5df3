"""By whose clock this chat lives."""

from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from handlers.answer import answer, replace
from handlers.callbacks import Zone
from handlers.context import RequestContext
from handlers.render import timezones as render
from handlers.routes import Routes


async def timezone(
    message: Message, command: CommandObject, context: RequestContext, actions: Actions
) -> None:
    """Choose by name, or offer some."""
    if not command.args:
        now = await actions.timezones.of(context.address.chat_id)
        await answer(message, render.which(context.texts, now, context.now))
        return
    zone = await actions.timezones.choose(
        context.person,
        context.address.chat_id,
        context.title,
        command.args,
        context.key,
        private=context.private,
    )
    await answer(message, render.chosen(context.texts, zone, context.now))


async def choose(
    query: CallbackQuery, callback_data: Zone, context: RequestContext, actions: Actions
) -> None:
    """Choose by a button."""
    zone = await actions.timezones.choose(
        context.person,
        context.address.chat_id,
        context.title,
        callback_data.name,
        context.key,
        private=context.private,
    )
    await replace(query, render.chosen(context.texts, zone, context.now))


def build() -> Routes:
    """The routes of this file."""
    router = Routes(name="timezones")
    router.command(timezone, "timezone", changes=True)
    router.button(choose, Zone.filter(), changes=True)
    return router
