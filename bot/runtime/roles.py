"""What one replica at a time does: talk to the chats, watch each gateway."""

import asyncio
from collections.abc import Callable, Collection, Coroutine, Iterator, Sequence
from typing import Any

import structlog

from bot.actions.repairs import Repairs
from bot.actions.results import CutOff
from bot.alerts.courier import Courier, Outcome, OutgoingMessage, RetryLater
from bot.domain.access import BOT_ITSELF
from bot.domain.company import GatewayName
from bot.monitor.hourly import hourly
from bot.monitor.schedule import Schedule
from bot.monitor.set_aside_expiry import SetAsideExpiry
from bot.recovery.healer import Healer
from bot.runtime.registry import GatewayRegistry
from handlers.live.resume import Resuming
from handlers.live.tasks import Live
from handlers.telegram.line import CallLine
from handlers.telegram.polling import Polling
from handlers.telegram.webhook import Webhook

CHAT_ROLE = "desk"  # the name in the database: replicas of older versions hold it too

Loop = Callable[[], Coroutine[Any, Any, None]]

log = structlog.get_logger()


def gateway_role_name(gateway: GatewayName) -> str:
    """The name of the role that watches a gateway, as the database has it."""
    return f"gateway:{gateway}"


class ChatRole:
    """Talks to people: updates, answers, live messages, alerts, and what is due by the clock."""

    name = CHAT_ROLE

    def __init__(
        self,
        loops: Sequence[Loop],
        live: Live,
        updates: Polling | Webhook,
        resuming: Resuming,
        schedule: Schedule,
        line: CallLine,
    ) -> None:
        self._line = line
        self._loops = tuple(loops)
        self._live = live
        self._updates = updates
        self._resuming = resuming
        self._schedule = schedule
        self._running: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Find what another has left in the middle, before anything new can begin."""
        self._line.open()
        await self._resuming.collect()
        self._running = [asyncio.create_task(loop()) for loop in self._loops]
        self._schedule.refresh()
        self._updates.start()
        await self._updates.begun()  # what waited is told from what people press from now on

    async def stop(self) -> None:
        """Take nothing more, and take away what must not stay."""
        self._line.close()
        await self._updates.stop()
        await self._live.stop()
        self._schedule.refresh()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)


class LeasedCourier(Courier):
    """A courier that carries nothing for a replica which another has replaced."""

    def __init__(self, courier: Courier, is_alive: Callable[[], bool]) -> None:
        self._courier = courier
        self._is_alive = is_alive

    async def deliver(self, message: OutgoingMessage) -> Outcome:
        """Send or edit once."""
        if not self._is_alive():
            return RetryLater(after_s=1.0, everywhere=True, reason="replaced")
        return await self._courier.deliver(message)


class GatewayRole:
    """Looks at one gateway, follows its log, and heals its sessions as far as that is allowed.

    What was set aside there long ago is deleted by it too: its disk may be in nobody else's reach.
    """

    def __init__(
        self,
        gateway: GatewayName,
        registry: GatewayRegistry,
        schedule: Schedule,
        healer: Healer,
        repairing: Repairs,
        pruning: SetAsideExpiry,
    ) -> None:
        self.name = gateway_role_name(gateway)
        self._gateway = gateway
        self._registry = registry
        self._schedule = schedule
        self._healer = healer
        self._repairs = repairing
        self._pruning = pruning
        self._running: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Go on with what the bot itself had begun here, and look."""
        for cut_off in await self._repairs.cut_off(self._is_own):
            self._begin(self._finish(cut_off))
        self._begin(hourly("pruning", lambda: self._pruning.tick(self._gateway)))
        self._registry.follow(self._gateway)
        self._schedule.refresh()

    async def stop(self) -> None:
        """Begin nothing more here; what is under way is cut off, and stored as that."""
        self._schedule.refresh()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._healer.leave(self._gateway)
        await self._registry.unfollow(self._gateway)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def _is_own(self, cut_off: CutOff) -> bool:
        return cut_off.asked_by == BOT_ITSELF and cut_off.company.gateway == self._gateway

    async def _finish(self, cut_off: CutOff) -> None:
        log.warning("procedure_resumed", kind=cut_off.kind, company=cut_off.company.id)
        async for step in await self._repairs.resume(cut_off):
            log.info("procedure_step", company=cut_off.company.id, step=type(step).__name__)


class WatchedGateways(Collection[GatewayName]):
    """The gateways whose watch this replica holds now: a view that changes with them."""

    def __init__(
        self, gateways: Collection[GatewayName], is_mine: Callable[[GatewayName], bool]
    ) -> None:
        self._every = gateways
        self._is_mine = is_mine

    def __contains__(self, name: object) -> bool:
        return any(adapter_name == name for adapter_name in self)

    def __iter__(self) -> Iterator[GatewayName]:
        return iter([gateway for gateway in self._every if self._is_mine(gateway)])

    def __len__(self) -> int:
        return sum(1 for _ in self)
