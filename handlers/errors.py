"""Turns every unhandled error into a sentence for the person and a line in the log."""

import structlog
from aiogram.exceptions import TelegramAPIError
from aiogram.types import CallbackQuery, ErrorEvent, Message

from bot.actions.errors import ActionError, DoneAlready
from bot.domain.access import NotAllowed
from bot.domain.company import BadCompanyId
from handlers.answer import pop_up, reply
from handlers.asker import Asked, on_behalf_of
from handlers.context import RequestContext
from handlers.render.errors import sentence, unexpected
from handlers.render.screen import Screen
from handlers.telegram.sender import StillWaiting

log = structlog.get_logger()


def is_expected(error: BaseException) -> bool:
    """Whether a sentence of its own says what was not done and why."""
    return isinstance(error, ActionError | NotAllowed | BadCompanyId)


async def explain(
    event: ErrorEvent, context: RequestContext | None = None, asked: Asked | None = None
) -> None:
    """Tell the person what was not done and why; nothing was changed."""
    error = event.exception
    if isinstance(error, DoneAlready):
        log.info("an update came twice", update=event.update.update_id)
        return
    if isinstance(error, StillWaiting):
        if asked is not None:
            await asked.lost()
        return
    if not is_expected(error):
        log.error("an update was not served", exc_info=error)
    if context is None:
        return
    screen = sentence(context.texts, error) if is_expected(error) else unexpected(context.texts)
    try:
        with on_behalf_of(asked):
            await _tell(event.update.message or event.update.callback_query, screen)
    except TelegramAPIError as failure:
        log.warning("error_not_told", error=type(failure).__name__)


async def _tell(event: Message | CallbackQuery | None, screen: Screen) -> None:
    if isinstance(event, Message):
        await reply(event, screen)
    elif isinstance(event, CallbackQuery):
        await pop_up(event, screen)
