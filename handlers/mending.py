"""The good copy put back, and a number taken as right: one press each, for both can be undone."""

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from bot.domain.company import Company
from bot.domain.procedure import ProcedureKind
from handlers.answering import answer
from handlers.callbacks import Do
from handlers.companies import named_or_chosen
from handlers.live import Live
from handlers.progress import begin
from handlers.render import recovery
from handlers.turn import Turn


async def mend(
    message: Message, command: CommandObject, turn: Turn, actions: Actions, live: Live
) -> None:
    """Put the good copy of a company's credentials back."""
    company = await named_or_chosen(message, command, turn, actions)
    if company is not None:
        await _mend(message, turn, actions, live, company)


async def mend_pressed(
    query: CallbackQuery, callback_data: Do, turn: Turn, actions: Actions, live: Live
) -> None:
    """The same, by a button."""
    company = await actions.looking.find(callback_data.company)
    await _mend(query, turn, actions, live, company)


async def accept_number(
    query: CallbackQuery, callback_data: Do, turn: Turn, actions: Actions
) -> None:
    """The number that is linked now is the right one."""
    company = await actions.looking.find(callback_data.company)
    number = await actions.numbers.accept_linked(turn.person, company, turn.address, turn.key)
    await answer(query, recovery.number_accepted(turn.texts, company, number))


async def _mend(
    event: Message | CallbackQuery, turn: Turn, actions: Actions, live: Live, company: Company
) -> None:
    steps = await actions.repairing.mend(turn.person, company, turn.address, turn.key)
    await begin(event, live, actions, turn, ProcedureKind.MEND, company, steps)


def build() -> Router:
    """The routes of this file."""
    router = Router(name="mending")
    router.message.register(mend, Command("mend"), flags={"changes": True})
    router.callback_query.register(
        mend_pressed, Do.filter(F.what == "mend"), flags={"changes": True}
    )
    router.callback_query.register(
        accept_number, Do.filter(F.what == "accept"), flags={"changes": True}
    )
    return router
