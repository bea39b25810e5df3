"""`wuzapi`: whatsmeow behind Go, a user for each company, pushes signed with HMAC-SHA256."""

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from aiohttp import web

from bot.qr import png_of
from bot.sandbox.gateway import creds as keys
from bot.sandbox.gateway.codes import NoCode
from bot.sandbox.gateway.dialects.base import Backstage, Push, Refused, body_of
from bot.sandbox.gateway.faults import TOKEN_OF
from bot.sandbox.gateway.happening import Happening
from bot.sandbox.gateway.session import Phase, Session
from bot.sandbox.gateway.traffic import Passing

_CONNECTED = frozenset({Phase.OPEN, Phase.ZOMBIE, Phase.SHOWING, Phase.PAIRING})
_LOGGED_IN = frozenset({Phase.OPEN, Phase.ZOMBIE})


class WuzapiDialect:
    """A user for each company, with a token of its own."""

    resumes = True
    forgets_removed = True

    def __init__(self, behind: Backstage) -> None:
        self._behind = behind
        self._pool = behind.pool
        self._jids: dict[str, str] = {}  # a row keeps it, whatever becomes of the device
        self._tokens = {name: f"{TOKEN_OF}{quote(name)}" for name in behind.companies}
        behind.codes.leaves_claims = False

    def routes(self) -> list[web.RouteDef]:
        """The routes an adapter may use."""
        return [
            web.get("/admin/users", self._users),
            web.post("/admin/users", self._add),
            web.get("/session/status", self._status),
            web.post("/session/connect", self._connect),
            web.post("/session/disconnect", self._disconnect),
            web.post("/session/logout", self._logout),
            web.get("/session/qr", self._qr),
            web.post("/session/pairphone", self._pair_phone),
            web.post("/chat/send/text", self._send),
        ]

    def refusal(self, request: web.Request) -> web.Response | None:
        """401 without the admin token, or without the token of a user."""
        if request.path.startswith("/admin/"):
            admitted = self._behind.admits(request.headers.get("Authorization"))
        else:
            admitted = self._named(request) is not None
        return None if admitted else _error("unauthorized", 401)

    def no_such_route(self, request: web.Request) -> web.Response:
        """The page of Go's router."""
        del request
        return web.Response(text="404 page not found\n", status=404)

    def push(self, happening: Happening, key: str | None) -> Push | None:
        """What whatsmeow tells of, by the name it has there."""
        told = _told(happening)
        return None if told is None else self._push(happening.company, *told, key)

    def push_passing(self, passing: Passing, key: str | None) -> Push | None:
        """`Message`. A send is answered once WhatsApp has acknowledged it."""
        if passing.receipt is not None:
            return None
        info = {"ID": passing.id, "IsFromMe": False}
        return self._push(passing.company, "Message", {"Info": info, "Message": {}}, key)

    def _push(self, name: str, kind: str, told: Mapping[str, object], key: str | None) -> Push:
        event = {"type": kind, "event": told, "userID": _id_of(name)}
        body = json.dumps({**event, "instanceName": name}).encode()
        signature = hmac.new((key or "").encode(), body, hashlib.sha256).hexdigest()
        return Push(body=body, headers={"x-hmac-signature": signature} if key else {})

    async def _users(self, _request: web.Request) -> web.Response:
        rows = [await self._row(name) for name in self._behind.companies]
        left_out = {"connected", "loggedIn"} if self._behind.older else ()
        return _data([{key: row[key] for key in row if key not in left_out} for row in rows])

    async def _add(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        name, token = str(body.get("name")), body.get("token")
        if not isinstance(token, str) or not token:
            return _error("missing required fields", 400)
        self._behind.create(name)
        self._tokens[name] = token
        body = {"code": 201, "data": {"id": _id_of(name), "name": name}, "success": True}
        return web.json_response(body, status=201)

    async def _row(self, name: str) -> dict[str, object]:
        session, phase = self._pool.sessions.get(name), self._pool.phase(name)
        claimed = self._behind.lies.claims(name)
        if claimed:
            self._jids[name] = ""
        if session is not None and keys.is_linked(session.creds):
            self._jids[name] = session.creds["me"]["id"]
        return {
            "id": _id_of(name),
            "name": name,
            "token": self._tokens[name],
            "jid": self._jids.get(name, ""),
            "qrcode": await _picture(session),
            "connected": claimed or phase in _CONNECTED,
            "loggedIn": claimed or phase in _LOGGED_IN,
            "events": "All",
        }

    async def _status(self, request: web.Request) -> web.Response:
        return _data(await self._row(self._name(request)))

    async def _connect(self, request: web.Request) -> web.Response:
        name = self._name(request)
        phase = self._pool.phase(name)
        if phase in _CONNECTED:
            return _error("already connected")
        if phase is not Phase.CONNECTING:
            self._pool.drop(name)
            self._pool.begin(name)
        return _data({"details": "Connected!", "events": "All", "jid": self._jids.get(name, "")})

    async def _disconnect(self, request: web.Request) -> web.Response:
        name = self._name(request)
        phase = self._pool.phase(name)
        if phase is Phase.STOPPED:
            return _error("no session")
        if phase not in _CONNECTED:
            return _error("cannot disconnect because it is not logged in")
        self._pool.drop(name)
        return _data({"Details": "Disconnected"})

    async def _logout(self, request: web.Request) -> web.Response:
        name = self._name(request)
        session = self._pool.sessions.get(name)
        if session is None or session.phase not in _LOGGED_IN:
            return _error("could not logout as it was not logged in")
        self._pool.whatsapp.remove(keys.identity_of(session.creds))
        session.directory.wipe()
        self._pool.drop(name)
        return _data({"Details": "Logged out"})

    async def _qr(self, request: web.Request) -> web.Response:
        session = self._pool.sessions.get(self._name(request))
        if session is None or session.phase not in _CONNECTED:
            return _error("no session" if session is None else "not connected")
        if session.phase in _LOGGED_IN:
            return _error("already logged in")
        return _data({"QRCode": await _picture(session)})

    async def _pair_phone(self, request: web.Request) -> web.Response:
        name, phone = self._name(request), (await body_of(request)).get("Phone")
        phase = self._pool.phase(name)
        if not isinstance(phone, str) or not phone:
            return _error("missing Phone in Payload", 400)
        if phase in _LOGGED_IN:
            return _error("already paired", 400)
        if phase is not Phase.SHOWING:
            return _error("no session")
        try:
            code = await self._behind.codes.issue(name, phone)
        except NoCode as refusal:
            return _error("rate-overlimit" if refusal.status == 429 else refusal.error, 400)
        return _data({"LinkingCode": code})

    async def _send(self, request: web.Request) -> web.Response:
        name, body = self._name(request), await body_of(request)
        if not body.get("Phone") or not body.get("Body"):
            return _error("missing Phone in Payload", 400)
        phase = self._pool.phase(name)
        if phase is not Phase.OPEN:
            said = "no session" if phase is Phase.STOPPED else "websocket not connected"
            return _error(said)
        if self._behind.refuses(name):
            return _error("error sending message: server returned error 463")
        sent = {"Details": "Sent", "Id": f"3EB0{secrets.token_hex(9).upper()}"}
        return _data({**sent, "Timestamp": datetime.now(UTC).isoformat()})

    def _named(self, request: web.Request) -> str | None:
        given = request.headers.get("Token") or request.headers.get("Authorization")
        return next((name for name, token in self._tokens.items() if token == given), None)

    def _name(self, request: web.Request) -> str:
        name = self._named(request)
        if name is None:
            raise Refused(_error("unauthorized", 401))
        return name


def _told(happening: Happening) -> tuple[str, dict[str, object]] | None:
    """An event, by the phase it is in or by the code it was closed with."""
    code = happening.closed_with
    if happening.phase is Phase.STOPPED:
        return _CLOSED_FOR_GOOD if code == 401 else None
    if happening.phase is Phase.CLOSED:
        return _CLOSED.get(code or 0, ("Disconnected", {}))
    return _REACHED.get(happening.phase)


_CLOSED_FOR_GOOD: tuple[str, dict[str, object]] = ("LoggedOut", {"OnConnect": False, "Reason": 401})
_REACHED: dict[Phase, tuple[str, dict[str, object]]] = {
    Phase.OPEN: ("Connected", {}),
    Phase.SHOWING: ("QR", {"event": "code"}),
    Phase.PAIRING: ("PairSuccess", {}),
}
_CLOSED: dict[int, tuple[str, dict[str, object]] | None] = {
    403: ("ConnectFailure", {"Reason": 403}),
    408: ("QRTimeout", {"event": "timeout"}),
    440: None,  # that it was replaced it keeps to itself
}


async def _picture(session: Session | None) -> str:
    if session is None or session.code is None:
        return ""
    png = await asyncio.to_thread(png_of, session.code)
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def _id_of(name: str) -> str:
    return f"fake-id-of-{name}"


def _data(data: object) -> web.Response:
    return web.json_response({"code": 200, "data": data, "success": True})


def _error(error: str, status: int = 500) -> web.Response:
    body = {"code": status, "error": error, "success": False}
    return web.json_response(body, status=status)
