"""`/qr` and `/code`: pair a company by a QR, or by a code to be typed in."""

from aiogram import F
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from bot.domain.access import Right
from bot.domain.pairing import Means
from handlers.answer import release
from handlers.callbacks import Do
from handlers.company_choice import named_or_chosen, offer
from handlers.context import RequestContext
from handlers.live.pairing import show_code, show_qr
from handlers.live.request import LiveRequest
from handlers.live.tasks import Live
from handlers.render.place import read_payload
from handlers.routes import Routes


async def qr(
    message: Message, command: CommandObject, context: RequestContext, actions: Actions, live: Live
) -> None:
    """Show the QR of a company."""
    company = await named_or_chosen(message, command, context, actions)
    if company is not None:
        await show_qr(LiveRequest(live, actions, context), company, context.key)


async def qr_pressed(
    query: CallbackQuery, callback_data: Do, context: RequestContext, actions: Actions, live: Live
) -> None:
    """The same, by a button."""
    company = await actions.status.find(context.person, callback_data.company)
    context.person.must(Right.PAIR, company.id)
    await release(query)
    await show_qr(LiveRequest(live, actions, context), company, context.key)


async def code(
    message: Message, command: CommandObject, context: RequestContext, actions: Actions, live: Live
) -> None:
    """Show a code to be typed in on the phone that is named, else on the company's own."""
    name, _, number = (command.args or "").strip().partition(" ")
    if not name:
        companies = await actions.status.choices(context.person, Right.PAIR)
        await offer(message, companies, "code", context)
        return
    company = await actions.status.find(context.person, name)
    context.person.must(Right.PAIR, company.id)
    phone = await actions.pairings.phone_for(company, number.strip())
    await show_code(LiveRequest(live, actions, context), company, phone, context.key)


async def code_pressed(
    query: CallbackQuery, callback_data: Do, context: RequestContext, actions: Actions, live: Live
) -> None:
    """The same, by a button. What stands in the way is told where it was pressed."""
    company = await actions.status.find(context.person, callback_data.company)
    context.person.must(Right.PAIR, company.id)
    phone = await actions.pairings.phone_for(company, "", again=True)
    await show_code(LiveRequest(live, actions, context), company, phone, context.key)
    await release(query)


async def in_private(
    _message: Message, command: CommandObject, context: RequestContext, actions: Actions, live: Live
) -> None:
    """Show it here: the button in a group has led to this private chat."""
    payload = read_payload(command.args or "")
    if payload is None:
        return
    means, name = payload
    company = await actions.status.find(context.person, name)
    context.person.must(Right.PAIR, company.id)
    if means is Means.QR:
        await show_qr(LiveRequest(live, actions, context), company, context.key)
        return
    phone = await actions.pairings.phone_for(company, "", again=True)
    await show_code(LiveRequest(live, actions, context), company, phone, context.key)


def build() -> Routes:
    """The routes of this file."""
    router = Routes(name="pairing")
    linked = CommandStart(deep_link=True, magic=F.args.func(read_payload))
    router.message.register(in_private, linked, flags={"changes": True})
    router.command(qr, "qr", changes=True)
    router.button(qr_pressed, Do.filter(F.what == "qr"), changes=True)
    router.command(code, "code", changes=True)
    router.button(code_pressed, Do.filter(F.what == "code"), changes=True)
    return router
