"""Leaving a company alone until somebody wakes it."""

from aiogram import F
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from bot.domain.access import Right
from bot.domain.company import Company
from bot.domain.procedure import ProcedureKind
from handlers.answer import answer
from handlers.callbacks import Do
from handlers.company_choice import named_or_chosen
from handlers.context import RequestContext
from handlers.live.progress import carry_out
from handlers.live.request import LiveRequest
from handlers.live.tasks import Live
from handlers.render import rests as render
from handlers.routes import Routes


async def rest(
    message: Message, command: CommandObject, context: RequestContext, actions: Actions
) -> None:
    """Put a company to rest."""
    company = await named_or_chosen(message, command, context, actions)
    if company is not None:
        await _rest(message, context, actions, company)


async def rest_pressed(
    query: CallbackQuery, callback_data: Do, context: RequestContext, actions: Actions
) -> None:
    """The same, by a button."""
    company = await actions.status.find(context.person, callback_data.company)
    await _rest(query, context, actions, company)


async def wake(
    message: Message, command: CommandObject, context: RequestContext, actions: Actions, live: Live
) -> None:
    """Wake a company, or show who is at rest."""
    if not command.args:
        if not context.person.may_somewhere(Right.REST):
            context.person.must(Right.REST)
        rows = await actions.status.rests(context.person)
        await answer(message, render.rests(context.texts, rows, context.now))
        return
    company = await actions.status.find(context.person, command.args.strip())
    await _wake(message, LiveRequest(live, actions, context), company)


async def wake_pressed(
    query: CallbackQuery, callback_data: Do, context: RequestContext, actions: Actions, live: Live
) -> None:
    """The same, by a button."""
    company = await actions.status.find(context.person, callback_data.company)
    await _wake(query, LiveRequest(live, actions, context), company)


async def _rest(
    event: Message | CallbackQuery, context: RequestContext, actions: Actions, company: Company
) -> None:
    done = await actions.rests.rest(context.person, company, context.address.chat_id, context.key)
    await answer(event, render.put_to_rest(context.texts, company, done, context.now))


async def _wake(event: Message | CallbackQuery, audience: LiveRequest, company: Company) -> None:
    """What somebody has stopped at the gateway is started: that is what waking it asks for."""
    context, actions = audience.context, audience.actions
    done = await actions.rests.wake(
        context.person, company, context.address.chat_id, f"{context.key}:wake"
    )
    if await actions.status.is_stopped_there(company):
        await carry_out(event, audience, ProcedureKind.RECONNECT, company)
        return
    await answer(event, render.woken(context.texts, company, done))


def build() -> Routes:
    """The routes of this file."""
    router = Routes(name="rests")
    router.command(rest, "rest", changes=True)
    router.command(wake, "wake", changes=True)
    router.button(rest_pressed, Do.filter(F.what == "rest"), changes=True)
    router.button(wake_pressed, Do.filter(F.what == "wake"), changes=True)
    return router
