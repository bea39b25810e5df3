"""A live QR or code: one message, edited in place, in which no code outlives its use."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial

import structlog

from bot.actions import Actions
from bot.actions.errors import ActionError
from bot.domain.access import NotAllowed
from bot.domain.company import Company
from bot.domain.pairing import Ended, Ending, Means, ShownAt, Step
from bot.texts import Catalogs
from handlers.live.pairing_message import LAST, PairingMessage
from handlers.live.placement import Placing
from handlers.live.protected_message import ProtectedMessage
from handlers.live.request import LiveRequest
from handlers.live.tasks import Live
from handlers.render.questions import question
from handlers.render.screen import Screen

log = structlog.get_logger()


async def show_qr(
    audience: LiveRequest, company: Company, key: str, *, opened: bool = False
) -> "asyncio.Future[ShownAt]":
    """Claim the pairing of a company, and show its QR where this chat wants it, until its end.

    Returns once it is claimed; the future tells where it is shown, as soon as that is known.
    Raises NotAllowed and DoneAlready.
    """
    pairings, context = audience.actions.pairings, audience.context
    pairing_id, audit_id = await pairings.begin(context.person, company, context.address, key)
    await audience.wake_first(company)
    shown = await _shown(audience, company, Means.QR, pairing_id)
    shown.by_code = partial(_by_code, audience, company, key, opened=opened)
    steps = pairings.steps(pairing_id, audit_id, company, opened=opened)
    audience.live.begin(_follow(shown, steps))
    return shown.placed


async def show_code(
    audience: LiveRequest, company: Company, phone: str, key: str, *, opened: bool = False
) -> "asyncio.Future[ShownAt]":
    """The same by a code for the phone with this number. Raises TooManyCodes as well."""
    pairings, context = audience.actions.pairings, audience.context
    pairing_id, audit_id, order = await pairings.begin_code(
        context.person, company, phone, context.address, key
    )
    await audience.wake_first(company)
    shown = await _shown(audience, company, Means.CODE, pairing_id, phone)
    steps = pairings.steps(pairing_id, audit_id, company, opened=opened, order=order)
    audience.live.begin(_follow(shown, steps))
    return shown.placed


async def clear_leftovers(
    live: Live, actions: Actions, catalogs: Catalogs, default_language: str
) -> None:
    """Clear away the codes that a crash left on show, and what they left half linked."""
    for row in await actions.pairings.end_leftovers():
        company = await actions.status.stored(row.company_id)
        if row.half_linked:
            live.begin(actions.pairings.tidy(company, row))
        if row.message_id is None:
            continue
        language = await actions.chats.language(row.location.address.chat_id) or default_language
        protected = ProtectedMessage(live.bot, row.location, row.message_id)
        texts = catalogs.speaking(language)
        shown = PairingMessage(actions, texts, company, row.means, row.id, protected=protected)
        # Each of its own: a chat that refuses for long keeps nobody else waiting.
        live.begin(_cleared(shown, seen_by_all=row.location.reader is None))


async def _cleared(shown: PairingMessage, *, seen_by_all: bool) -> None:
    if seen_by_all:
        await shown.show(Ended(ending=Ending.INTERRUPTED))
    else:
        await shown.take_away()


async def _shown(
    audience: LiveRequest, company: Company, means: Means, pairing_id: int, phone: str | None = None
) -> PairingMessage:
    actions, context = audience.actions, audience.context
    wanted = await actions.chats.pairing_place(context.address.chat_id)
    placing = Placing(audience.live.bot, context, company, means, wanted)
    shown = PairingMessage(actions, context.texts, company, means, pairing_id, placing=placing)
    shown.ask_reset = partial(_reset_question, audience, company, means, phone)
    return shown


async def _reset_question(
    audience: LiveRequest, company: Company, means: Means, phone: str | None
) -> Screen | None:
    """The question that leads on where only a reset brings a code; None to who may not reset."""
    actions, context = audience.actions, audience.context
    try:
        asked = await actions.confirmations.ask_reset(context.person, company.id)
    except NotAllowed:
        return None
    codes = await actions.pairings.numbers(company) is not None
    return question(context.texts, asked, codes=codes, means=means, number=phone)


async def _by_code(
    audience: LiveRequest, company: Company, key: str, *, opened: bool
) -> ShownAt | None:
    """Go on with a code to be typed in, and say where; None where there can be none now."""
    pairings = audience.actions.pairings
    if await pairings.numbers(company) is None:
        return None
    try:
        phone = await pairings.phone_for(company, "", again=True)
        placed = await show_code(audience, company, phone, f"{key}:instead", opened=opened)
    except (ActionError, NotAllowed) as error:
        log.info("no_code_instead", company=company.id, error=type(error).__name__)
        return None
    return await placed


async def _follow(shown: PairingMessage, steps: AsyncGenerator[Step]) -> None:
    last: Step = Ended(ending=Ending.INTERRUPTED)
    try:
        async with aclosing(steps):
            async for step in steps:
                if isinstance(step, LAST):
                    last = step
                if not await shown.show(step):
                    break
        await shown.otherwise()
    except asyncio.CancelledError:
        await shown.show(last)
        raise
    finally:
        shown.is_at(ShownAt.TOLD)
