"""The live QR: one photo, edited in place, that never outlives its use."""

import asyncio

import structlog
from bot.texts import Catalogs, Texts

from bot import qr
from bot.actions import Actions
from bot.domain.company import Company
from bot.domain.notice import ChatAddress
from bot.domain.pairing import Ended, Ending, Show, Step
from handlers.live import Live
from handlers.render.pairing import PairingView, pairing
from handlers.render.screen import Screen
from handlers.turn import Turn

CLEARING_PAUSES_S = (1, 5, 15, 30)  # a code must not stay: try again for about a minute

log = structlog.get_logger()


async def show_qr(
    live: Live, actions: Actions, turn: Turn, company: Company, key: str, *, opened: bool = False
) -> None:
    """Show the code of a company here until it is paired, or ends otherwise."""
    address = turn.address
    pairing_id, audit_id = await actions.showing.begin(turn.person, company, address, key)
    photo = _Photo(live, actions, turn.texts, company, address, pairing_id)
    try:
        async for step in actions.showing.steps(pairing_id, audit_id, company, opened=opened):
            await photo.show(step)
    except asyncio.CancelledError:
        await photo.show(Ended(ending=Ending.INTERRUPTED))
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
        picture = await _picture(view, step)
        if self._message_id is None:
            await self._post(picture, screen, holds_code=isinstance(step, Show))
        elif picture is None:
            await self._live.change_caption(self._address, self._message_id, screen)
        elif isinstance(step, Show):
            self._holds_code = True
            await self._live.change_picture(self._address, self._message_id, picture, screen)
        else:
            await self._clear(picture, screen)

    async def _post(self, picture: bytes | None, screen: Screen, *, holds_code: bool) -> None:
        if picture is None:
            await self._live.post(self._address, screen)
            return
        self._message_id = await self._live.post_picture(self._address, picture, screen)
        self._holds_code = holds_code
        await self._actions.showing.note_message(self._pairing_id, self._message_id)

    async def _clear(self, picture: bytes, screen: Screen) -> None:
        """Replace the code, and should Telegram refuse, delete it; a code must not stay."""
        if self._message_id is None:
            return
        for pause_s in (*CLEARING_PAUSES_S, 0):
            if await self._live.change_picture(self._address, self._message_id, picture, screen):
                self._holds_code = False
                return
            if not self._holds_code:
                return
            await asyncio.sleep(pause_s)
        if await self._live.remove(self._address, self._message_id):
            await self._live.post(self._address, screen)
        else:
            log.error("a used code could not be removed", company=self._company.id)


async def _picture(view: PairingView, step: Step) -> bytes | None:
    """The picture of a view; None when only the words change."""
    if isinstance(step, Show):
        if not step.fresh:
            return None
        return step.png or await asyncio.to_thread(qr.png_of, step.raw or "")
    return None if view.picture is None else await asyncio.to_thread(qr.neutral_png, view.picture)
