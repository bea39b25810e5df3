"""A kind of gateway that is told by a file: its routes, its words, the shapes of its answers.

A double is a few lines of TOML beside `doubles/__init__.py`, written from the vendor's documents
and not from the bot's description of the kind: what that has wrong shows here. In a shape, texts
that begin with `$` stand for what is so: `$name`, `$word`, `$phone` … of a session, `$items` of
all. `does` is what a request has for an effect, `while` in which phases it is taken.
"""

import asyncio
import hashlib
import hmac
import json
import tomllib
from collections.abc import Awaitable, Callable, Mapping
from importlib.resources import files
from typing import Any

from aiohttp import web

from bot.sandbox.gateway import creds as keys
from bot.sandbox.gateway.codes import NoCode
from bot.sandbox.gateway.dialects.base import Backstage, Push, Refused, body_of
from bot.sandbox.gateway.dialects.shapes import fill, picture_of
from bot.sandbox.gateway.dialects.told_asked import Asked, secret_in
from bot.sandbox.gateway.dialects.told_facts import DOWN, SessionFacts, id_of, token_of
from bot.sandbox.gateway.happening import Happening
from bot.sandbox.gateway.session import Phase
from bot.sandbox.gateway.traffic import Passing

TOLD = (
    "openwa",
    "evolution_go",
    "wwebjs_api",
    "quepasa",
    "green_api",
    "z_api",
    "whapi",
    "codechat",
)
_ALIVE = frozenset({Phase.OPEN, Phase.ZOMBIE})
_WINDOWS = 1000  # of codes, one after another: somebody who is hosted never runs out of them
_CLOSED_PAGE = "Session closed. Most likely the page has been closed."

Facts = Mapping[str, object]


def told(name: str) -> Mapping[str, Any]:
    """The file of a double that ships."""
    text = files("bot.sandbox.gateway.doubles").joinpath(f"{name}.toml").read_text("utf-8")
    return tomllib.loads(text)


