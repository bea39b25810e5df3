"""The checklist of one company: one live message, seen and driven by everybody in the chat."""

from contextlib import aclosing

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from bot.domain.checklist import ChecklistRow
from bot.domain.company import Company
from bot.texts import Texts
from handlers.answering import release
from handlers.callbacks import Do
from handlers.companies import named_or_chosen
from handlers.live import Live
from handlers.render.checklist import checklist
from handlers.turn import Turn


async def recover(
    message: Message, command: CommandObject, turn: Turn, actions: Actions, live: Live
) -> None:
    """Open the checklist of a company here."""
    company = await named_or_chosen(message, command, turn, actions)
    if company is not None:
        await _open(turn, actions, live, company)


async def pressed(
    query: CallbackQuery, callback_data: Do, turn: Turn, actions: Actions, live: Live
) -> None:
    """The same, by a button."""
    company = await actions.looking.find(turn.person, callback_data.company)
    await _open(turn, actions, live, company)
    await release(query)


async def _open(turn: Turn, actions: Actions, live: Live, company: Company) -> None:
    row = await actions.recovering.open(turn.person, company, turn.address, turn.key)
    live.begin(keep_current(live, actions, turn.texts, row))


async def keep_current(live: Live, actions: Actions, texts: Texts, row: ChecklistRow) -> None:
    """Show the list and edit it whenever something changes, until its end."""
    company = await actions.looking.stored(row.company_id)
    message_id = row.message_id
    async with aclosing(actions.recovering.steps(row)) as steps:
        async for now in steps:
            screen = checklist(texts, company, now)
            if message_id is not None:
                await live.put(row.address.chat_id, message_id, screen)
                continue
            message_id = (await live.post(row.address, screen)).message_id
            await actions.recovering.shown(row, message_id)


def build() -> Router:
    """The routes of this file."""
    router = Router(name="recovering")
    router.message.register(recover, Command("recover"), flags={"changes": True})
    router.callback_query.register(pressed, Do.filter(F.what == "recover"), flags={"changes": True})
    return router
