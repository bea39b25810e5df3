"""Follows a procedure in one message, edited with each step, and into the pairing it opens."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from aiogram.types import CallbackQuery, Message

from bot.actions import Actions
from bot.actions.errors import TooManyCodes
from bot.actions.results import NothingKept, Overtaken
from bot.domain.company import Company
from bot.domain.pairing import Means, ShownAt
from bot.domain.procedure import (
    Finished,
    ProcedureKind,
    ProcedureStep,
    Progress,
    UnderWay,
)
from bot.domain.urgency import Urgency
from handlers.answer import answer, say
from handlers.context import RequestContext
from handlers.live.pairing import show_code, show_qr
from handlers.live.request import LiveRequest
from handlers.live.text import LiveText, conclude
from handlers.render.errors import sentence
from handlers.render.questions import nothing_kept, outdated, question
from handlers.render.recovery import progress, waiting
from handlers.render.screen import Screen
from handlers.render.status import company as company_card


async def begin(
    event: Message | CallbackQuery,
    audience: LiveRequest,
    kind: ProcedureKind,
    company: Company,
    steps: AsyncGenerator[Progress | Finished | Overtaken],
) -> None:
    """Answer with the message that will show every step."""
    await audience.wake_first(company)
    place = await answer(event, progress(audience.context.texts, kind, company, [], None))
    audience.live.begin(follow(audience, kind, company, steps, place))


async def carry_out(
    event: Message | CallbackQuery, audience: LiveRequest, kind: ProcedureKind, company: Company
) -> None:
    """Begin what takes one press, and show its steps."""
    steps = await audience.actions.repairs.ordered(audience.context.order(kind, company))
    await begin(event, audience, kind, company, steps)


async def follow(
    audience: LiveRequest,
    kind: ProcedureKind,
    company: Company,
    steps: AsyncGenerator[Progress | Finished]
    | AsyncGenerator[Progress | Finished | Overtaken]
    | AsyncGenerator[Progress | UnderWay | Finished | Overtaken],
    place: Message | None,
    *,
    phone: str | None = None,
) -> None:
    """Show every step that lasts, and the end. With a `phone` a pairing it opens is by code."""
    texts = audience.context.texts
    begun: list[ProcedureStep] = []
    text = LiveText(audience.live, place)
    try:
        async with aclosing(steps):
            async for step in steps:
                if isinstance(step, Overtaken):
                    await text.stop()
                    await _ask_anew(audience, step, place)
                    return
                if isinstance(step, UnderWay):
                    text.show(waiting(texts, kind, company, step))
                    continue
                if isinstance(step, Progress):
                    begun.append(step.step)
                    text.show(progress(texts, kind, company, begun, None))
                    continue
                # First: until the code is claimed, the checker takes the company for a lost one.
                led_to = None
                if step.opens_pairing:
                    led_to = await _pair(audience, company, phone)
                # What is on its way to the phone matters more than the words above it.
                urgency = Urgency.ANSWER if led_to is None else Urgency.PROGRESS
                await text.end(progress(texts, kind, company, begun, step, led_to), urgency)
    finally:
        await text.stop()


async def _ask_anew(audience: LiveRequest, overtaken: Overtaken, place: Message | None) -> None:
    """Ask once more, in the place of the first question; as a new message where that is gone.

    What takes one press is not asked: how the company stands now says what to press.
    """
    actions, context = audience.actions, audience.context
    if overtaken.action not in (ProcedureKind.RESET, ProcedureKind.RESTORE):
        card = await actions.status.company(context.person, overtaken.company.id)
        screen = outdated(
            context.texts, overtaken, company_card(context.texts, context.person, card, context.now)
        )
    else:
        screen = await _question_anew(actions, context, overtaken)
    await conclude(audience.live, place, screen)


async def _question_anew(actions: Actions, context: RequestContext, overtaken: Overtaken) -> Screen:
    asked = await actions.confirmations.ask_anew(context.person, overtaken)
    if isinstance(asked, NothingKept):
        return nothing_kept(context.texts, asked)
    resetting = asked.action == ProcedureKind.RESET
    codes = resetting and await actions.pairings.numbers(overtaken.company) is not None
    return question(context.texts, asked, codes=codes)


async def _pair(
    audience: LiveRequest, company: Company, phone: str | None
) -> tuple[Means, ShownAt]:
    """Go on into the pairing; a QR where there may be no code yet. What is shown, and where."""
    context = audience.context
    if phone is not None:
        try:
            placed = await show_code(audience, company, phone, f"{context.key}:code", opened=True)
        except TooManyCodes as error:
            await say(sentence(context.texts, error))
        else:
            return Means.CODE, await placed
    placed = await show_qr(audience, company, f"{context.key}:qr", opened=True)
    return Means.QR, await placed
