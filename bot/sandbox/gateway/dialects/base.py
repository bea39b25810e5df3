"""The contract of a dialect: the routes of one kind of gateway, over the common pool."""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from aiohttp import web

from bot.sandbox.gateway import creds as keys
from bot.sandbox.gateway.codes import PairingCodes
from bot.sandbox.gateway.company import GatewayCompany
from bot.sandbox.gateway.happening import Happening
from bot.sandbox.gateway.lies import Lies
from bot.sandbox.gateway.limits import Limit
from bot.sandbox.gateway.pool import Pool
from bot.sandbox.gateway.traffic import Passing, Traffic


class Refused(Exception):
    """Raised anywhere in a dialect to send `answer` instead of the usual reply."""

    def __init__(self, answer: web.Response) -> None:
        super().__init__()
        self.answer = answer


@dataclass(kw_only=True)
class Backstage:
    """What a dialect works on. `key` is what requests must carry, None for no key.

    `excuse` are the words with which a dead socket refuses to send, where not the usual ones.
    `older`: it is of a build whose list says less.
    `writes` counts what was asked for and changes something, in kinds that are told by a file.
    """

    pool: Pool
    codes: PairingCodes
    companies: dict[str, GatewayCompany]
    lies: Lies = field(default_factory=Lies)
    key: str | None = field(default=None, repr=False)
    excuse: str | None = None
    traffic: Traffic = field(default_factory=Traffic)
    older: bool = False
    writes: int = 0

    def limit(self, name: str) -> Limit | None:
        """What WhatsApp keeps the account of this session from."""
        session = self.pool.sessions.get(name)
        if session is None:
            return None
        return self.pool.whatsapp.limit(keys.identity_of(session.creds))

    def refuses(self, name: str) -> bool:
        """Whether WhatsApp refuses a text to its own number, with 463."""
        limit = self.limit(name)
        return limit is not None and limit.refuses_all

    def listed(self) -> dict[str, GatewayCompany]:
        """What a list holds: also ghosts, of which nothing is known one by one."""
        return {**self.companies, **self.lies.ghosts}

    def create(self, name: str) -> None:
        """Add a company that was not known before, with a number of its own."""
        self.companies[name] = GatewayCompany(name, "79009990001", linked=False)

    def admits(self, given: str | None) -> bool:
        """Whether a request with this key may pass."""
        return self.key is None or hmac.compare_digest((given or "").encode(), self.key.encode())


@dataclass(frozen=True, kw_only=True)
class Push:
    """One push as it goes out: the body byte for byte, for it may be signed."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class Dialect(Protocol):
    """One kind of gateway.

    `resumes`: it starts the sessions it has credentials of when its process starts.
    `forgets_removed`: it deletes the credentials of a device that WhatsApp has removed.
    """

    resumes: bool
    forgets_removed: bool

    def routes(self) -> list[web.RouteDef]:
        """Every route of this kind."""
        ...

    def refusal(self, request: web.Request) -> web.Response | None:
        """The answer to a request without the right key; None for one that may pass."""
        ...

    def no_such_route(self, request: web.Request) -> web.Response:
        """The answer for a path or method without a route."""
        ...

    def push(self, happening: Happening, key: str | None) -> Push | None:
        """The push for an event, signed with `key` where this kind signs; None: no push."""
        ...

    def push_passing(self, passing: Passing, key: str | None) -> Push | None:
        """The push for a message that came in, or for what became of one that was sent."""
        ...


MakesDialect = Callable[[Backstage], Dialect]


async def body_of(request: web.Request) -> dict[str, object]:
    """The JSON object in a request; empty for anything else."""
    try:
        body = await request.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
