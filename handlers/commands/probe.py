"""Test messages, and the revival of a session that cannot send them."""

from aiogram import F
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from bot.domain.company import Company
from bot.domain.procedure import ProcedureKind
from handlers.answer import answer
from handlers.callbacks import Do
from handlers.company_choice import named_or_chosen
from handlers.context import RequestContext
from handlers.live.progress import begin
from handlers.live.request import LiveRequest
from handlers.live.tasks import Live
from handlers.live.text import conclude
from handlers.render import probe as screens
from handlers.routes import Routes


async def probe(
    message: Message, command: CommandObject, context: RequestContext, actions: Actions, live: Live
) -> None:
    """Send a test message to the company's own number."""
    company = await named_or_chosen(message, command, context, actions)
    if company is not None:
        await _probe(message, context, actions, live, company)


async def probe_pressed(
    query: CallbackQuery, callback_data: Do, context: RequestContext, actions: Actions, live: Live
) -> None:
    """The same, by a button."""
    company = await actions.status.find(context.person, callback_data.company)
    await _probe(query, context, actions, live, company)


async def revive_pressed(
    query: CallbackQuery, callback_data: Do, context: RequestContext, actions: Actions, live: Live
) -> None:
    """Close a dead socket and open another."""
    company = await actions.status.find(context.person, callback_data.company)
    steps = await actions.probes.revive(context.order(ProcedureKind.REVIVE, company))
    await begin(query, LiveRequest(live, actions, context), ProcedureKind.REVIVE, company, steps)


async def _probe(
    event: Message | CallbackQuery,
    context: RequestContext,
    actions: Actions,
    live: Live,
    company: Company,
) -> None:
    audit_id = await actions.probes.begin(context.person, company, context.address, context.key)
    place = await answer(event, screens.sending(context.texts, company))
    live.begin(_follow(live, actions, context, company, audit_id, place))


async def _follow(
    live: Live,
    actions: Actions,
    context: RequestContext,
    company: Company,
    audit_id: int,
    place: Message | None,
) -> None:
    seen = await actions.probes.probe(audit_id, company)
    await conclude(live, place, screens.probed(context.texts, company, seen))


def build() -> Routes:
    """The routes of this file."""
    router = Routes(name="probe")
    router.command(probe, "probe", changes=True)
    router.button(probe_pressed, Do.filter(F.what == "probe"), changes=True)
    router.button(revive_pressed, Do.filter(F.what == "revive"), changes=True)
    return router
