"""Any kind of adapter before the sandbox of its dialect, with everything it asks written down."""

import contextlib
import json
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, unquote

from receiving import receiving

from bot.gateways.base import GatewayAdapter, QrNotReady
from bot.gateways.client import CONNECTIONS, GatewayClient
from bot.gateways.kinds import KINDS
from bot.gateways.wire import HttpWire
from bot.sandbox.gateway import GatewayCompany, GatewaySandbox, Phase, SessionTimes, token_of

KEY, OTHER, PHONE = "962302", "962303", "79000962302"
GATEWAY_KEY, HOOK_KEY = "operator:obviously-fake-key", "obviously-fake-hook-key-of-32-letters"
DATA = Path(__file__).parent.parent / "data"
QUICK = SessionTimes(
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

    def __init__(self):
        super().__init__(connections=CONNECTIONS)
        self.asked = []

    async def handle_async_request(self, request):
        self.asked.append(request)
        return await super().handle_async_request(request)


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
    wire = Noted()
    adapter = KINDS[kind](
        GatewayClient(gateway.url, transport=wire),
        key=key,
        hook_key=HOOK_KEY,
        sessions={name: token_of(name) if key == GATEWAY_KEY else "wrong" for name in companies},
        clock=lambda: datetime.now(UTC),
    )
    try:
        yield Met(kind, adapter, gateway, wire, tmp_path)
    finally:
        await adapter.aclose()
        await gateway.stop()
    assert strange_requests(kind, wire.asked) == []
    assert [str(one.url) for one in wire.asked if promises_a_body(one) and not one.content] == []


async def comes_up(here, key=KEY):
    """A code is shown: some gateways make none before they are asked for it."""
    if getattr(here.adapter, "codes_start", False):
        with contextlib.suppress(QrNotReady):
            await here.adapter.get_qr(key)
    await here.gateway.until(key, Phase.SHOWING)


@asynccontextmanager
async def listening(here):
    """Where the gateway pushes to: `here.pushed` holds (headers, body) of each push."""
    async with receiving(here.pushed, "/hooks/x/y") as url:
        here.gateway.push_to(url, HOOK_KEY)
        yield


def path_of(request):
    """As it travels, the query with it."""
    return request.url.raw_path.decode()


def promises_a_body(request):
    """A server may wait for it for ever."""
    return "content-type" in request.headers


def strange_requests(kind, asked):
    """Those of the requests that the vendor's own description does not have."""
    file = DATA / kind / "requests.json"
    if not file.exists():
        return []
    known = json.loads(file.read_text())["requests"]
    return [
        f"{one.method} {path_of(one)} {one.content!r}"
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
    path, _, query = path_of(request).partition("?")
    pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(route["path"]))
    if request.method != route["method"] or not re.fullmatch(pattern, path):
        return False
    told = dict(parse_qsl(unquote(query)))
    if not set(route.get("required_query", ())) <= set(told) <= set(route.get("query", ())):
        return False
    body = json.loads(request.content) if request.content else {}
    wanted = route.get("body", {"required": [], "fields": {}})
    return set(wanted["required"]) <= set(body) and all(
        name in wanted["fields"] and isinstance(value, _TYPES[wanted["fields"][name]])
        for name, value in body.items()
    )
