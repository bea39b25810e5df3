"""Follows a procedure in one message, edited with each step; a reset goes on into the live QR."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from bot.domain.company import Company
from bot.domain.procedure import (
    Finished,
    ProcedureKind,
    ProcedureOutcome,
    ProcedureStep,
    Progress,
)
from handlers.answering import answer
from handlers.live import Live
from handlers.live_pairing import show_qr
from handlers.render.recovery import progress
from handlers.turn import Turn


async def begin(
    event: Message | CallbackQuery,
    live: Live,
    actions: Actions,
    turn: Turn,
    kind: ProcedureKind,
    company: Company,
    steps: AsyncGenerator[Progress | Finished],
) -> None:
    """Answer with the message that will show every step."""
    place = await answer(event, progress(turn.texts, kind, company, [], None))
    live.begin(follow(live, actions, turn, kind, company, steps, place))


async def follow(
    live: Live,
    actions: Actions,
    turn: Turn,
    kind: ProcedureKind,
    company: Company,
    steps: AsyncGenerator[Progress | Finished],
    place: Message | None,
) -> None:
    """Show every step until the end."""
    begun: list[ProcedureStep] = []
    async with aclosing(steps):
        async for step in steps:
            if isinstance(step, Progress):
                begun.append(step.step)
            finished = step if isinstance(step, Finished) else None
            # First: until the code is claimed, the checker takes the company for a lost one.
            if kind is ProcedureKind.RESET and _is_done(finished):
                await show_qr(live, actions, turn, company, f"{turn.key}:qr", opened=True)
            if place is not None:
                screen = progress(turn.texts, kind, company, begun, finished)
                place = await live.edit(place, screen) or place


def _is_done(finished: Finished | None) -> bool:
    return finished is not None and finished.outcome is ProcedureOutcome.DONE
