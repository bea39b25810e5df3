"""Which class speaks to which kind of gateway. A new gateway is one file and one line here.

Apart from `bot.gateways` itself, so that importing the contract does not import aiohttp.
"""

import re
from collections.abc import Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Protocol, Unpack

from bot.gateways.adapter import AdapterConfig
from bot.gateways.ai_admin import AiAdmin
from bot.gateways.base import Caps, GatewayAdapter
from bot.gateways.client import GatewayClient
from bot.gateways.described.kind import SHIPPED, kind_in, shipped
from bot.gateways.evolution import Evolution
from bot.gateways.gowa import Gowa
from bot.gateways.waha import Waha
from bot.gateways.wppconnect import Wppconnect
from bot.gateways.wuzapi import Wuzapi

FILE = "file:"  # before the path of a description
GROUP = "repair_bot.gateways"  # of the entry points of packages that bring a kind
_NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,29}")


class MakesAdapter(Protocol):
    """How an adapter of any kind is made, and what is known of it before."""

    @property
    def caps(self) -> Caps:
        """What the kind can do."""
        ...

    @property
    def look_routes(self) -> tuple[str, ...]:
        """The requests that a look may make."""
        ...

    def __call__(self, client: GatewayClient, **config: Unpack[AdapterConfig]) -> GatewayAdapter:
        """The adapter; nothing is asked of the gateway yet."""
        ...


class BadKind(ValueError):
    """A package says that it speaks this kind, and cannot. Whose fault: the package's."""


CODED: Mapping[str, MakesAdapter] = {
    "ai_admin": AiAdmin,
    "evolution": Evolution,
    "waha": Waha,
    "wuzapi": Wuzapi,
    "gowa": Gowa,
    "wppconnect": Wppconnect,
}


class Kinds(Mapping[str, MakesAdapter]):
    """Every kind there is: those in code, those described, and those that packages bring.

    `file:PATH` is found too, though it is not listed. A package cannot take the name of a kind of
    ours. A kind is read when it is asked for: BadDescription for a file, BadKind for a package.
    """

    def __getitem__(self, kind: str) -> MakesAdapter:
        if kind in CODED:
            return CODED[kind]
        if kind in SHIPPED:
            return shipped(kind)
        if kind.startswith(FILE):
            return kind_in(Path(kind.removeprefix(FILE)))
        return _loaded(_installed()[kind])

    def __iter__(self) -> Iterator[str]:
        yield from CODED
        yield from SHIPPED
        yield from _installed()

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, kind: object) -> bool:
        if not isinstance(kind, str):
            return False
        return kind.startswith(FILE) or any(kind == known for known in self)


KINDS = Kinds()


def _installed() -> dict[str, EntryPoint]:
    """What packages bring, by the name of the kind."""
    return {
        point.name: point
        for point in entry_points(group=GROUP)
        if _NAME.fullmatch(point.name) and point.name not in (*CODED, *SHIPPED)
    }


def _loaded(point: EntryPoint) -> MakesAdapter:
    """The class behind an entry point, once it is seen to have what a kind has."""
    package = point.dist.name if point.dist is not None else "a package"
    try:
        made = point.load()
    except Exception as error:  # whatever a foreign package raises is told as its own
        raise BadKind(f"{package} can't be loaded: {type(error).__name__}: {error}") from error
    lacks = [name for name in _OWED if not hasattr(made, name)]
    if lacks or not callable(made) or not isinstance(made.caps, Caps):
        said = ", ".join(lacks) or "caps of bot.gateways.base.Caps"
        raise BadKind(f"{package} brings no gateway adapter: it lacks {said}")
    kind: MakesAdapter = made
    return kind


_OWED = (
    "caps", "look_routes", "ping", "list_sessions", "get_session", "start", "restart", "stop",
    "get_qr", "request_pairing_code", "send_text", "reset", "read_push", "aclose",
)  # fmt: skip
