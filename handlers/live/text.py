"""A text that follows a procedure: the newest step, and only what lasts long enough to be read."""

import asyncio
import contextlib

from aiogram.exceptions import AiogramError
from aiogram.types import Message

from bot.domain.urgency import Urgency
from handlers.answer import say
from handlers.live.tasks import Live
from handlers.render.screen import Screen


class LiveText:
    """One message. Showing a step holds nothing up: it is edited as its turn comes, or never."""

    def __init__(self, live: Live, place: Message | None) -> None:
        self._live = live
        self._place = place
        self._screen: Screen | None = None
        self._changed = asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None

    def show(self, screen: Screen) -> None:
        """Show this, unless something newer comes within a second."""
        self._screen = screen
        self._changed.set()
        if self._keeping is None and self._place is not None:
            self._keeping = asyncio.create_task(self._keep())

    async def end(self, screen: Screen, urgency: Urgency = Urgency.ANSWER) -> None:
        """Show how it ended, whatever was shown until then."""
        await self.stop()
        await conclude(self._live, self._place, screen, urgency)

    async def stop(self) -> None:
        """Show nothing more."""
        if self._keeping is not None:
            self._keeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeping
            self._keeping = None

    async def _keep(self) -> None:
        while True:
            await self._changed.wait()
            await asyncio.sleep(self._live.shown_after_s)
            self._changed.clear()
            if self._place is not None and self._screen is not None:
                self._place = await self._live.edit(self._place, self._screen) or self._place


async def conclude(
    live: Live, place: Message | None, screen: Screen, urgency: Urgency = Urgency.ANSWER
) -> None:
    """How something ended, in the place of its progress; as a new message where that can't be."""
    if place is not None and await live.edit(place, screen, urgency) is not None:
        return
    sent = await say(screen)
    if sent is not None and place is not None:
        with contextlib.suppress(AiogramError):  # it says what is not so any more
            await place.delete()
