"""Hands on what gateways push, by what it is about: only what concerns a state makes the bot look.

Messages and receipts come by the thousand; of a message nothing is kept but that it came.
"""

from collections.abc import Sequence

from bot.domain.company import GatewayName
from bot.gateways.events import GatewayEvent, PushNews
from bot.monitor.heard import Heard
from bot.monitor.pushes import PushedLooks
from bot.monitor.receipts import Receipts


class PushSorter:
    """Takes all that was proven to be a gateway's."""

    def __init__(self, looks: PushedLooks, heard: Heard, receipts: Receipts) -> None:
        self._looks = looks
        self._heard = heard
        self._receipts = receipts

    def take(self, gateway: GatewayName, events: Sequence[GatewayEvent]) -> None:
        """These came just now."""
        if messages := [event for event in events if event.what is PushNews.MESSAGE]:
            self._heard.take(gateway, messages)
        if receipts := [event for event in events if event.what is PushNews.RECEIPT]:
            self._receipts.take(gateway, receipts)
        passing = (PushNews.MESSAGE, PushNews.RECEIPT)
        if states := [event for event in events if event.what not in passing]:
            self._looks.take(gateway, states)

    async def stop(self) -> None:
        """Finish what is under way."""
        await self._looks.stop()
        await self._heard.stop()
