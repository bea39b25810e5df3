"""Subscriptions of this chat or topic."""

from aiogram import F
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from bot.actions.errors import BadRequest
from bot.domain.access import Right
from bot.domain.company import Company, parse_company_id
from bot.domain.trouble import Severity
from bot.domain.words import EVERY
from handlers.answer import answer, replace
from handlers.callbacks import ALL, Sub, Unsub
from handlers.context import RequestContext
from handlers.render import chats as render
from handlers.render.company_choice import choose
from handlers.render.screen import Screen
from handlers.routes import Routes


async def subscribe(
    message: Message, command: CommandObject, context: RequestContext, actions: Actions
) -> None:
    """Subscribe by name, or offer the companies."""
    if not command.args:
        companies = await actions.status.choices(context.person, Right.SUBSCRIBE)
        await answer(message, choose(context.texts, companies, "subscribe", 0))
        return
    words, severity = _severity_last(command.args.split())
    companies = await _companies(words, context, actions)
    await answer(message, await _subscribe(companies, severity, context, actions))


async def subscribe_pressed(
    query: CallbackQuery, callback_data: Sub, context: RequestContext, actions: Actions
) -> None:
    """Subscribe by a button."""
    companies = []
    if callback_data.company != ALL:
        companies = [await actions.status.find(context.person, callback_data.company)]
    severity = Severity(callback_data.severity)
    await replace(query, await _subscribe(companies, severity, context, actions))


async def unsubscribe(
    message: Message, command: CommandObject, context: RequestContext, actions: Actions
) -> None:
    """Unsubscribe by name, or show what could be unsubscribed."""
    if not command.args:
        await subscriptions(message, context, actions)
        return
    companies = await _companies(command.args.split(), context, actions)
    count = await actions.chats.unsubscribe(
        context.person, context.address, [company.id for company in companies] or None, context.key
    )
    await answer(message, render.unsubscribed(context.texts, count))


async def unsubscribe_pressed(
    query: CallbackQuery, callback_data: Unsub, context: RequestContext, actions: Actions
) -> None:
    """Unsubscribe by a button, and show what is left."""
    wanted = None if callback_data.company == ALL else parse_company_id(callback_data.company)
    await actions.chats.unsubscribe(context.person, context.address, [wanted], context.key)
    rows = await actions.chats.subscriptions(context.person, context.address)
    await replace(query, render.subscriptions(context.texts, rows))


async def subscriptions(message: Message, context: RequestContext, actions: Actions) -> None:
    """`/subscriptions`: what this chat or topic is subscribed to."""
    rows = await actions.chats.subscriptions(context.person, context.address)
    of_nobody = await actions.status.unheard(context.person)
    await answer(message, render.subscriptions(context.texts, rows, of_nobody))


async def _subscribe(
    companies: list[Company], severity: Severity, context: RequestContext, actions: Actions
) -> Screen:
    ids = [company.id for company in companies]
    await actions.chats.subscribe(
        context.person, context.address, context.title, ids, severity, context.key
    )
    return render.subscribed(context.texts, companies or None, severity)


def _severity_last(words: list[str]) -> tuple[list[str], Severity]:
    """The words without a severity at their end; what is not named is everything."""
    if words and words[-1].lower() in list(Severity):
        return words[:-1], Severity(words[-1].lower())
    return words, Severity.INFO


async def _companies(words: list[str], context: RequestContext, actions: Actions) -> list[Company]:
    """The companies named; none for `all`."""
    if not words or (len(words) == 1 and words[0].casefold() in EVERY):
        return []
    if len(words) > 50:
        raise BadRequest("subscribe.too_many")
    return [await actions.status.find(context.person, word) for word in words]


def build() -> Routes:
    """The routes of this file."""
    router = Routes(name="subscriptions")
    router.command(subscribe, "subscribe", changes=True)
    router.button(subscribe_pressed, Sub.filter(F.severity.in_(set(Severity))), changes=True)
    router.command(unsubscribe, "unsubscribe", changes=True)
    router.button(unsubscribe_pressed, Unsub.filter(), changes=True)
    router.command(subscriptions, "subscriptions")
    return router
