"""The good copy put back, and a number taken as right: one press each, for both can be undone."""

from aiogram import F
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from bot.actions.numbers import LinkedAnew, ShownNumber
from bot.domain.procedure import ProcedureKind
from handlers.answer import answer
from handlers.callbacks import AcceptNumber, Do, tagged_digits
from handlers.company_choice import named_or_chosen
from handlers.context import RequestContext
from handlers.live.progress import carry_out
from handlers.live.request import LiveRequest
from handlers.live.tasks import Live
from handlers.render import recovery
from handlers.routes import Routes


async def mend(
    message: Message, command: CommandObject, context: RequestContext, actions: Actions, live: Live
) -> None:
    """Put the good copy of a company's credentials back."""
    company = await named_or_chosen(message, command, context, actions)
    if company is not None:
        await carry_out(message, LiveRequest(live, actions, context), ProcedureKind.MEND, company)


async def mend_pressed(
    query: CallbackQuery, callback_data: Do, context: RequestContext, actions: Actions, live: Live
) -> None:
    """The same, by a button."""
    company = await actions.status.find(context.person, callback_data.company)
    await carry_out(query, LiveRequest(live, actions, context), ProcedureKind.MEND, company)


async def accept_number(
    query: CallbackQuery,
    callback_data: AcceptNumber | Do,
    context: RequestContext,
    actions: Actions,
) -> None:
    """The number that was shown with the button is the right one; older buttons name none."""
    company = await actions.status.find(context.person, callback_data.company)
    digits = tagged_digits(callback_data.shown) if isinstance(callback_data, AcceptNumber) else None
    seen = ShownNumber(digits=digits, at=context.shown_at)
    found = await actions.numbers.accept_linked(
        context.person, company, context.address, context.key, seen
    )
    if isinstance(found, LinkedAnew):
        await answer(query, recovery.linked_anew(context.texts, found))
    else:
        await answer(query, recovery.number_accepted(context.texts, company, found))


def build() -> Routes:
    """The routes of this file."""
    router = Routes(name="mend")
    router.command(mend, "mend", changes=True)
    router.button(mend_pressed, Do.filter(F.what == "mend"), changes=True)
    for shown in (AcceptNumber.filter(F.what == "accept"), Do.filter(F.what == "accept")):
        router.button(accept_number, shown, changes=True)
    return router
