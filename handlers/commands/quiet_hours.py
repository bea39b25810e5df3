"""A chat's quiet hours."""

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from bot.actions.errors import BadRequest
from bot.actions.results import QuietCard
from bot.domain.quiet import QuietHours, parse_hours
from bot.domain.words import OFF
from handlers.answering import answer, replace
from handlers.callbacks import Quiet
from handlers.context import Turn
from handlers.render import quiet_hours as render


async def quiet(message: Message, command: CommandObject, turn: Turn, actions: Actions) -> None:
    """Choose by writing, or offer some."""
    words = (command.args or "").strip().lower()
    if not words:
        card = await actions.quieting.of(turn.address.chat_id)
        await answer(message, render.which(turn.texts, card))
        return
    hours = None if words in OFF else parse_hours(words)
    if hours is None and words not in OFF:
        raise BadRequest("quiet.how")
    await answer(message, render.chosen(turn.texts, await _choose(hours, turn, actions)))


async def choose(query: CallbackQuery, callback_data: Quiet, turn: Turn, actions: Actions) -> None:
    """Choose by a button."""
    start, end = callback_data.start, callback_data.end
    hours = None if start == end else QuietHours(start, end)
    await replace(query, render.chosen(turn.texts, await _choose(hours, turn, actions)))


async def _choose(hours: QuietHours | None, turn: Turn, actions: Actions) -> QuietCard:
    return await actions.quieting.choose(
        turn.person,
        turn.address.chat_id,
        turn.title,
        hours,
        turn.key,
        private=turn.private,
    )


def build() -> Router:
    """The routes of this file."""
    router = Router(name="quieting")
    router.message.register(quiet, Command("quiet"), flags={"changes": True})
    hours = F.start.in_(set(range(24))) & F.end.in_(set(range(24)))
    router.callback_query.register(choose, Quiet.filter(hours), flags={"changes": True})
    return router
