"""Taking incidents on."""

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from bot.actions.errors import BadRequest
from bot.domain.incident import IncidentId
from handlers.answering import answer, pop_up
from handlers.callbacks import Take, TakeCard
from handlers.context import Turn
from handlers.render import acks as render


async def ack(message: Message, command: CommandObject, turn: Turn, actions: Actions) -> None:
    """Take one on by its number, or offer those that nobody has."""
    if not command.args:
        choices = await actions.acking.choices(turn.person)
        await answer(message, render.choose(turn.texts, choices))
        return
    number = command.args.strip().lstrip("#№").strip()
    if not number.isdecimal() or len(number) > 15:
        raise BadRequest("ack.how")
    incident_id = IncidentId(int(number))
    await actions.acking.one(turn.person, incident_id, turn.address.chat_id, turn.key)
    await answer(message, render.taken(turn.texts, 1))


async def take(query: CallbackQuery, callback_data: Take, turn: Turn, actions: Actions) -> None:
    """Take one on by a button: the card itself will say so."""
    incident_id = IncidentId(callback_data.n)
    await actions.acking.one(turn.person, incident_id, turn.address.chat_id, turn.key)
    await pop_up(query, render.taken(turn.texts, 1), alert=False)


async def take_card(query: CallbackQuery, turn: Turn, actions: Actions) -> None:
    """Take on all that the card tells of."""
    message_id = 0 if query.message is None else query.message.message_id
    count = await actions.acking.card(turn.person, turn.address.chat_id, message_id, turn.key)
    await pop_up(query, render.taken(turn.texts, count), alert=False)


def build() -> Router:
    """The routes of this file."""
    router = Router(name="acking")
    router.message.register(ack, Command("ack"), flags={"changes": True})
    router.callback_query.register(take, Take.filter(), flags={"changes": True})
    router.callback_query.register(take_card, TakeCard.filter(), flags={"changes": True})
    return router
