"""Which class speaks to which kind of gateway. A new gateway is one file and one line here.

Apart from `bot.gateways` itself, so that importing the contract does not import httpx.
"""

from collections.abc import Callable, Mapping

from bot.gateways.ai_admin import AiAdmin
from bot.gateways.base import GatewayAdapter

KINDS: Mapping[str, Callable[..., GatewayAdapter]] = {
    "ai_admin": AiAdmin,
}
