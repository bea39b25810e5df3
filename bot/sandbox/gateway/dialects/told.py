"""A kind of gateway that is told by a file: its routes, its words, the shapes of its answers.

A double is a few lines of TOML beside `doubles/__init__.py`, written from the vendor's documents
and not from the bot's description of the kind: what that has wrong shows here. In a shape, texts
that begin with `$` stand for what is so: `$name`, `$word`, `$phone` … of a session, `$items` of
all. `does` is what a request has for an effect, `while` in which phases it is taken.
"""

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
from bot.sandbox.gateway.dialects.told_facts import DOWN, SessionFacts, id_of, token_of
from bot.sandbox.gateway.happening import Happening
from bot.sandbox.gateway.session import Phase

TOLD = ("openwa",)
_ALIVE = frozenset({Phase.OPEN, Phase.ZOMBIE})
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
        """The answer to a request without the right key, where its path is not public."""
        if self._behind.key is None or request.path in self._spec.get("public", ()):
            return None
        where = self._spec["key"].split()
        own = self._token(request)
        given = [_given(request, place) for place in (where, self._spec.get("token", "").split())]
        right = [self._behind.key.encode(), *([own] if own is not None else [])]
        if any(hmac.compare_digest(told, wanted) for told in given for wanted in right):
            return None
        refused = self._spec["refused"]
        return web.json_response(refused["answer"], status=refused["status"])

    def no_such_route(self, request: web.Request) -> web.Response:
        """As Express and Nest say it."""
        said = f"Cannot {request.method} {request.path}"
        return web.json_response({"statusCode": 404, "message": said}, status=404)

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
        if key is not None and "sign" in spec:
            sign = spec["sign"]
            digest = hmac.new(key.encode(), body, getattr(hashlib, sign["alg"])).hexdigest()
            headers = {sign["header"]: f"{sign.get('prefix', '')}{digest}"}
        elif key is not None and "bears" in spec:
            headers = {spec["bears"]: f"{spec.get('prefix', '')}{key}"}
        return Push(body=body, headers=headers)

    def _handler(
        self, route: Mapping[str, Any]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            self._behind.writes += "does" in route
            body = await body_of(request)
            name = self._named(route, request, body)
            if name is not None and name not in self._behind.companies and "makes" not in route:
                return _answer(route.get("missing", self._spec["missing"]), {"name": name})
            return await self._answered(route, name, body)

        return handle

    async def _answered(
        self, route: Mapping[str, Any], name: str | None, body: Mapping[str, object]
    ) -> web.Response:
        """What is done, then what is said of it: by the phase it meets, where that counts."""
        if name is None:
            return _answer(route, self._of_all())
        if "makes" in route and name not in self._behind.companies:
            self._behind.create(name)
        phase = self._pool.phase(name)
        if phase.value not in route.get("while", [phase.value]):
            return _answer(route["otherwise"], self._facts.of(name))
        more: dict[str, object] = {}
        if "does" in route:
            more = await self._done(route, name, body)
        facts = {**self._facts.of(name), **more}
        if route.get("png"):
            return web.Response(body=picture_of(str(facts["qr"])), content_type="image/png")
        return _answer(route, facts)

    async def _done(
        self, route: Mapping[str, Any], name: str, body: Mapping[str, object]
    ) -> dict[str, object]:
        """Do what the route does, step by step; what more there is to say then."""
        more: dict[str, object] = {}
        for step in route["does"].split():
            if step == "code":
                more["code"] = await self._code(route, name, body)
            elif step == "send":
                self._must_send(route, name)
            elif step == "wait":
                await self._shown(name)
            else:
                self._change(step, name)
        return {**self._facts.of(name), **more}

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

    async def _code(self, route: Mapping[str, Any], name: str, body: Mapping[str, object]) -> str:
        phone = str(body.get(route.get("phone", "phone"), "") or route.get("given", ""))
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

    def _named(
        self, route: Mapping[str, Any], request: web.Request, body: Mapping[str, object]
    ) -> str | None:
        """Whose session a request is about; None where it is about all."""
        place, _, field = route.get("of", "").partition(" ")
        told: object = request.match_info.get("name") or request.match_info.get("id")
        if place == "body":
            told = body.get(field)
        elif place == "query":
            told = request.query.get(field)
        elif place == "token":
            told = _given(request, self._spec["token"].split()).decode()
        if told is None:
            return None
        known = {str(view): name for name in self._behind.companies for view in _names_of(name)}
        return known.get(str(told), str(told))

    def _token(self, request: web.Request) -> bytes | None:
        """The own secret of the session that the request names, where sessions have one."""
        if "token" not in self._spec:
            return None
        given = _given(request, self._spec["token"].split()).decode()
        every = {token_of(name) for name in self._behind.companies}
        named = request.match_info.get("name")
        if named is not None and self._spec.get("token_of_name"):
            return token_of(named).encode()
        return given.encode() if given in every else None

    def _of_all(self) -> dict[str, object]:
        listed = [self._facts.of(name, in_list=True) for name in self._behind.listed()]
        shape = self._spec.get("item", "$name")
        return {
            "items": [fill(shape, facts) for facts in listed],
            "map": {facts["name"]: fill(shape, facts) for facts in listed},
            "names": [facts["name"] for facts in listed],
        }


def _names_of(name: str) -> tuple[str, str, str]:
    return name, id_of(name), token_of(name)


def _given(request: web.Request, place: list[str]) -> bytes:
    """The secret that a request bears there."""
    match place:
        case ["header", name]:
            return request.headers.get(name, "").encode()
        case ["bearer"]:
            return request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
        case ["path"]:
            return request.match_info.get("token", "").encode()
    return b""


def _answer(shape: Mapping[str, Any], facts: Facts) -> web.Response:
    if "answer" not in shape:
        return web.Response(status=shape.get("status", 200))
    return web.json_response(fill(shape["answer"], facts), status=shape.get("status", 200))
