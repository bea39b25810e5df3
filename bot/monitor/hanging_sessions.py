"""Sessions whose own answers hang: each is waited for by itself, a few of a gateway at a time.

Nobody else waits for them: their gateway's lock is not held meanwhile, and most of the connections
to it stay free.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable

import structlog

from bot.domain.company import CompanyId, GatewayName
from bot.domain.observation import Watched

AT_ONCE = 3  # of the eight connections that a gateway may have

log = structlog.get_logger()


class Stragglers:
    """Waits for each by `late`, which judges the answer; nobody is waited for twice at a time."""

    def __init__(self, late: Callable[[GatewayName, Watched], Awaitable[None]]) -> None:
        self._late = late
        self._lanes: defaultdict[GatewayName, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(AT_ONCE)
        )
        self._waits: dict[tuple[GatewayName, CompanyId], asyncio.Task[None]] = {}

    def wait_for(self, gateway: GatewayName, watched: Watched) -> None:
        """Begin to wait for this one, unless somebody does."""
        key = gateway, watched.id
        if key in self._waits:
            return
        self._waits[key] = task = asyncio.create_task(self._wait(gateway, watched))
        task.add_done_callback(lambda _: self._waits.pop(key, None))

    async def waited_for(self, gateway: GatewayName, company_id: CompanyId) -> None:
        """Return when nothing is waited for of this company."""
        task = self._waits.get((gateway, company_id))
        if task is not None:
            await asyncio.wait([task])

    async def stop(self) -> None:
        """End every wait."""
        tasks = list(self._waits.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _wait(self, gateway: GatewayName, watched: Watched) -> None:
        try:
            async with self._lanes[gateway]:
                await self._late(gateway, watched)
        except Exception:  # a task's edge: the next look asks again
            log.exception("late_answer_not_judged", gateway=gateway, company=watched.id)