class ToldDialect:
    """Plays the gateway that a file tells of."""

    def __init__(self, spec: Mapping[str, Any], behind: Backstage) -> None:
        self._spec = spec
        self._behind = behind
        self._pool = behind.pool
        self._facts = SessionFacts(spec, behind)
        self.resumes = spec.get("resumes", True)
        self.forgets_removed = spec.get("forgets_removed", True)
        behind.codes.leaves_claims = spec.get("codes_leave_claims", False)
        self.always_on = spec.get("always_on", False)
        if self.always_on:
            behind.pool.windows, behind.pool.note = _WINDOWS, self._keep_on

    @property
    def list_path(self) -> str | None:
        """The path that tells of all sessions at once; None where there is none."""
        paths = [route["on"].split()[1] for route in self._spec["routes"] if route.get("lists")]
        return paths[0] if paths else None

    def routes(self) -> list[web.RouteDef]:
        """Every route of the file."""
        return [
            web.route(method, path, self._handler(route))
            for route in self._spec["routes"]
            for method, path in [route["on"].split()]
        ]

    def refusal(self, request: web.Request) -> web.Response | None:
        """The answer to a request without the right secret, where its path is not public."""
        route = self._route_of(request)
        if self._behind.key is None or request.path in self._spec.get("public", ()) or not route:
            return None
        needs = route.get("needs", self._spec.get("needs", "key"))
        by_key, by_token = self._bears_key(request), self._bears_token(request)
        right = {"key": by_key, "token": by_token, "both": by_key and by_token}
        if right.get(needs, by_key or by_token):
            return None
        return _answer(self._spec["refused"], {})

    def _route_of(self, request: web.Request) -> Mapping[str, Any] | None:
        resource = request.match_info.route.resource
        on = f"{request.method} {resource.canonical}" if resource is not None else ""
        return next((route for route in self._spec["routes"] if route["on"] == on), None)

    def _bears_key(self, request: web.Request) -> bool:
        """Whether GATEWAY_KEY stands in its place, or where a session's own secret does."""
        places = (self._spec[name] for name in ("key", "token") if name in self._spec)
        return any(self._behind.admits(secret_in(request, place.split())) for place in places)

    def _bears_token(self, request: web.Request) -> bool:
        """Whether it bears the secret of a session: of the one that it names, where it does."""
        if "token" not in self._spec:
            return False
        named = request.match_info.get("name") if self._spec.get("token_of_name") else None
        wanted = [named] if named is not None else list(self._behind.companies)
        given = secret_in(request, self._spec["token"].split())
        return any(hmac.compare_digest(given.encode(), token_of(name).encode()) for name in wanted)

    def no_such_route(self, request: web.Request) -> web.Response:
        """As Express and Nest say it."""
        said = f"Cannot {request.method} {request.path}"
        return web.json_response({"statusCode": 404, "message": said}, status=404)

    def push_passing(self, passing: Passing, key: str | None) -> Push | None:
        """None: nothing is described of its pushes of messages."""
        del passing, key
        return None

    def push(self, happening: Happening, key: str | None) -> Push | None:
        """The push for an event, as the file shapes it for this phase."""
        spec = self._spec.get("push", {})
        shape = spec.get(happening.phase.value)
        if happening.phase is Phase.STOPPED and happening.closed_with == 401:
            shape = spec.get("removed", shape)
        if shape is None:
            return None
        facts = {**self._facts.of(happening.company), "qr": happening.qr, "phone": happening.phone}
        body = json.dumps(fill(shape, facts)).encode()
        headers = {}
        if key is not None and "sign" in self._spec:
            sign = self._spec["sign"]
            digest = hmac.new(key.encode(), body, getattr(hashlib, sign["alg"])).hexdigest()
            headers = {sign["header"]: f"{sign.get('prefix', '')}{digest}"}
        elif key is not None and "bears" in self._spec:
            headers = {self._spec["bears"]: f"{self._spec.get('prefix', '')}{key}"}
        return Push(body=body, headers=headers)

    def _keep_on(self, happening: Happening) -> None:
        """What has no session any more begins again by itself, as a hosted instance does."""
        name = happening.company
        if happening.phase is Phase.STOPPED and name in self._behind.companies:
            asyncio.get_running_loop().call_soon(self._begin, name)

    def _begin(self, name: str) -> None:
        if name not in self._pool.sessions and name in self._behind.companies:
            self._pool.begin(name)

    def _handler(
        self, route: Mapping[str, Any]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            asked = Asked(route, request, await body_of(request))
            self._behind.writes += bool(asked.steps)
            name = self._named(asked)
            if name is not None and "makes" not in route and not self._is_there(name):
                return _answer(self._spec["missing"], {"name": name})
            return await self._answered(asked, name)

        return handle

    def _is_there(self, name: str) -> bool:
        """Whether it knows the session; some know only what runs."""
        if self._spec.get("knows") == "running":
            return name in self._pool.sessions
        return name in self._behind.companies

    async def _answered(self, asked: Asked, name: str | None) -> web.Response:
        """What is done, then what is said of it: by the phase it meets, where that counts."""
        route = asked.route
        if name is None:
            return _answer(route, self._of_all())
        if name not in self._behind.companies:
            self._behind.create(name)
        phase = self._pool.phase(name).value
        if phase not in route.get("while", [phase]):
            return _answer(route["otherwise"], self._facts.of(name))
        more = await self._done(asked, name)
        facts = {**self._facts.of(name), **more}
        if route.get("png"):
            return web.Response(body=picture_of(str(facts["qr"])), content_type="image/png")
        return _answer(route, facts)

    async def _done(self, asked: Asked, name: str) -> dict[str, object]:
        """Do what the route does, step by step; what more there is to say then."""
        more: dict[str, object] = {}
        for step in asked.steps:
            if step == "code":
                more["code"] = await self._code(asked.phone, name)
            elif step == "send":
                self._must_send(asked.route, name)
            elif step == "wait":
                await self._shown(name)
            else:
                self._change(step, name)
        return more

    def _change(self, step: str, name: str) -> None:
        phase = self._pool.phase(name)
        match step:
            case "socket" if phase in _ALIVE:  # a second one, beside the one that works
                self._pool.extra_sockets[name] += 1
            case "stop":
                self._pool.drop(name)
            case "logout" | "delete":
                self._log_out(name)
        if step == "delete":
            self._behind.companies.pop(name, None)
        if step == "restart" or (step == "start" and phase in DOWN):
            self._pool.drop(name)
            self._pool.begin(name)

    async def _shown(self, name: str) -> None:
        """Wait for the first code, as those do that answer with it."""
        try:
            ready = (Phase.SHOWING, Phase.OPEN)
            await self._pool.until(lambda: self._pool.phase(name) in ready, 10)
        except TimeoutError:
            raise Refused(web.json_response({"error": "timeout"}, status=500)) from None

    async def _code(self, phone: str, name: str) -> str:
        try:
            return await self._behind.codes.issue(name, phone)
        except NoCode as refusal:
            said = {"error": refusal.error, "message": refusal.error, "success": False}
            raise Refused(web.json_response(said, status=refusal.status)) from None

    def _must_send(self, route: Mapping[str, Any], name: str) -> None:
        """What has no socket is refused; a dead one is in the words of what failed."""
        phase = self._pool.phase(name)
        if phase is Phase.OPEN:
            return
        words = self._behind.excuse or _CLOSED_PAGE
        facts = {**self._facts.of(name), "excuse": words}
        unsent = route.get("unsent", {"status": 500, "answer": {"error": "$excuse"}})
        raise Refused(_answer(unsent, facts))

    def _log_out(self, name: str) -> None:
        session = self._pool.sessions.get(name)
        creds = session.creds if session else self._pool.directory(name).creds()
        if creds is not None:
            self._pool.whatsapp.remove(keys.identity_of(creds))
        self._pool.closed_with.pop(name, None)
        self._pool.drop(name)
        self._pool.directory(name).wipe()

    def _named(self, asked: Asked) -> str | None:
        """Whose session a request is about; None where it is about all."""
        place, _, field = asked.route.get("of", "").partition(" ")
        told: object = asked.request.match_info.get("name") or asked.request.match_info.get("id")
        if place == "body":
            told = asked.body.get(field)
        elif place == "token":
            told = secret_in(asked.request, self._spec["token"].split())
        if told is None:
            return None
        known = {str(view): name for name in self._behind.companies for view in _names_of(name)}
        return known.get(str(told), str(told))

    def _of_all(self) -> dict[str, object]:
        names = [name for name in self._behind.listed() if self._is_there(name)]
        listed = [self._facts.of(name, in_list=True) for name in names]
        shape = self._spec.get("item", "$name")
        return {
            "items": [fill(shape, facts) for facts in listed],
            "map": {facts["name"]: fill(shape, facts) for facts in listed},
            "names": [facts["name"] for facts in listed],
        }


def _names_of(name: str) -> tuple[str, str, str]:
    return name, id_of(name), token_of(name)


def _answer(shape: Mapping[str, Any], facts: Facts) -> web.Response:
    if "answer" not in shape:
        return web.Response(status=shape.get("status", 200))
    return web.json_response(fill(shape["answer"], facts), status=shape.get("status", 200))
