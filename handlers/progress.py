"""Follows a procedure in one message, edited with each step; a reset goes on into the live QR."""

from collections.abc import AsyncIterator

from aiogram.types import Message

from bot.actions import Actions
from bot.domain.company import Company
from bot.domain.procedure import (
    Finished,
    ProcedureKind,
    ProcedureOutcome,
    ProcedureStep,
    Progress,
)
from handlers.live import Live
from handlers.live_qr import show_qr
from handlers.render.recovery import progress
from handlers.turn import Turn


async def follow(
    live: Live,
    actions: Actions,
    turn: Turn,
    kind: ProcedureKind,
    company: Company,
    steps: AsyncIterator[Progress | Finished],
    place: Message | None,
) -> None:
    """Show every step until the end."""
    begun: list[ProcedureStep] = []
    async for step in steps:
        finished = step if isinstance(step, Finished) else None
        if isinstance(step, Progress):
            begun.append(step.step)
        screen = progress(turn.texts, kind, company, begun, finished)
        if place is not None:
            place = await live.edit(place, screen) or place
        if kind is ProcedureKind.RESET and finished and finished.outcome is ProcedureOutcome.DONE:
            key = f"{turn.key}:qr"
            await show_qr(live, actions, turn, company, key, opened=True)
