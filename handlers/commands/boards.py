"""The board of this chat or topic: show it, take it away."""

import contextlib

from aiogram.exceptions import TelegramAPIError
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from bot.actions.errors import BadRequest, NothingHeard
from bot.domain.words import OFF
from handlers.answer import answer, release, replace, say
from handlers.callbacks import BoardOff
from handlers.context import RequestContext
from handlers.live.tasks import Live
from handlers.render import boards as render
from handlers.routes import Routes


async def board(
    message: Message, command: CommandObject, context: RequestContext, actions: Actions, live: Live
) -> None:
    """Show it as a new message, in the place of the one there was; or `/board off`."""
    word = (command.args or "").strip().lower()
    if word in OFF:
        if not await _take_away(context, actions, live):
            await answer(message, render.none_here(context.texts))
        return
    if word:
        raise BadRequest("board.usage")
    try:
        before = await actions.boards.open(
            context.person, context.address, context.title, context.key
        )
    except NothingHeard:
        await answer(message, render.nothing_to_show(context.texts))
        return
    if before is not None:
        with contextlib.suppress(TelegramAPIError):  # it may be gone, or too old to be deleted
            await live.bot.delete_message(context.address.chat_id, before)


async def off(query: CallbackQuery, context: RequestContext, actions: Actions, live: Live) -> None:
    """Take it away."""
    if await _take_away(context, actions, live):
        await release(query)
    else:
        await replace(query, render.taken_away(context.texts))


async def _take_away(context: RequestContext, actions: Actions, live: Live) -> bool:
    """False when there was none."""
    closed = await actions.boards.close(context.person, context.address, context.key)
    if closed is None:
        return False
    if closed.message_id is None:  # it may be on its way: who sends it finds it given up
        await say(render.taken_away(context.texts))
        return True
    message_id = closed.message_id
    chat_id = context.address.chat_id
    if not await live.put(chat_id, message_id, render.taken_away(context.texts)):
        with contextlib.suppress(TelegramAPIError):  # what it shows is not kept any more
            await live.bot.delete_message(chat_id, message_id)
        await say(render.taken_away(context.texts))
    with contextlib.suppress(TelegramAPIError):  # where it could not be pinned
        await live.bot.unpin_chat_message(chat_id=chat_id, message_id=message_id)
    return True


def build() -> Routes:
    """The routes of this file."""
    router = Routes(name="boards")
    router.command(board, "board", changes=True)
    router.button(off, BoardOff.filter(), changes=True)
    return router
