"""Taking incidents on."""

from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from bot.actions.errors import BadRequest
from bot.domain.incident import IncidentId
from handlers.answer import answer, pop_up
from handlers.callbacks import Take, TakeCard
from handlers.context import RequestContext
from handlers.render import acks as render
from handlers.routes import Routes


async def ack(
    message: Message, command: CommandObject, context: RequestContext, actions: Actions
) -> None:
    """Take one on by its number, or offer those that nobody has."""
    if not command.args:
        choices = await actions.acks.choices(context.person)
        await answer(message, render.choose(context.texts, choices))
        return
    number = command.args.strip().lstrip("#№").strip()
    if not number.isdecimal() or len(number) > 15:
        raise BadRequest("ack.how")
    incident_id = IncidentId(int(number))
    await actions.acks.one(context.person, incident_id, context.address.chat_id, context.key)
    await answer(message, render.taken(context.texts, 1))


async def take(
    query: CallbackQuery, callback_data: Take, context: RequestContext, actions: Actions
) -> None:
    """Take one on by a button: the card itself will say so."""
    incident_id = IncidentId(callback_data.n)
    await actions.acks.one(context.person, incident_id, context.address.chat_id, context.key)
    await pop_up(query, render.taken(context.texts, 1), alert=False)


async def take_card(query: CallbackQuery, context: RequestContext, actions: Actions) -> None:
    """Take on all that the card tells of."""
    message_id = 0 if query.message is None else query.message.message_id
    count = await actions.acks.card(
        context.person, context.address.chat_id, message_id, context.key
    )
    await pop_up(query, render.taken(context.texts, count), alert=False)


def build() -> Routes:
    """The routes of this file."""
    router = Routes(name="acks")
    router.command(ack, "ack", changes=True)
    router.button(take, Take.filter(), changes=True)
    router.button(take_card, TakeCard.filter(), changes=True)
    return router
