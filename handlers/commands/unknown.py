"""What nobody else understood: a sentence, never silence towards a known person in private."""

from aiogram import F
from aiogram.enums import ChatType
from aiogram.types import CallbackQuery, Message

from handlers.answer import answer, pop_up
from handlers.context import RequestContext
from handlers.render.errors import not_understood, outdated_button
from handlers.routes import Routes


async def message(event: Message, context: RequestContext) -> None:
    """In private: say where help is. In groups people also talk to each other."""
    await answer(event, not_understood(context.texts))


async def button(query: CallbackQuery, context: RequestContext) -> None:
    """A button of an older version, or one that nobody ever made."""
    await pop_up(query, outdated_button(context.texts))


def build() -> Routes:
    """The routes of this file."""
    router = Routes(name="unknown")
    router.message.register(message, F.chat.type == ChatType.PRIVATE, F.text)
    router.button(button, changes=False)
    return router
