"""The one message of a pairing: a calm form, the code in its place, and how it ended."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from aiogram.exceptions import TelegramAPIError

from bot import qr
from bot.actions import Actions
from bot.domain.company import Company
from bot.domain.pairing import (
    Ended,
    Ending,
    Means,
    Paired,
    Show,
    ShowCode,
    ShownAt,
    Step,
    WrongNumber,
)
from bot.domain.urgency import Urgency
from bot.texts import Texts
from handlers.live.placement import Placing
from handlers.live.protected_message import ProtectedMessage
from handlers.render.pairing import PairingView, pairing
from handlers.render.screen import Screen

CLEARING_PAUSES_S = (1, 5, 15, 30)  # a code must not stay: try again for about a minute

LAST = (Paired, WrongNumber, Ended)

log = structlog.get_logger()


class PairingMessage:
    """What a pairing shows: nothing yet, or its one message. `placed` will tell where."""

    def __init__(
        self,
        actions: Actions,
        texts: Texts,
        company: Company,
        means: Means,
        pairing_id: int,
        *,
        placing: Placing | None = None,
        protected: ProtectedMessage | None = None,
    ) -> None:
        self._actions = actions
        self._texts = texts
        self._company = company
        self._means = means
        self._pairing_id = pairing_id
        self._placing = placing
        self._protected = protected
        self._holds_code = protected is not None
        self._nowhere = False
        self.ask_reset: Callable[[], Awaitable[Screen | None]] | None = None
        self.by_code: Callable[[], Awaitable[ShownAt | None]] | None = None
        self.placed: asyncio.Future[ShownAt] = asyncio.get_running_loop().create_future()

    def is_at(self, place: ShownAt) -> None:
        """Tell those who wait where it is, unless that was told."""
        if not self.placed.done():
            self.placed.set_result(place)

    async def show(self, step: Step) -> bool:
        """Show a step: a new code, other words, or the end. False when there is no place for it."""
        view = pairing(self._texts, self._company, step, self._means)
        screen = await self._leading_on(step) or Screen(view.caption, view.keyboard)
        if self._protected is None:
            return await self._post(step, screen)
        picture = await self._picture(view, step)
        if isinstance(step, Show | ShowCode):
            self._holds_code = True
            self._protected.urgency = Urgency.CODE
            await self._put(self._protected, screen, picture)
        else:
            await self._clear(self._protected, screen, picture, last=isinstance(step, LAST))
        return True

    async def otherwise(self) -> None:
        """Where no place took it: a code as text where one may stand, else what to switch on."""
        placing = self._placing
        if not self._nowhere or placing is None:
            return
        instead = None
        if placing.takes_words and self.by_code is not None:
            instead = await self.by_code()
        if instead is None:
            self.is_at(ShownAt.NOWHERE)
            await placing.nowhere()
            return
        self.is_at(ShownAt.AS_CODE if instead is ShownAt.HERE else instead)
        if instead is ShownAt.HERE:
            await placing.say_why_code()

    async def _leading_on(self, step: Step) -> Screen | None:
        needs_reset = isinstance(step, Ended) and step.ending is Ending.NEEDS_RESET
        return await self.ask_reset() if needs_reset and self.ask_reset is not None else None

    async def take_away(self) -> None:
        """Delete the message."""
        if self._protected is not None and await self._protected.remove():
            await self._actions.pairings.note_message(self._pairing_id, None)

    async def _post(self, step: Step, screen: Screen) -> bool:
        """The first step: a calm form that the code will take the place of, or why none comes.

        So the message is known, and noted, before it shows anything that must not stay.
        """
        if self._placing is None:
            return False
        if isinstance(step, LAST):
            self.is_at(ShownAt.TOLD)
            await self._placing.explain(screen)
            return True
        typed = self._means is Means.CODE
        picture = None if typed else await asyncio.to_thread(qr.neutral_png, "waiting")
        self._protected = protected = await self._placing.post(screen, picture)
        if protected is None:
            self._nowhere = True
            return False
        self.is_at(self._placing.shown_at)
        note = self._actions.pairings.note_message
        await note(self._pairing_id, protected.message_id, protected.location)
        return True

    async def _clear(
        self, protected: ProtectedMessage, screen: Screen, picture: bytes | None, *, last: bool
    ) -> None:
        """Replace the code; should Telegram refuse for long, delete it: it must not stay."""
        cleared = await self._replaced(protected, screen, picture)
        if not cleared and await protected.remove():
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
            log.warning("pairing_end_not_told", error=type(error).__name__)

    async def _replaced(
        self, protected: ProtectedMessage, screen: Screen, picture: bytes | None
    ) -> bool:
        """Whether the message shows no code now, or at least never showed one."""
        protected.urgency = Urgency.NOW if self._holds_code else Urgency.CODE
        for pause_s in (0, *CLEARING_PAUSES_S):
            await asyncio.sleep(pause_s)
            if await self._put(protected, screen, picture) or protected.gone:
                return True
            if not self._holds_code:
                return True
        return False

    async def _put(
        self, protected: ProtectedMessage, screen: Screen, picture: bytes | None
    ) -> bool:
        if self._means is Means.CODE:
            return await protected.put_text(screen)
        if picture is None:
            return await protected.put_caption(screen)
        return await protected.put_picture(picture, screen)

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
