"""What all adapters have in common, and how they are configured."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import ClassVar, NotRequired, TypedDict, Unpack

from bot.gateways.client import GatewayClient
from bot.gateways.codes import CodeMemory


class AdapterConfig(TypedDict):
    """The configuration of an adapter of any kind, beside its client.

    `key` is what GATEWAY_KEY says and `hook_key` what HOOK_KEY says, None where they are not set;
    an adapter that needs none ignores them. `sessions` are those that the settings name, with the
    secret of each where it has one of its own. `first_life_s` and `next_life_s` are the lifetimes
    of the first code of a window and of each later one, 60 and 20 s as WhatsApp has them; a kind
    that keeps to other lifetimes reckons them from the first.
    """

    key: NotRequired[str | None]
    hook_key: NotRequired[str | None]
    sessions: NotRequired[Mapping[str, str | None]]
    clock: Callable[[], datetime]
    first_life_s: NotRequired[float]
    next_life_s: NotRequired[float]


class Adapter:
    """The common part of an adapter; each kind adds the rest of GatewayAdapter.

    `look_routes` are the requests a look may make, without their query: `GET /session/{key}`.
    """

    look_routes: ClassVar[tuple[str, ...]] = ()

    def __init__(self, client: GatewayClient, **config: Unpack[AdapterConfig]) -> None:
        self._client = client
        self._key = config.get("key")
        self._hook_key = config.get("hook_key")
        self._clock = config["clock"]
        self._first_life_s = config.get("first_life_s", 60.0)
        self._next_life_s = config.get("next_life_s", 20.0)
        self._codes = CodeMemory(first_life_s=self._first_life_s, next_life_s=self._next_life_s)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()
