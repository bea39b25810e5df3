"""Where a gateway contradicts itself, and what stands in its list without being a session."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web

from bot.sandbox.gateway.company import GatewayCompany

# Under which keys the list of each kind lies, and what an entry calls its name; None: it is one.
_WHERE: Mapping[str, tuple[tuple[str, ...], str | None]] = {
    "ai_admin": (("sessions",), "companyId"),
    "evolution": ((), "name"),
    "gowa": (("results",), "id"),
    "waha": ((), "name"),
    "wppconnect": (("response",), None),
    "wuzapi": (("data",), "name"),
}


@dataclass(kw_only=True)
class Lies:
    """What a gateway says that is not so.

    Of `claimed` it says that they are connected, and names no number; of `claimed_by_list` its list
    alone says so. Older builds, that tell of no limits beside a number, have `tells_limits` False.
    `ghosts` stand in its list, and asked for by themselves it knows none of them.
    `odd` are names, or what stands in their place, of more entries: each is like the first one.
    """

    claimed: set[str] = field(default_factory=set)
    claimed_by_list: set[str] = field(default_factory=set)
    ghosts: dict[str, GatewayCompany] = field(default_factory=dict)
    tells_limits: bool = True
    odd: list[object] = field(default_factory=list)

    def claims(self, company: str, *, in_list: bool = False) -> bool:
        """Whether the gateway says against the truth that this one is connected."""
        return company in self.claimed or (in_list and company in self.claimed_by_list)

    def with_odd(self, kind: str, answer: web.StreamResponse) -> web.StreamResponse:
        """The list with the odd entries at its end."""
        if not self.odd or not isinstance(answer, web.Response) or answer.status != 200:
            return answer
        body = entries = json.loads(answer.text or "")
        path, name = _WHERE[kind]
        for part in path:
            entries = entries[part]
        like = entries[0] if entries else {}
        entries += self.odd if name is None else [{**like, name: odd} for odd in self.odd]
        return web.json_response(body)
