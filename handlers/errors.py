"""Every error that reaches the edge becomes one sentence for the person, and a line in the log."""

import structlog
from aiogram import Router
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest
from aiogram.types import CallbackQuery, ErrorEvent, Message

from bot.actions.errors import ActionError, DoneAlready
from bot.domain.access import NotAllowed
from bot.domain.company import BadCompanyId
from handlers.answering import answer
from handlers.render.errors import sentence, unexpected
from handlers.render.screen import Screen
from handlers.telegram.sender import StillWaiting
from handlers.turn import Turn

log = structlog.get_logger()


async def explain(event: ErrorEvent, turn: Turn | None = None) -> None:
    """Tell the person what was not done and why; nothing was changed."""
    error = event.exception
    if isinstance(error, DoneAlready):
        log.info("an update came twice", update=event.update.update_id)
        return
    if isinstance(error, StillWaiting):
        return  # the answer is on its way, and only late
    expected = isinstance(error, ActionError | NotAllowed | BadCompanyId)
    if not expected:
        log.error("an update was not served", exc_info=error)
    if turn is None or isinstance(error, TelegramAPIError):
        return
    screen = sentence(turn.texts, error) if expected else unexpected(turn.texts)
    await _tell(event.update.message or event.update.callback_query, screen)


async def _tell(event: Message | CallbackQuery | None, screen: Screen) -> None:
    if isinstance(event, Message):
        await event.reply(screen.text, reply_markup=screen.keyboard)
    elif isinstance(event, CallbackQuery):
        try:
            await event.answer(screen.plain[:200], show_alert=True)
        except TelegramBadRequest:
            # Pressed too long ago, or released already: then it is said in the chat.
            await answer(event, screen)


def build() -> Router:
    """The routes of this file."""
    router = Router(name="errors")
    router.error.register(explain)
    return router
