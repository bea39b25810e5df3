"""Follows a procedure in one message, edited with each step; a reset goes on into the live QR."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from bot.actions.results import NothingKept, Overtaken
from bot.domain.company import Company
from bot.domain.procedure import (
    Finished,
    ProcedureKind,
    ProcedureOutcome,
    ProcedureStep,
    Progress,
    UnderWay,
)
from handlers.answering import answer
from handlers.live import Live
from handlers.live_pairing import show_qr
from handlers.render.recovery import nothing_kept, progress, question, waiting
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
    steps: AsyncGenerator[Progress | Finished]
    | AsyncGenerator[Progress | UnderWay | Finished | Overtaken],
    place: Message | None,
) -> None:
    """Show every step until the end."""
    begun: list[ProcedureStep] = []
    async with aclosing(steps):
        async for step in steps:
            if isinstance(step, Overtaken):
                await _ask_anew(live, actions, turn, step, place)
                return
            if isinstance(step, UnderWay):
                if place is not None:
                    screen = waiting(turn.texts, kind, company, step)
                    place = await live.edit(place, screen) or place
                continue
            if isinstance(step, Progress):
                begun.append(step.step)
            finished = step if isinstance(step, Finished) else None
            # First: until the code is claimed, the checker takes the company for a lost one.
            if kind is ProcedureKind.RESET and _is_done(finished):
                await show_qr(live, actions, turn, company, f"{turn.key}:qr", opened=True)
            if place is not None:
                screen = progress(turn.texts, kind, company, begun, finished)
                place = await live.edit(place, screen) or place


async def _ask_anew(
    live: Live, actions: Actions, turn: Turn, overtaken: Overtaken, place: Message | None
) -> None:
    """Ask once more, in the place of the first question; as a new message where that is gone."""
    asked = await actions.asking.ask_anew(turn.person, overtaken)
    if isinstance(asked, NothingKept):
        screen = nothing_kept(turn.texts, asked)
    else:
        screen = question(turn.texts, asked)
    if place is None or await live.edit(place, screen) is None:
        await live.post(turn.address, screen)


def _is_done(finished: Finished | None) -> bool:
    return finished is not None and finished.outcome is ProcedureOutcome.DONE
