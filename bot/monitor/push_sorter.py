"""Hands on what gateways push, by what it is about: only what concerns a state makes the bot look.

Messages and acknowledgements come by the thousand; of a message nothing is kept but that it came.
"""

from collections.abc import Callable, Sequence

from bot.domain.company import GatewayName
from bot.gateways.base import GatewayEvent, Told

Take = Callable[[GatewayName, Sequence[GatewayEvent]], object]


def _ignored(gateway: GatewayName, events: Sequence[GatewayEvent]) -> None:
    del gateway, events


class PushSorter:
    """Takes all that was proven to be a gateway's."""

    def __init__(self, *, states: Take, receipts: Take, messages: Take = _ignored) -> None:
        self._states = states
        self._messages = messages
        self._receipts = receipts

    def take(self, gateway: GatewayName, events: Sequence[GatewayEvent]) -> None:
        """These came just now."""
        messages = [event for event in events if event.what is Told.MESSAGE]
        receipts = [event for event in events if event.what is Told.RECEIPT]
        states = [event for event in events if event.what not in (Told.MESSAGE, Told.RECEIPT)]
        for part, take in (
            (messages, self._messages),
            (receipts, self._receipts),
            (states, self._states),
        ):
            if part:
                take(gateway, part)
