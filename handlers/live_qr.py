"""The live QR: one photo, edited in place, that never outlives its use."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import structlog

from bot import qr
from bot.actions import Actions
from bot.domain.company import Company
from bot.domain.notice import ChatAddress
from bot.domain.pairing import Ended, Ending, Paired, Show, Step, WrongNumber
from bot.texts import Catalogs, Texts
from handlers.live import Live
from handlers.render.pairing import PairingView, pairing
from handlers.render.screen import Screen
from handlers.turn import Turn

CLEARING_PAUSES_S = (1, 5, 15, 30)  # a code must not stay: try again for about a minute

_LAST = (Paired, WrongNumber, Ended)

log = structlog.get_logger()


async def show_qr(
    live: Live, actions: Actions, turn: Turn, company: Company, key: str, *, opened: bool = False
) -> None:
    """Claim the code of a company for this place, and show it there until its end.

    Returns once it is claimed. Raises NotAllowed and DoneAlready.
    """
    pairing_id, audit_id = await actions.showing.begin(turn.person, company, turn.address, key)
    photo = _Photo(live, actions, turn.texts, company, turn.address, pairing_id)
    steps = actions.showing.steps(pairing_id, audit_id, company, opened=opened)
    live.begin(_follow(photo, steps))


async def _follow(photo: "_Photo", steps: AsyncGenerator[Step]) -> None:
    last: Step = Ended(ending=Ending.INTERRUPTED)
    try:
        async with aclosing(steps):
            async for step in steps:
                if isinstance(step, _LAST):
                    last = step
                await photo.show(step)
    except asyncio.CancelledError:
        await photo.show(last)
        raise


async def clear_leftovers(
    live: Live, actions: Actions, catalogs: Catalogs, default_language: str
) -> None:
    """Clear away the codes that a crash left on show."""
    for row in await actions.showing.end_leftovers():
        if row.message_id is None:
            continue
        language = await actions.chats.language(row.address.chat_id) or default_language
        company = await actions.looking.find(row.company_id)
        photo = _Photo(
            live,
            actions,
            catalogs.speaking(language),
            company,
            row.address,
            row.id,
            message_id=row.message_id,
        )
        await photo.show(Ended(ending=Ending.INTERRUPTED))


class _Photo:
    """The one message of a live QR."""

    def __init__(
        self,
        live: Live,
        actions: Actions,
        texts: Texts,
        company: Company,
        address: ChatAddress,
        pairing_id: int,
        *,
        message_id: int | None = None,
    ) -> None:
        self._live = live
        self._actions = actions
        self._texts = texts
        self._company = company
        self._address = address
        self._pairing_id = pairing_id
        self._message_id = message_id
        self._holds_code = message_id is not None

    async def show(self, step: Step) -> None:
        """Show a step: a new code, other words, or the end."""
        view = pairing(self._texts, self._company, step)
        screen = Screen(text=view.caption, keyboard=view.keyboard)
        if self._message_id is None:
            await self._post(step, screen)
            return
        picture = await _picture(view, step)
        if picture is None:
            await self._live.change_caption(self._address, self._message_id, screen)
        elif isinstance(step, Show):
            self._holds_code = True
            await self._live.change_picture(self._address, self._message_id, picture, screen)
        else:
            await self._clear(self._message_id, picture, screen, last=isinstance(step, _LAST))

    async def _post(self, step: Step, screen: Screen) -> None:
        """The first step: a calm picture that the code will take the place of, or why none comes.

        So the message is known, and noted, before it shows anything that must not stay.
        """
        if isinstance(step, _LAST):
            await self._live.post(self._address, screen)
            return
        picture = await asyncio.to_thread(qr.neutral_png, "waiting")
        self._message_id = await self._live.post_picture(self._address, picture, screen)
        await self._actions.showing.note_message(self._pairing_id, self._message_id)

    async def _clear(self, message_id: int, picture: bytes, screen: Screen, *, last: bool) -> None:
        """Replace the code; should Telegram refuse for long, delete it: it must not stay."""
        cleared = await self._replaced(message_id, picture, screen)
        if not cleared and await self._live.remove(self._address, message_id):
            await self._live.post(self._address, screen)
            cleared = True
        if not cleared:
            log.error("a used code could not be removed yet", company=self._company.id)
            return
        self._holds_code = False
        if last:
            await self._actions.showing.note_message(self._pairing_id, None)

    async def _replaced(self, message_id: int, picture: bytes, screen: Screen) -> bool:
        """Whether the message shows the picture now, or at least never showed a code."""
        for pause_s in (0, *CLEARING_PAUSES_S):
            await asyncio.sleep(pause_s)
            if await self._live.change_picture(self._address, message_id, picture, screen):
                return True
            if not self._holds_code:
                return True
        return False


async def _picture(view: PairingView, step: Step) -> bytes | None:
    """The picture of a view; None when only the words change."""
    if isinstance(step, Show):
        if not step.fresh:
            return None
        return step.png or await asyncio.to_thread(qr.png_of, step.raw or "")
    return None if view.picture is None else await asyncio.to_thread(qr.neutral_png, view.picture)
