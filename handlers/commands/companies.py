"""Companies: what is said of each, and owners' words about it."""

from aiogram import F
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from bot.actions.errors import BadRequest
from bot.domain.company import Company
from bot.domain.company_field import CompanyField
from bot.domain.words import WATCH
from handlers.answer import answer, replace
from handlers.callbacks import CompanyPage, Do
from handlers.context import RequestContext
from handlers.render import companies as render
from handlers.routes import Routes


async def listed(message: Message, context: RequestContext, actions: Actions) -> None:
    """`/companies`: all of them, by id."""
    found = await actions.companies.page(context.person)
    await answer(message, render.page(context.texts, found))


async def page(
    query: CallbackQuery, callback_data: CompanyPage, context: RequestContext, actions: Actions
) -> None:
    """Another page of them."""
    found = await actions.companies.page(context.person, callback_data.n)
    await replace(query, render.page(context.texts, found))


async def company(
    message: Message, command: CommandObject, context: RequestContext, actions: Actions
) -> None:
    """`/company 962302 [field value | watch | drop]`: what is said of it, or saying it."""
    words = (command.args or "").split(maxsplit=2)
    if not words:
        await listed(message, context, actions)
        return
    found = await actions.status.find(context.person, words[0])
    if len(words) == 1:
        await _show(message, context, actions, found)
    elif len(words) == 2 and words[1].lower() in WATCH:
        await _watch(message, context, actions, found, yes=WATCH[words[1].lower()])
    elif len(words) == 3 and words[1].lower() in list(CompanyField):
        field = CompanyField(words[1].lower())
        view = await actions.companies.say(
            context.person, found, field, words[2].strip(), context.address, context.key
        )
        await answer(message, render.said(context.texts, context.person, view))
    else:
        raise BadRequest("company.usage", company=found.id)


async def pressed(
    query: CallbackQuery, callback_data: Do, context: RequestContext, actions: Actions
) -> None:
    """What is said of it, by a button."""
    await _show(
        query, context, actions, await actions.status.find(context.person, callback_data.company)
    )


async def watch_pressed(
    query: CallbackQuery, callback_data: Do, context: RequestContext, actions: Actions
) -> None:
    """Watch it, or no more, by a button."""
    found = await actions.status.find(context.person, callback_data.company)
    await _watch(query, context, actions, found, yes=WATCH[callback_data.what])


async def _show(
    event: Message | CallbackQuery, context: RequestContext, actions: Actions, found: Company
) -> None:
    view = await actions.companies.view(context.person, found.id)
    await answer(event, render.view(context.texts, context.person, view))


async def _watch(
    event: Message | CallbackQuery,
    context: RequestContext,
    actions: Actions,
    found: Company,
    *,
    yes: bool,
) -> None:
    view = await actions.companies.watch(
        context.person, found, context.address, context.key, yes=yes
    )
    await answer(event, render.said(context.texts, context.person, view))


def build() -> Routes:
    """The routes of this file."""
    router = Routes(name="companies")
    router.command(listed, "companies")
    router.command(company, "company", changes=True)
    router.button(page, CompanyPage.filter(), changes=False)
    router.button(pressed, Do.filter(F.what == "company"), changes=False)
    router.button(watch_pressed, Do.filter(F.what.in_(set(WATCH))), changes=True)
    return router
