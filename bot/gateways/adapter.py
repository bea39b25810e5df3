"""What adapters hold alike, and the terms on which they are made."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import ClassVar, NotRequired, TypedDict, Unpack

from bot.gateways.client import GatewayClient
from bot.gateways.codes import CodeMemory


class AdapterConfig(TypedDict):
    """How an adapter of any kind is made, beside its client.

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
    """The beginning of an adapter; its kind says the rest of GatewayAdapter.

    `look_routes` are the requests a look may make, without their query: `GET /session/{key}`.
    """

    look_routes: ClassVar[tuple[str, ...]] = ()

    def __init__(self, client: GatewayClient, **terms: Unpack[AdapterConfig]) -> None:
        self._client = client
        self._key = terms.get("key")
        self._hook_key = terms.get("hook_key")
        self._clock = terms["clock"]
        self._first_life_s = terms.get("first_life_s", 60.0)
        self._next_life_s = terms.get("next_life_s", 20.0)
        self._codes = CodeMemory(first_life_s=self._first_life_s, next_life_s=self._next_life_s)

    async def aclose(self) -> None:
        """Let go of connections."""
        await self._client.aclose()
