"""A chat's quiet hours."""

from aiogram import F
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from bot.actions.errors import BadRequest
from bot.actions.results import QuietCard
from bot.domain.quiet_hours import QuietHours, parse_hours
from bot.domain.words import OFF
from handlers.answer import answer, replace
from handlers.callbacks import Quiet
from handlers.context import RequestContext
from handlers.render import quiet_hours as render
from handlers.routes import Routes


async def quiet(
    message: Message, command: CommandObject, context: RequestContext, actions: Actions
) -> None:
    """Choose by writing, or offer some."""
    words = (command.args or "").strip().lower()
    if not words:
        card = await actions.quiet_hours.of(context.address.chat_id)
        await answer(message, render.which(context.texts, card))
        return
    hours = None if words in OFF else parse_hours(words)
    if hours is None and words not in OFF:
        raise BadRequest("quiet.how")
    await answer(message, render.chosen(context.texts, await _choose(hours, context, actions)))


async def choose(
    query: CallbackQuery, callback_data: Quiet, context: RequestContext, actions: Actions
) -> None:
    """Choose by a button."""
    start, end = callback_data.start, callback_data.end
    hours = None if start == end else QuietHours(start, end)
    await replace(query, render.chosen(context.texts, await _choose(hours, context, actions)))


async def _choose(hours: QuietHours | None, context: RequestContext, actions: Actions) -> QuietCard:
    return await actions.quiet_hours.choose(
        context.person,
        context.address.chat_id,
        context.title,
        hours,
        context.key,
        private=context.private,
    )


def build() -> Routes:
    """The routes of this file."""
    router = Routes(name="quiet_hours")
    router.command(quiet, "quiet", changes=True)
    hours = F.start.in_(set(range(24))) & F.end.in_(set(range(24)))
    router.button(choose, Quiet.filter(hours), changes=True)
    return router
