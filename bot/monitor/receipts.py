"""Brings together what was sent and what WhatsApp acknowledges of it. Nothing is kept for long.

Gateways push acknowledgements of all that goes through them: only those that come while somebody
waits are looked at. Whether a gateway pushes any shows by itself: one that let the first probe wait
in vain is not waited for again, until it pushes one.
"""

import asyncio
from collections import defaultdict
from collections.abc import Generator, Sequence
from contextlib import contextmanager

from bot.domain.company import GatewayName
from bot.gateways.events import GatewayEvent, Receipt

_MOST = 10_000  # acknowledgements that one who waits is handed: more than a minute's


class ExpectedReceipt:
    """The acknowledgements that have come since somebody began to wait."""

    def __init__(self) -> None:
        self._come: dict[str, Receipt] = {}
        self._news = asyncio.Event()

    def take(self, message_id: str, receipt: Receipt) -> None:
        """One has come; of one message the first counts."""
        if len(self._come) < _MOST:
            self._come.setdefault(message_id, receipt)
            self._news.set()

    async def of(self, message_id: str, within_s: float) -> Receipt | None:
        """That of this message, which may have come before its id was known; None: none in time."""
        try:
            async with asyncio.timeout(within_s):
                while message_id not in self._come:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return None
        return self._come[message_id]


class Receipts:
    """Who waits for acknowledgements at which gateway, and which gateways push them."""

    def __init__(self) -> None:
        self._waiting: defaultdict[GatewayName, list[ExpectedReceipt]] = defaultdict(list)
        self._pushes: dict[GatewayName, bool] = {}

    def take(self, gateway: GatewayName, events: Sequence[GatewayEvent]) -> None:
        """These were pushed just now."""
        self._pushes[gateway] = True
        for event in events:
            for expected in self._waiting[gateway]:
                if event.message_id is not None and event.receipt is not None:
                    expected.take(event.message_id, event.receipt)

    def pushes(self, gateway: GatewayName) -> bool | None:
        """Whether it pushes acknowledgements; None while that is not known."""
        return self._pushes.get(gateway)

    def waited_in_vain(self, gateway: GatewayName) -> None:
        """None came, of a gateway of which it is not known whether it pushes any."""
        self._pushes.setdefault(gateway, False)

    @contextmanager
    def expecting(self, gateway: GatewayName) -> Generator[ExpectedReceipt]:
        """Collect what comes from now on, for as long as the block lasts."""
        expected = ExpectedReceipt()
        self._waiting[gateway].append(expected)
        try:
            yield expected
        finally:
            self._waiting[gateway].remove(expected)
