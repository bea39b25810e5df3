"""Status, files, a look now."""

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from bot.domain.company import Company
from handlers.answering import answer, replace
from handlers.callbacks import Do, Page, Pick
from handlers.company_choice import RIGHTS, named_or_chosen, turn_page
from handlers.context import Turn
from handlers.render import files as files_screen
from handlers.render import status as status_screen
from handlers.render.screen import Screen


async def status(message: Message, command: CommandObject, turn: Turn, actions: Actions) -> None:
    """All companies, the worst first, or one."""
    if command.args:
        company = await actions.looking.find(turn.person, command.args.strip())
        await answer(message, await _status(turn, actions, company))
    else:
        overview = await actions.looking.overview(turn.person)
        await answer(message, status_screen.overview(turn.texts, overview))


async def page(query: CallbackQuery, callback_data: Page, turn: Turn, actions: Actions) -> None:
    """Another page of the overview, as things are now."""
    overview = await actions.looking.overview(turn.person, callback_data.n)
    await replace(query, status_screen.overview(turn.texts, overview))


async def files(message: Message, command: CommandObject, turn: Turn, actions: Actions) -> None:
    """The key files of a company."""
    company = await named_or_chosen(message, command, turn, actions)
    if company is not None:
        await answer(message, await _files(turn, actions, company))


async def check(message: Message, command: CommandObject, turn: Turn, actions: Actions) -> None:
    """Look at a company now."""
    company = await named_or_chosen(message, command, turn, actions)
    if company is not None:
        await answer(message, await _check(turn, actions, company))


async def pressed(query: CallbackQuery, callback_data: Do, turn: Turn, actions: Actions) -> None:
    """The same, by a button."""
    company = await actions.looking.find(turn.person, callback_data.company)
    show = {"status": _status, "files": _files, "check": _check}[callback_data.what]
    await answer(query, await show(turn, actions, company))


async def more(query: CallbackQuery, callback_data: Pick, turn: Turn, actions: Actions) -> None:
    """More companies to choose from."""
    await turn_page(query, callback_data, turn, actions)


async def _status(turn: Turn, actions: Actions, company: Company) -> Screen:
    card = await actions.looking.company(turn.person, company.id)
    return status_screen.company(turn.texts, turn.person, card, turn.now)


async def _files(turn: Turn, actions: Actions, company: Company) -> Screen:
    return files_screen.files(turn.texts, await actions.looking.files(turn.person, company.id))


async def _check(turn: Turn, actions: Actions, company: Company) -> Screen:
    card = await actions.looking.check(turn.person, company.id)
    return status_screen.company(turn.texts, turn.person, card, turn.now)


def build() -> Router:
    """The routes of this file."""
    router = Router(name="looking")
    router.message.register(status, Command("status"))
    router.callback_query.register(page, Page.filter(), flags={"changes": False})
    router.message.register(files, Command("files"))
    router.message.register(check, Command("check"))
    router.callback_query.register(
        pressed, Do.filter(F.what.in_({"status", "files", "check"})), flags={"changes": False}
    )
    router.callback_query.register(
        more, Pick.filter(F.what.in_(set(RIGHTS) - {"subscribe"})), flags={"changes": False}
    )
    return router
