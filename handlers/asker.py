"""Who is being answered: known to whatever is said on their behalf, wherever that is said."""

import asyncio
import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass

import structlog
from aiogram import Bot
from aiogram.types import CallbackQuery

from bot.actions import Actions
from bot.domain.hindrance import Hindrance
from handlers.context import RequestContext

_LOST_WITHIN_S = 2.0  # a database that hangs must not hold up the end of the program

log = structlog.get_logger()


@dataclass(eq=False, kw_only=True)
class Asked:
    """A request and what became of it.

    `query` is the press; `released` once it was answered, which Telegram takes once. `answered`
    once the person has seen something.
    """

    context: RequestContext
    bot: Bot
    actions: Actions
    query: CallbackQuery | None = None
    released: bool = False
    answered: bool = False

    async def lost(self) -> None:
        """No answer can go out now: they are told by the outbox, as soon as that can."""
        self.answered = True
        context = self.context
        log.warning("answer_lost", chat=str(context.address))
        try:
            async with asyncio.timeout(_LOST_WITHIN_S):
                await self.actions.answers.lost(context.person, context.address)
        except Exception as error:  # noqa: BLE001 - the database is what fails: the log has it
            log.error("answer_lost_untold", error=type(error).__name__)

    async def refused(self, hindrance: Hindrance) -> None:
        """Nothing they see takes an answer: the owners are told."""
        context = self.context
        log.warning("answer_refused", chat=str(context.address), hindrance=hindrance)
        try:
            await self.actions.answers.refused(
                context.person, context.address, context.title, hindrance
            )
        except Exception as error:  # noqa: BLE001 - the database is what fails: the log has it
            log.error("answer_refused_untold", error=type(error).__name__)


_asked: ContextVar[Asked | None] = ContextVar("asked", default=None)


def who_asked() -> Asked | None:
    """On whose behalf this is done; None for what nobody asked for."""
    return _asked.get()


@contextlib.contextmanager
def on_behalf_of(asked: Asked | None) -> Iterator[None]:
    """What is said in this block, and by tasks begun in it, answers this request."""
    token = _asked.set(asked)
    try:
        yield
    finally:
        _asked.reset(token)
