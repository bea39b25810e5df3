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
from bot.domain.urgency import Urgency
from handlers.answering import answer
from handlers.live import Live
from handlers.live_pairing import show_qr
from handlers.live_text import LiveText
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
    """Show every step that lasts, and the end."""
    begun: list[ProcedureStep] = []
    text = LiveText(live, place)
    try:
        async with aclosing(steps):
            async for step in steps:
                if isinstance(step, Progress):
                    begun.append(step.step)
                    text.show(progress(turn.texts, kind, company, begun, None))
                    continue
                # First: until the code is claimed, the checker takes the company for a lost one.
                shows_code = kind is ProcedureKind.RESET and _is_done(step)
                if shows_code:
                    await show_qr(live, actions, turn, company, f"{turn.key}:qr", opened=True)
                # What is on its way to the phone matters more than the words above it.
                urgency = Urgency.PROGRESS if shows_code else Urgency.ANSWER
                await text.end(progress(turn.texts, kind, company, begun, step), urgency)
    finally:
        await text.stop()


def _is_done(finished: Finished) -> bool:
    return finished.outcome is ProcedureOutcome.DONE
