"""The restart of a gateway: asked first, then followed in one message."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from aiogram import F
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from bot.actions.restart import Calmed, NoCommand, RestartQuestion
from bot.domain.company import GatewayName
from bot.domain.gateway_restart import Restarted, RestartStep
from handlers.answer import answer, release, replace
from handlers.callbacks import AnswerRestart, AskRestart, Do
from handlers.context import RequestContext
from handlers.live.tasks import Live
from handlers.live.text import LiveText
from handlers.render import restart as screens
from handlers.render.screen import Screen
from handlers.routes import Routes


async def restart(
    message: Message, command: CommandObject, context: RequestContext, actions: Actions
) -> None:
    """Ask whether to restart the gateway: a company's, or each there is."""
    if command.args:
        company = await actions.status.find(context.person, command.args.strip())
        gateways = [company.gateway]
    else:
        gateways = actions.restarts.gateways
    for gateway in gateways:
        await _ask(message, context, actions, gateway)


async def pressed(
    query: CallbackQuery, callback_data: Do, context: RequestContext, actions: Actions
) -> None:
    """The question, by a button of a company."""
    company = await actions.status.find(context.person, callback_data.company)
    await _ask(query, context, actions, company.gateway)


async def gateway_pressed(
    query: CallbackQuery, callback_data: AskRestart, context: RequestContext, actions: Actions
) -> None:
    """The question, by a button of a gateway."""
    await _ask(query, context, actions, GatewayName(callback_data.gateway))


async def yes(
    query: CallbackQuery,
    callback_data: AnswerRestart,
    context: RequestContext,
    actions: Actions,
    live: Live,
) -> None:
    """Restart it, in the place of the question."""
    nonce = callback_data.nonce
    gateway, steps = await actions.restarts.accept(context.person, nonce, context.address)
    await release(query)
    place = query.message if isinstance(query.message, Message) else None
    live.begin(_follow(live, actions, context, gateway, steps, place))


async def no(
    query: CallbackQuery, callback_data: AnswerRestart, context: RequestContext, actions: Actions
) -> None:
    """Leave it running."""
    gateway = await actions.restarts.decline(context.person, callback_data.nonce)
    await replace(query, screens.declined(context.texts, gateway))


async def _ask(
    event: Message | CallbackQuery, context: RequestContext, actions: Actions, gateway: GatewayName
) -> None:
    await answer(event, _asked(context, await actions.restarts.ask(context.person, gateway)))


def _asked(context: RequestContext, asked: RestartQuestion | NoCommand) -> Screen:
    if isinstance(asked, NoCommand):
        return screens.no_command(context.texts, asked)
    return screens.question(context.texts, asked)


async def _follow(
    live: Live,
    actions: Actions,
    context: RequestContext,
    gateway: GatewayName,
    steps: AsyncGenerator[RestartStep | Restarted | Calmed],
    place: Message | None,
) -> None:
    begun: list[RestartStep] = []
    text = LiveText(live, place)
    try:
        async with aclosing(steps):
            async for step in steps:
                if isinstance(step, Calmed):
                    await text.stop()
                    asked = await actions.restarts.ask(context.person, gateway, step.news)
                    screen = _asked(context, asked)
                    if place is None or await live.edit(place, screen) is None:
                        await live.post(context.address, screen)
                    return
                if isinstance(step, Restarted):
                    await text.end(screens.progress(context.texts, gateway, begun, step))
                    continue
                begun.append(step)
                text.show(screens.progress(context.texts, gateway, begun, None))
    finally:
        await text.stop()


def build() -> Routes:
    """The routes of this file."""
    router = Routes(name="restart")
    router.command(restart, "restart", changes=True)
    router.button(pressed, Do.filter(F.what == "restart"), changes=False)
    router.button(gateway_pressed, AskRestart.filter(), changes=False)
    router.button(yes, AnswerRestart.filter(F.yes == 1), changes=True)
    router.button(no, AnswerRestart.filter(F.yes == 0), changes=False)
    return router
