"""What the gateway's log says, in counts."""

from aiogram import F
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from bot.domain.access import Right
from handlers.answer import answer
from handlers.callbacks import ALL, Do
from handlers.company_choice import named_or_chosen
from handlers.context import RequestContext
from handlers.render.logs import logs as render
from handlers.routes import Routes


async def logs(
    message: Message, command: CommandObject, context: RequestContext, actions: Actions
) -> None:
    """`/logs`: all of it for who may see all; `/logs 962302`: what concerns one company."""
    if not command.args and context.person.may(Right.LOOK):
        await answer(message, render(context.texts, await actions.logs.of_everyone(context.person)))
        return
    company = await named_or_chosen(message, command, context, actions)
    if company is not None:
        card = await actions.logs.of_company(context.person, company)
        await answer(message, render(context.texts, card))


async def pressed(
    query: CallbackQuery, callback_data: Do, context: RequestContext, actions: Actions
) -> None:
    """The same, by a button."""
    if callback_data.company == ALL:
        card = await actions.logs.of_everyone(context.person)
    else:
        company = await actions.status.find(context.person, callback_data.company)
        card = await actions.logs.of_company(context.person, company)
    await answer(query, render(context.texts, card))


def build() -> Routes:
    """The routes of this file."""
    router = Routes(name="logs")
    router.command(logs, "logs")
    router.button(pressed, Do.filter(F.what == "logs"), changes=False)
    return router
