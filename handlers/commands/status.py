"""Status, files, a look now."""

from aiogram import F
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from bot.domain.company import Company
from handlers.answer import answer, replace
from handlers.callbacks import AllCompanies, Do, OverviewPage, Pick
from handlers.company_choice import CHOOSING, named_or_chosen, turn_page
from handlers.context import RequestContext
from handlers.render import files as files_screen
from handlers.render import status as status_screen
from handlers.render.screen import Screen
from handlers.routes import Routes


async def status(
    message: Message, command: CommandObject, context: RequestContext, actions: Actions
) -> None:
    """All companies, the worst first, or one."""
    if command.args:
        company = await actions.status.find(context.person, command.args.strip())
        await answer(message, await _status(context, actions, company))
    else:
        overview = await actions.status.overview(context.person)
        await answer(message, status_screen.overview(context.texts, overview))


async def page(
    query: CallbackQuery, callback_data: OverviewPage, context: RequestContext, actions: Actions
) -> None:
    """Another page of the overview, as things are now."""
    overview = await actions.status.overview(context.person, callback_data.n)
    await replace(query, status_screen.overview(context.texts, overview))


async def everybody(query: CallbackQuery, context: RequestContext, actions: Actions) -> None:
    """The overview below a message that stays as it is."""
    overview = await actions.status.overview(context.person)
    await answer(query, status_screen.overview(context.texts, overview))


async def files(
    message: Message, command: CommandObject, context: RequestContext, actions: Actions
) -> None:
    """The key files of a company."""
    company = await named_or_chosen(message, command, context, actions)
    if company is not None:
        await answer(message, await _files(context, actions, company))


async def check(
    message: Message, command: CommandObject, context: RequestContext, actions: Actions
) -> None:
    """Look at a company now."""
    company = await named_or_chosen(message, command, context, actions)
    if company is not None:
        await answer(message, await _check(context, actions, company))


async def pressed(
    query: CallbackQuery, callback_data: Do, context: RequestContext, actions: Actions
) -> None:
    """The same, by a button."""
    company = await actions.status.find(context.person, callback_data.company)
    show = {"status": _status, "files": _files, "check": _check}[callback_data.what]
    await answer(query, await show(context, actions, company))


async def _status(context: RequestContext, actions: Actions, company: Company) -> Screen:
    card = await actions.status.company(context.person, company.id)
    return status_screen.company(context.texts, context.person, card, context.now)


async def _files(context: RequestContext, actions: Actions, company: Company) -> Screen:
    return files_screen.files(context.texts, await actions.status.files(context.person, company.id))


async def _check(context: RequestContext, actions: Actions, company: Company) -> Screen:
    card = await actions.status.check(context.person, company.id)
    return status_screen.company(context.texts, context.person, card, context.now)


def build() -> Routes:
    """The routes of this file."""
    router = Routes(name="status")
    router.command(status, "status")
    router.button(page, OverviewPage.filter(), changes=False)
    router.button(everybody, AllCompanies.filter(), changes=False)
    router.command(files, "files")
    router.command(check, "check")
    router.button(pressed, Do.filter(F.what.in_({"status", "files", "check"})), changes=False)
    router.button(turn_page, Pick.filter(F.what.in_(CHOOSING)), changes=False)
    return router
