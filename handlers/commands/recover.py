"""The checklist of one company: one live message, seen and driven by everybody in the chat."""

from contextlib import aclosing

from aiogram import F
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from bot.domain.checklist import ChecklistRow
from bot.domain.company import Company
from bot.domain.notice import ChatAddress
from bot.texts import Texts
from handlers.answer import release, say
from handlers.asker import who_asked
from handlers.callbacks import Do
from handlers.company_choice import named_or_chosen
from handlers.context import RequestContext
from handlers.live.tasks import Live
from handlers.render.checklist import checklist
from handlers.render.screen import Screen
from handlers.routes import Routes


async def recover(
    message: Message, command: CommandObject, context: RequestContext, actions: Actions, live: Live
) -> None:
    """Open the checklist of a company here."""
    company = await named_or_chosen(message, command, context, actions)
    if company is not None:
        await _open(context, actions, live, company)


async def pressed(
    query: CallbackQuery, callback_data: Do, context: RequestContext, actions: Actions, live: Live
) -> None:
    """The same, by a button."""
    company = await actions.status.find(context.person, callback_data.company)
    await _open(context, actions, live, company)
    await release(query)


async def _open(context: RequestContext, actions: Actions, live: Live, company: Company) -> None:
    row = await actions.checklists.open(context.person, company, context.address, context.key)
    live.begin(keep_current(live, actions, context.texts, row))


async def keep_current(live: Live, actions: Actions, texts: Texts, row: ChecklistRow) -> None:
    """Show the list and edit it whenever something changes, until its end."""
    company = await actions.status.stored(row.company_id)
    chat_id, message_id = row.address.chat_id, row.message_id
    async with aclosing(actions.checklists.steps(row)) as steps:
        async for now in steps:
            screen = checklist(texts, company, now)
            if message_id is not None:
                shown = await live.put(chat_id, message_id, screen)
                if now.ending is not None and not shown:
                    await say(screen)
                continue
            sent = await _first(live, row, screen)
            if sent is None:
                await actions.checklists.unseen(row)
                return
            elsewhere = sent.chat.id != row.address.chat_id
            chat_id, message_id = sent.chat.id, sent.message_id
            await actions.checklists.shown(
                row, message_id, ChatAddress(chat_id) if elsewhere else None
            )


async def _first(live: Live, row: ChecklistRow, screen: Screen) -> Message | None:
    """Where it was asked for, or where the person sees it; None when nowhere."""
    if who_asked() is not None:
        return await say(screen)
    return await live.post(row.address, screen)


def build() -> Routes:
    """The routes of this file."""
    router = Routes(name="recover")
    router.command(recover, "recover", changes=True)
    router.button(pressed, Do.filter(F.what == "recover"), changes=True)
    return router
