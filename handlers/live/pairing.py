"""A live QR or code: one message, edited in place, in which no code outlives its use."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from functools import partial

import structlog
from aiogram.exceptions import TelegramAPIError

from bot import qr
from bot.actions import Actions
from bot.actions.errors import ActionError
from bot.domain.access import NotAllowed
from bot.domain.company import Company
from bot.domain.pairing import Ended, Ending, Means, Paired, Show, ShowCode, Step, WrongNumber
from bot.domain.urgency import Urgency
from bot.texts import Catalogs, Texts
from handlers.live.audience import Audience
from handlers.live.placement import Placing
from handlers.live.protected_message import ProtectedMessage
from handlers.live.tasks import Live
from handlers.render.pairing import PairingView, pairing
from handlers.render.questions import question
from handlers.render.screen import Screen

CLEARING_PAUSES_S = (1, 5, 15, 30)  # a code must not stay: try again for about a minute

_LAST = (Paired, WrongNumber, Ended)

log = structlog.get_logger()


async def show_qr(audience: Audience, company: Company, key: str, *, opened: bool = False) -> None:
    """Claim the pairing of a company, and show its QR where this chat wants it, until its end.

    Returns once it is claimed. Raises NotAllowed and DoneAlready.
    """
    pairings, context = audience.actions.pairings, audience.context
    pairing_id, audit_id = await pairings.begin(context.person, company, context.address, key)
    shown = await _shown(audience, company, Means.QR, pairing_id)
    shown.by_code = partial(_by_code, audience, company, key, opened=opened)
    steps = pairings.steps(pairing_id, audit_id, company, opened=opened)
    audience.live.begin(_follow(shown, steps))


async def show_code(
    audience: Audience, company: Company, phone: str, key: str, *, opened: bool = False
) -> None:
    """The same by a code for the phone with this number. Raises TooManyCodes as well."""
    pairings, context = audience.actions.pairings, audience.context
    pairing_id, audit_id, order = await pairings.begin_code(
        context.person, company, phone, context.address, key
    )
    shown = await _shown(audience, company, Means.CODE, pairing_id, phone)
    steps = pairings.steps(pairing_id, audit_id, company, opened=opened, order=order)
    audience.live.begin(_follow(shown, steps))


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
        language = await actions.chats.language(row.spot.address.chat_id) or default_language
        sheet = ProtectedMessage(live.bot, row.spot, row.message_id)
        texts = catalogs.speaking(language)
        shown = _Shown(actions, texts, company, row.means, row.id, sheet=sheet)
        # Each of its own: a chat that refuses for long keeps nobody else waiting.
        live.begin(_cleared(shown, seen_by_all=row.spot.reader is None))


async def _cleared(shown: "_Shown", *, seen_by_all: bool) -> None:
    if seen_by_all:
        await shown.show(Ended(ending=Ending.INTERRUPTED))
    else:
        await shown.take_away()


async def _shown(
    audience: Audience, company: Company, means: Means, pairing_id: int, phone: str | None = None
) -> "_Shown":
    actions, context = audience.actions, audience.context
    wanted = await actions.chats.pairing_place(context.address.chat_id)
    placing = Placing(audience.live.bot, context, company, means, wanted)
    shown = _Shown(actions, context.texts, company, means, pairing_id, placing=placing)
    shown.ask_reset = partial(_reset_question, audience, company, means, phone)
    return shown


async def _reset_question(
    audience: Audience, company: Company, means: Means, phone: str | None
) -> Screen | None:
    """The question that leads on where only a reset brings a code; None to who may not reset."""
    actions, context = audience.actions, audience.context
    try:
        asked = await actions.confirmations.ask_reset(context.person, company.id)
    except NotAllowed:
        return None
    codes = await actions.pairings.numbers(company) is not None
    return question(context.texts, asked, codes=codes, means=means, number=phone)


async def _by_code(audience: Audience, company: Company, key: str, *, opened: bool) -> bool:
    """Go on with a code to be typed in; False where there can be none now."""
    pairings = audience.actions.pairings
    if await pairings.numbers(company) is None:
        return False
    try:
        phone = await pairings.phone_for(company, "", again=True)
        await show_code(audience, company, phone, f"{key}:instead", opened=opened)
    except (ActionError, NotAllowed) as error:
        log.info("no_code_instead", company=company.id, error=type(error).__name__)
        return False
    return True


async def _follow(shown: "_Shown", steps: AsyncGenerator[Step]) -> None:
    last: Step = Ended(ending=Ending.INTERRUPTED)
    try:
        async with aclosing(steps):
            async for step in steps:
                if isinstance(step, _LAST):
                    last = step
                if not await shown.show(step):
                    break
        await shown.otherwise()
    except asyncio.CancelledError:
        await shown.show(last)
        raise


class _Shown:
    """What a pairing shows: nothing yet, or its one message."""

    def __init__(
        self,
        actions: Actions,
        texts: Texts,
        company: Company,
        means: Means,
        pairing_id: int,
        *,
        placing: Placing | None = None,
        sheet: ProtectedMessage | None = None,
    ) -> None:
        self._actions = actions
        self._texts = texts
        self._company = company
        self._means = means
        self._pairing_id = pairing_id
        self._placing = placing
        self._sheet = sheet
        self._holds_code = sheet is not None
        self._nowhere = False
        self.ask_reset: Callable[[], Awaitable[Screen | None]] | None = None
        self.by_code: Callable[[], Awaitable[bool]] | None = None

    async def show(self, step: Step) -> bool:
        """Show a step: a new code, other words, or the end. False when there is no place for it."""
        view = pairing(self._texts, self._company, step, self._means)
        screen = await self._leading_on(step) or Screen(view.caption, view.keyboard)
        if self._sheet is None:
            return await self._post(step, screen)
        picture = await self._picture(view, step)
        if isinstance(step, Show | ShowCode):
            self._holds_code = True
            self._sheet.urgency = Urgency.CODE
            await self._put(self._sheet, screen, picture)
        else:
            await self._clear(self._sheet, screen, picture, last=isinstance(step, _LAST))
        return True

    async def otherwise(self) -> None:
        """Where no place took it: a code as text where one may stand, else what to switch on."""
        placing = self._placing
        if not self._nowhere or placing is None:
            return
        if placing.takes_words and self.by_code is not None and await self.by_code():
            await placing.say_why_code()
        else:
            await placing.nowhere()

    async def _leading_on(self, step: Step) -> Screen | None:
        needs_reset = isinstance(step, Ended) and step.ending is Ending.NEEDS_RESET
        return await self.ask_reset() if needs_reset and self.ask_reset is not None else None

    async def take_away(self) -> None:
        """Delete the message."""
        if self._sheet is not None and await self._sheet.remove():
            await self._actions.pairings.note_message(self._pairing_id, None)

    async def _post(self, step: Step, screen: Screen) -> bool:
        """The first step: a calm form that the code will take the place of, or why none comes.

        So the message is known, and noted, before it shows anything that must not stay.
        """
        if self._placing is None:
            return False
        if isinstance(step, _LAST):
            await self._placing.explain(screen)
            return True
        typed = self._means is Means.CODE
        picture = None if typed else await asyncio.to_thread(qr.neutral_png, "waiting")
        self._sheet = sheet = await self._placing.post(screen, picture)
        if sheet is None:
            self._nowhere = True
            return False
        note = self._actions.pairings.note_message
        await note(self._pairing_id, sheet.message_id, sheet.spot)
        return True

    async def _clear(
        self, sheet: ProtectedMessage, screen: Screen, picture: bytes | None, *, last: bool
    ) -> None:
        """Replace the code; should Telegram refuse for long, delete it: it must not stay."""
        cleared = await self._replaced(sheet, screen, picture)
        if not cleared and await sheet.remove():
            cleared = True
            await self._explain(screen)
        if not cleared:
            log.error("a used code could not be removed yet", company=self._company.id)
            return
        self._holds_code = False
        if last:
            await self._actions.pairings.note_message(self._pairing_id, None)

    async def _explain(self, screen: Screen) -> None:
        if self._placing is None:
            return
        try:
            await self._placing.explain(screen)
        except TelegramAPIError as error:
            log.warning("the end of a pairing was not told", error=type(error).__name__)

    async def _replaced(
        self, sheet: ProtectedMessage, screen: Screen, picture: bytes | None
    ) -> bool:
        """Whether the message shows no code now, or at least never showed one."""
        sheet.urgency = Urgency.NOW if self._holds_code else Urgency.CODE
        for pause_s in (0, *CLEARING_PAUSES_S):
            await asyncio.sleep(pause_s)
            if await self._put(sheet, screen, picture) or sheet.gone:
                return True
            if not self._holds_code:
                return True
        return False

    async def _put(self, sheet: ProtectedMessage, screen: Screen, picture: bytes | None) -> bool:
        if self._means is Means.CODE:
            return await sheet.put_text(screen)
        if picture is None:
            return await sheet.put_caption(screen)
        return await sheet.put_picture(picture, screen)

    async def _picture(self, view: PairingView, step: Step) -> bytes | None:
        """The picture of a view; None when only the words change."""
        if self._means is Means.CODE:
            return None
        if isinstance(step, Show):
            if not step.fresh:
                return None
            return step.png or await asyncio.to_thread(qr.png_of, step.raw or "")
        if view.picture is None:
            return None
        return await asyncio.to_thread(qr.neutral_png, view.picture)
