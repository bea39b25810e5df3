"""Takes up what a crash cut off: resets in the middle, codes left on show."""

from collections.abc import Callable
from datetime import datetime

import structlog

from bot.actions import Actions
from bot.actions.results import CutOff
from bot.domain.access import BOT_ITSELF
from bot.domain.procedure import ProcedureKind
from bot.texts import Catalogs
from handlers.answer import say
from handlers.asker import Asked, on_behalf_of
from handlers.commands.recover import keep_current
from handlers.context import RequestContext
from handlers.live.pairing import clear_leftovers
from handlers.live.progress import follow
from handlers.live.request import LiveRequest
from handlers.live.tasks import Live
from handlers.render.recovery import progress

log = structlog.get_logger()


class Resuming:
    """Collects at the start, and goes on once Telegram can be reached."""

    def __init__(
        self,
        actions: Actions,
        live: Live,
        catalogs: Catalogs,
        default_language: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._actions = actions
        self._live = live
        self._catalogs = catalogs
        self._default_language = default_language
        self._clock = clock
        self._waiting: list[CutOff] = []
        self._done = False

    async def collect(self) -> None:
        """Find what people's orders had begun, before anything new can: it waits for Telegram."""
        self._waiting = await self._actions.repairs.cut_off(
            lambda cut_off: cut_off.asked_by != BOT_ITSELF
        )
        self._done = False

    async def once(self) -> None:
        """Clear codes away, then go on with what was collected."""
        if self._done:
            return
        self._done = True
        await clear_leftovers(self._live, self._actions, self._catalogs, self._default_language)
        for row in await self._actions.checklists.left_open():
            language = await self._actions.chats.language(row.address.chat_id)
            texts = self._catalogs.speaking(language or self._default_language)
            self._live.begin(keep_current(self._live, self._actions, texts, row))
        for cut_off in self._waiting:
            self._live.begin(self._go_on(cut_off))

    async def _go_on(self, cut_off: CutOff) -> None:
        log.warning("procedure_resumed", kind=cut_off.kind, company=cut_off.company.id)
        context = await self._turn(cut_off)
        with on_behalf_of(Asked(context=context, bot=self._live.bot, actions=self._actions)):
            await self._follow(cut_off, context)

    async def _follow(self, cut_off: CutOff, context: RequestContext) -> None:
        steps = await self._actions.repairs.resume(cut_off)
        screen = progress(context.texts, ProcedureKind(cut_off.kind), cut_off.company, [], None)
        place = await say(screen)
        kind = ProcedureKind(cut_off.kind)
        audience = LiveRequest(self._live, self._actions, context)
        await follow(audience, kind, cut_off.company, steps, place)

    async def _turn(self, cut_off: CutOff) -> RequestContext:
        chosen = await self._actions.chats.language(cut_off.address.chat_id)
        return RequestContext(
            person=await self._actions.people.who(cut_off.asked_by, ""),
            texts=self._catalogs.speaking(chosen or self._default_language),
            address=cut_off.address,
            title="",
            private=cut_off.address.chat_id > 0,
            key=f"resume:{cut_off.row_id}:{self._clock().timestamp():.0f}",
            now=self._clock(),
        )
