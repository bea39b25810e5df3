"""Where codes appear that are asked for in this chat."""

from aiogram import F
from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from bot.domain.access import Right
from bot.domain.pairing import PairingPlace
from handlers.answer import answer, replace
from handlers.callbacks import PlaceButton
from handlers.context import RequestContext
from handlers.render import place as render
from handlers.routes import Routes


async def place(message: Message, context: RequestContext, actions: Actions) -> None:
    """Offer the places."""
    if context.private:
        await answer(message, render.private(context.texts))
        return
    context.person.must(Right.SETTINGS)
    now = await actions.chats.pairing_place(context.address.chat_id)
    await answer(message, render.which(context.texts, now))


async def choose_place(
    query: CallbackQuery, callback_data: PlaceButton, context: RequestContext, actions: Actions
) -> None:
    """Show codes there from now on."""
    wanted = PairingPlace(callback_data.where)
    await actions.chats.set_pairing_place(
        context.person, context.address.chat_id, context.title, wanted, context.key
    )
    await replace(query, render.chosen(context.texts, wanted))


def build() -> Routes:
    """The routes of this file."""
    router = Routes(name="place")
    router.command(place, "place")
    known = F.where.in_({pairing_place.value for pairing_place in PairingPlace})
    router.button(choose_place, PlaceButton.filter(known), changes=True)
    return router
