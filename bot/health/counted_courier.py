"""A courier whose messages are counted; it carries them by another one."""

from collections.abc import Callable
from datetime import datetime

from bot.alerts.courier import Courier, Delivered, MessageKind, Outcome, OutgoingMessage
from bot.health.metrics import Metrics


class CountedCourier:
    """The same answers as those of the courier within."""

    def __init__(self, within: Courier, metrics: Metrics, clock: Callable[[], datetime]) -> None:
        self._within = within
        self._metrics = metrics
        self._clock = clock

    async def deliver(self, message: OutgoingMessage) -> Outcome:
        """Have it delivered, and count what came of it."""
        outcome = await self._within.deliver(message)
        self._metrics.sent(message.kind, type(outcome).__name__)
        if message.kind is MessageKind.NEW and isinstance(outcome, Delivered):
            now = self._clock()
            for entry in message.entries:
                self._metrics.told(entry.incident, now)
        return outcome
