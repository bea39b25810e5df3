"""The QR of a company, on request."""

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from bot.domain.access import Right
from handlers.answering import release
from handlers.callbacks import Do
from handlers.companies import named_or_chosen
from handlers.live import Live
from handlers.live_qr import show_qr
from handlers.turn import Turn


async def qr(
    message: Message, command: CommandObject, turn: Turn, actions: Actions, live: Live
) -> None:
    """Show the code of a company."""
    company = await named_or_chosen(message, command, turn, actions)
    if company is not None:
        await show_qr(live, actions, turn, company, turn.key)


async def qr_pressed(
    query: CallbackQuery, callback_data: Do, turn: Turn, actions: Actions, live: Live
) -> None:
    """The same, by a button."""
    company = await actions.looking.find(callback_data.company)
    turn.person.must(Right.PAIR, company.id)
    await release(query)
    await show_qr(live, actions, turn, company, turn.key)


def build() -> Router:
    """The routes of this file."""
    router = Router(name="pairing")
    router.message.register(qr, Command("qr"), flags={"changes": True})
    router.callback_query.register(qr_pressed, Do.filter(F.what == "qr"))
    return router
