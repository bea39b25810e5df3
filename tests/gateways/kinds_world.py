"""Any kind of adapter before the sandbox of its dialect, with everything it asks written down."""

import json
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, unquote

from receiving import receiving

from bot.gateways.base import GatewayAdapter
from bot.gateways.client import CONNECTIONS, GatewayClient
from bot.gateways.kinds import KINDS
from bot.gateways.wire import HttpWire
from bot.sandbox.gateway import GatewayCompany, GatewaySandbox, Pace

KEY, OTHER, PHONE = "962302", "962303", "79000962302"
GATEWAY_KEY, HOOK_KEY = "operator:obviously-fake-key", "obviously-fake-hook-key-of-32-letters"
DATA = Path(__file__).parent.parent / "data"
QUICK = Pace(
    login_s=0.01,
    first_code_s=0.01,
    pair_s=0.01,
    away_s=0.05,
    restart_s=0.01,
    act_s=0.05,
    auto_init_s=0.01,
    create_s=0.01,
)


class Noted(HttpWire):
    """A real wire that writes down what it sends."""

    def __init__(self, url):
        super().__init__(url, connections=CONNECTIONS)
        self.asked = []

    def send(self, request):
        self.asked.append(request)
        return super().send(request)


@dataclass
class Met:
    """An adapter, the sandbox it speaks to, and what it asked."""

    kind: str
    adapter: GatewayAdapter
    gateway: GatewaySandbox
    wire: Noted
    sessions: Path
    pushed: list = field(default_factory=list)

    def creds(self, key=KEY):
        """What lies in `creds.json`; None without one."""
        file = self.sessions / f"company_{key}" / "creds.json"
        return json.loads(file.read_text())["signedIdentityKey"] if file.exists() else None


@asynccontextmanager
async def met(kind, tmp_path, *, linked=True, key=GATEWAY_KEY, **options):
    companies = {
        KEY: GatewayCompany("Salon", PHONE, linked),
        OTHER: GatewayCompany("Studio", "79000962303"),
    }
    gateway = GatewaySandbox(tmp_path, companies, dialect=kind, **{"pace": QUICK, **options})
    gateway.want_key(GATEWAY_KEY)
    await gateway.start()
    wire = Noted(gateway.url)
    adapter = KINDS[kind](
        GatewayClient(gateway.url, wire=wire),
        key=key,
        hook_key=HOOK_KEY,
        clock=lambda: datetime.now(UTC),
    )
    try:
        yield Met(kind, adapter, gateway, wire, tmp_path)
    finally:
        await adapter.aclose()
        await gateway.stop()
    assert strange_requests(kind, wire.asked) == []
    assert [one.path for one in wire.asked if promises_a_body(one) and one.body is None] == []


@asynccontextmanager
async def listening(here):
    """Where the gateway pushes to: `here.pushed` holds (headers, body) of each push."""
    async with receiving(here.pushed, "/hooks/x/y") as url:
        here.gateway.push_to(url, HOOK_KEY)
        yield


def promises_a_body(request):
    """A server may wait for it for ever."""
    return any(name.lower() == "content-type" for name in request.headers)


def strange_requests(kind, asked):
    """Those of the requests that the vendor's own description does not have."""
    file = DATA / kind / "requests.json"
    if not file.exists():
        return []
    known = json.loads(file.read_text())["requests"]
    return [
        f"{one.method} {one.path} {one.body!r}"
        for one in asked
        if not any(_fits(one, route) for route in known)
    ]


_TYPES = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "object": dict,
    "array": list,
    "any": object,
}


def _fits(request, route):
    path, _, query = request.path.partition("?")
    pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(route["path"]))
    if request.method != route["method"] or not re.fullmatch(pattern, path):
        return False
    told = dict(parse_qsl(unquote(query)))
    if not set(route.get("required_query", ())) <= set(told) <= set(route.get("query", ())):
        return False
    body = json.loads(request.body) if request.body else {}
    wanted = route.get("body", {"required": [], "fields": {}})
    return set(wanted["required"]) <= set(body) and all(
        name in wanted["fields"] and isinstance(value, _TYPES[wanted["fields"][name]])
        for name, value in body.items()
    )
