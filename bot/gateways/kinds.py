"""Which class speaks to which kind of gateway. A new gateway is one file and one line here.

Apart from `bot.gateways` itself, so that importing the contract does not import aiohttp.
"""

from collections.abc import Mapping
from typing import Protocol, Unpack

from bot.gateways.adapter import AdapterConfig
from bot.gateways.ai_admin import AiAdmin
from bot.gateways.base import Caps, GatewayAdapter
from bot.gateways.client import GatewayClient
from bot.gateways.evolution import Evolution
from bot.gateways.gowa import Gowa
from bot.gateways.waha import Waha
from bot.gateways.wppconnect import Wppconnect
from bot.gateways.wuzapi import Wuzapi


class MakesAdapter(Protocol):
    """How an adapter of any kind is made, and what its kind can do."""

    @property
    def caps(self) -> Caps:
        """As of each adapter."""
        ...

    def __call__(self, client: GatewayClient, **config: Unpack[AdapterConfig]) -> GatewayAdapter:
        """The adapter; nothing is asked of the gateway yet."""
        ...


KINDS: Mapping[str, MakesAdapter] = {
    "ai_admin": AiAdmin,
    "evolution": Evolution,
    "waha": Waha,
    "wuzapi": Wuzapi,
    "gowa": Gowa,
    "wppconnect": Wppconnect,
}
