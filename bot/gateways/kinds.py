"""Which class speaks to which kind of gateway. A new gateway is one file and one line here.

Apart from `bot.gateways` itself, so that importing the contract does not import aiohttp.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from bot.gateways.ai_admin import AiAdmin
from bot.gateways.base import GatewayAdapter
from bot.gateways.evolution import Evolution
from bot.gateways.gowa import Gowa
from bot.gateways.http import GatewayClient
from bot.gateways.waha import Waha
from bot.gateways.wppconnect import Wppconnect
from bot.gateways.wuzapi import Wuzapi


class MakesAdapter(Protocol):
    """How an adapter of any kind is made.

    `key` is what GATEWAY_KEY says and `hook_key` what HOOK_KEY says, None where they are not set;
    an adapter that needs none ignores them. `first_life_s` and `next_life_s` are the lifetimes of
    the first code of a window and of each later one, as WhatsApp has them.
    """

    def __call__(
        self,
        client: GatewayClient,
        *,
        key: str | None = None,
        hook_key: str | None = None,
        clock: Callable[[], datetime],
        first_life_s: float = 60.0,
        next_life_s: float = 20.0,
    ) -> GatewayAdapter:
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
