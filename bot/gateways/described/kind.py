"""A described kind of gateway: what it can do, how its adapter is made, where it is read."""

from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Unpack

from bot.gateways.adapter import AdapterConfig
from bot.gateways.base import Caps
from bot.gateways.client import GatewayClient
from bot.gateways.described.adapter import Described
from bot.gateways.described.language import read_description
from bot.gateways.described.problems import BadDescription, DescriptionProblem
from bot.gateways.described.words import DescribedAct, Description

SHIPPED = (
    "openwa",
    "evolution_go",
    "wwebjs_api",
    "quepasa",
    "green_api",
    "z_api",
    "whapi",
    "codechat",
)
_MOST_BYTES = 1 << 18


@dataclass(frozen=True, kw_only=True)
class DescribedKind:
    """One kind, as `kinds.KINDS` has them; called, it makes an adapter."""

    name: str
    description: Description = field(repr=False)

    def __call__(self, client: GatewayClient, **config: Unpack[AdapterConfig]) -> Described:
        """The adapter; nothing is asked of the gateway yet."""
        return Described(self.name, self.caps, self.description, client, **config)

    @cached_property
    def caps(self) -> Caps:
        """What the description lets it do."""
        told = self.description
        push, listed, one = told.push, told.list, told.one
        phones = (listed.fields.phone, one.fields.phone if one else (), told.number)
        return Caps(
            bulk_list=listed.call is not None and bool(listed.fields.state),
            qr_raw=told.qr is not None,
            qr_png=told.qr is not None,
            pairing_code=told.offered(DescribedAct.CODE) is not None,
            push_events=push is not None,
            push_signed=push is not None and (push.hmac or push.proof) is not None,
            reason_codes=bool(told.reasons),
            owner=any(phones),
        )

    @property
    def look_routes(self) -> tuple[str, ...]:
        """The requests that a look may make, without their query."""
        told = self.description
        code = told.qr if told.tells_by_code else None
        rules = (told.login, told.ping, told.list, told.one, told.number, code)
        calls = [rule.call for rule in rules if rule is not None and rule.call is not None]
        return tuple(dict.fromkeys(call.route for call in calls))


@cache
def shipped(name: str) -> DescribedKind:
    """The kind of this name that ships with the bot. KeyError for none."""
    if name not in SHIPPED:
        raise KeyError(name)
    text = files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return DescribedKind(name=name, description=read_description(text))


def kind_in(path: Path) -> DescribedKind:
    """The kind that a file describes, or BadDescription."""
    try:
        with path.open("rb") as opened:
            text = opened.read(_MOST_BYTES + 1).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise BadDescription([DescriptionProblem(text=f"the file can't be read: {said}")]) from None
    return DescribedKind(name=f"file:{path}", description=read_description(text))
