"""Which company is meant: named, the only one, or chosen by a button."""

from collections.abc import Sequence

from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from bot.domain.access import RIGHT_FOR
from bot.domain.company import Company
from handlers.answer import answer, replace
from handlers.callbacks import Pick
from handlers.context import RequestContext
from handlers.render.company_choice import choose

# The commands for which a company is chosen by a button.
CHOOSING = frozenset({
    "status", "files", "logs", "report", "check", "reconnect", "reset", "restore", "mend", "probe",
    "recover", "qr", "code", "subscribe", "mute", "rest",
})  # fmt: skip


async def named_or_chosen(
    message: Message, command: CommandObject, context: RequestContext, actions: Actions
) -> Company | None:
    """The company a command names; None when buttons were offered instead.

    Raises BadCompanyId or UnknownCompany. What is harmless is not asked of somebody with just one
    company.
    """
    what = command.command
    if command.args:
        company = await actions.status.find(context.person, command.args.strip())
        context.person.must(RIGHT_FOR[what], company.id)
        return company
    companies = await actions.status.choices(context.person, RIGHT_FOR[what])
    if len(companies) == 1 and what in ("status", "files", "logs", "check"):
        return companies[0]
    await offer(message, companies, what, context)
    return None


async def offer(
    message: Message, companies: Sequence[Company], what: str, context: RequestContext
) -> None:
    """Offer these companies for a command. NotAllowed to somebody who may use it for none."""
    if not companies:
        context.person.must(RIGHT_FOR[what])
    await answer(message, choose(context.texts, companies, what, 0))


async def turn_page(
    query: CallbackQuery, callback_data: Pick, context: RequestContext, actions: Actions
) -> None:
    """Another page of companies to choose from."""
    companies = await actions.status.choices(context.person, RIGHT_FOR[callback_data.what])
    await replace(query, choose(context.texts, companies, callback_data.what, callback_data.page))
