"""`wppconnect`: wppconnect-server 2.10, a browser for each company, pushes without a signature."""

import asyncio
import hmac
import json
import secrets
from urllib.parse import quote

from aiohttp import web

from bot.qr import png_of
from bot.sandbox.gateway import creds as keys
from bot.sandbox.gateway.codes import NoCode
from bot.sandbox.gateway.dialects.base import Backstage, Push, body_of
from bot.sandbox.gateway.faults import TOKEN_OF
from bot.sandbox.gateway.happening import Happening
from bot.sandbox.gateway.session import Phase
from bot.sandbox.gateway.traffic import Passing, Receipt

_ALIVE = frozenset({Phase.OPEN, Phase.ZOMBIE})
_WINDOW_OVER = 408


class WppconnectDialect:
    """A browser for each company that was ever started, until its data are cleared."""

    resumes = True
    forgets_removed = True

    def __init__(self, behind: Backstage) -> None:
        self._behind = behind
        self._pool = behind.pool
        self._names = {name: None for name, facts in behind.companies.items() if facts.linked}
        self._last_codes: dict[str, str] = {}  # a session keeps the code it was linked with
        behind.codes.leaves_claims = False
        self.browsers_left = 0

    def routes(self) -> list[web.RouteDef]:
        """The routes an adapter may use."""
        session = "/api/{session}"
        return [
            web.get("/healthz", self._health),
            web.get("/api/{secret}/show-all-sessions", self._list),
            web.post(f"{session}/{{secret}}/generate-token", self._token),
            web.post(f"{session}/{{secret}}/clear-session-data", self._clear),
            web.get(f"{session}/status-session", self._status),
            web.get(f"{session}/check-connection-session", self._check),
            web.get(f"{session}/qrcode-session", self._qr),
            web.get(f"{session}/get-phone-number", self._phone),
            web.post(f"{session}/start-session", self._start),
            web.post(f"{session}/close-session", self._close),
            web.post(f"{session}/logout-session", self._logout),
            web.post(f"{session}/send-message", self._send),
        ]

    def refusal(self, request: web.Request) -> web.Response | None:
        """400 for another secret in the path, 401 for another session's token."""
        secret = request.match_info.get("secret")
        if secret is not None:
            if self._behind.admits(secret):
                return None
            return web.json_response(
                {"response": False, "message": "The token is incorrect"}, status=400
            )
        if request.path == "/healthz":
            return None
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        right = _token_of(request.match_info.get("session", ""))
        if hmac.compare_digest(token.encode(), right.encode()):
            return None
        return web.json_response(
            {"error": "Check that the Session and Token are correct"}, status=401
        )

    def no_such_route(self, request: web.Request) -> web.Response:
        """Express' page for a route it does not have."""
        page = f"<pre>Cannot {request.method} this</pre>\n"
        return web.Response(text=page, status=404, content_type="text/html")

    def push(self, happening: Happening, key: str | None) -> Push | None:
        """`status-find`, or `qrcode`. Nothing is signed."""
        del key
        body: dict[str, object] = {"session": happening.company}
        if happening.phase is Phase.SHOWING:
            body |= {"event": "qrcode", "qrcode": "", "urlcode": happening.qr}
        else:
            found = _found(happening)
            if found is None:
                return None
            body |= {"event": "status-find", "status": found}
        return Push(body=json.dumps(body).encode())

    def push_passing(self, passing: Passing, key: str | None) -> Push | None:
        """`onmessage`, or `onack`."""
        del key
        mine = passing.receipt is not None
        told = f"{str(mine).lower()}_x@c.us_{passing.id}"
        body: dict[str, object] = {"session": passing.company, "id": told, "fromMe": mine}
        body["event"] = "onack" if mine else "onmessage"
        if mine:
            body |= {
                "id": {"_serialized": told},
                "ack": -1 if passing.receipt is Receipt.ERROR else 1,
            }
        return Push(body=json.dumps(body).encode())

    async def _health(self, request: web.Request) -> web.Response:
        """It waits for the body that a Content-Type promises, for ever."""
        if "json" in request.headers.get("Content-Type", ""):
            await asyncio.Event().wait()
        return web.json_response({"status": "UP"})

    async def _list(self, _request: web.Request) -> web.Response:
        return web.json_response({"response": list(self._names)})

    async def _token(self, request: web.Request) -> web.Response:
        name = request.match_info["session"]
        token = _token_of(name)
        body = {"status": "success", "session": name, "token": token, "full": f"{name}:{token}"}
        return web.json_response(body, status=201)

    async def _status(self, request: web.Request) -> web.Response:
        return web.json_response(self._state(request.match_info["session"]))

    def _state(self, name: str) -> dict[str, object]:
        session = self._pool.sessions.get(name)
        word = self._word(name)
        if session is not None and session.code is not None:
            self._last_codes[name] = session.code
        if word == "CLOSED":
            return {"status": word, "qrcode": None}
        urlcode = None if word == "PHONECODE" else self._last_codes.get(name)
        return {"status": word, "qrcode": None, "urlcode": urlcode, "version": "2.10.0"}

    def _word(self, name: str) -> str:
        """The state. A page that lost its connection still counts as connected."""
        session, phase = self._pool.sessions.get(name), self._pool.phase(name)
        if self._behind.lies.claims(name):
            return "CONNECTED"
        match phase:
            case Phase.CONNECTING | Phase.PAIRING:
                return "INITIALIZING"
            case Phase.SHOWING:
                typed = session is not None and session.pairing_code is not None
                return "PHONECODE" if typed else "QRCODE"
            case Phase.STOPPED:
                return "CLOSED"
        over = phase is Phase.CLOSED and self._pool.closed_with.get(name) == _WINDOW_OVER
        return "CLOSED" if over else "CONNECTED"

    async def _check(self, request: web.Request) -> web.Response:
        name = request.match_info["session"]
        alive = self._behind.lies.claims(name) or self._pool.phase(name) in _ALIVE
        state = "Connected" if alive else "Disconnected"
        return web.json_response({"status": alive, "message": state})

    async def _qr(self, request: web.Request) -> web.Response:
        """A picture, or a 200 that says there is none."""
        name = request.match_info["session"]
        code = self._last_codes.get(name)
        if code is None or self._word(name) != "QRCODE":
            body = {"status": self._word(name), "message": "QRCode is not available..."}
            return web.json_response(body)
        return web.Response(body=png_of(code), content_type="image/png")

    async def _phone(self, request: web.Request) -> web.Response:
        session = self._pool.sessions.get(request.match_info["session"])
        if session is None or session.phone is None:
            return _inactive()
        body = {"status": "success", "response": f"{session.phone}@c.us", "mapper": "device"}
        return web.json_response(body)

    async def _start(self, request: web.Request) -> web.Response:
        name, body = request.match_info["session"], await body_of(request)
        self._names[name] = None
        if self._word(name) != "CLOSED":
            return web.json_response(self._state(name))
        self._pool.drop(name)
        session = self._pool.begin(name)
        if body.get("waitQrCode") is not True:
            return web.json_response({"status": "CLOSED", "qrcode": None})
        if body.get("phone"):
            return await self._phone_code(name, str(body["phone"]))
        try:
            wait_s = self._pool.pace.initialize_wait_s
            await self._pool.until(lambda: session.phase is Phase.SHOWING, wait_s)
        except TimeoutError:
            return web.json_response({"status": "error"}, status=500)
        body = {"status": "qrcode", "qrcode": "", "urlcode": session.code, "session": name}
        return web.json_response(body)

    async def _phone_code(self, name: str, phone: str) -> web.Response:
        try:
            code = await self._behind.codes.issue(name, phone)
        except NoCode as refusal:
            status = 429 if refusal.status == 429 else 500
            return web.json_response({"status": "error", "message": refusal.error}, status=status)
        body = {"status": "phoneCode", "phone": phone, "phoneCode": code, "session": name}
        return web.json_response(body)

    async def _close(self, request: web.Request) -> web.Response:
        name = request.match_info["session"]
        word = self._word(name)
        self._pool.drop(name)
        if word in ("CLOSED", "INITIALIZING"):  # the browser of the latter goes on
            body = {
                "status": False,
                "message": "Error closing session",
                "error": {"level": "error"},
            }
            self.browsers_left += word == "INITIALIZING"
            return web.json_response(body, status=500)
        return web.json_response({"status": True, "message": "Session successfully closed"})

    async def _logout(self, request: web.Request) -> web.Response:
        name = request.match_info["session"]
        if self._pool.phase(name) not in _ALIVE:
            return _inactive()
        self._forget(name)
        return web.json_response({"status": True, "message": "Session successfully closed"})

    async def _clear(self, request: web.Request) -> web.Response:
        name = request.match_info["session"]
        self._forget(name)
        self._names[name] = None  # it stays in the list
        return web.json_response({"success": True})

    def _forget(self, name: str) -> None:
        session = self._pool.sessions.get(name)
        creds = session.creds if session else self._pool.directory(name).creds()
        if creds is not None:
            self._pool.whatsapp.remove(keys.identity_of(creds))
        self._pool.drop(name)
        self._pool.directory(name).wipe()
        self._names.pop(name, None)
        self._last_codes.pop(name, None)

    async def _send(self, request: web.Request) -> web.Response:
        phase, body = self._pool.phase(request.match_info["session"]), await body_of(request)
        if phase not in _ALIVE:
            return _inactive()
        if phase is Phase.ZOMBIE or not body.get("phone") or not body.get("message"):
            said = {"status": "error", "message": "Error sending message"}
            return web.json_response(said, status=500)
        message_id = f"3EB0{secrets.token_hex(9).upper()}"
        refusal = 463 if self._behind.refuses(request.match_info["session"]) else None
        self._behind.traffic.sent(request.match_info["session"], message_id, refusal)
        sent = {"id": f"true_x@c.us_{message_id}"}
        body = {"status": "success", "response": [sent], "mapper": "return"}
        return web.json_response(body, status=201)


def _found(happening: Happening) -> str | None:
    code = happening.closed_with
    match happening.phase:
        case Phase.OPEN:
            return "inChat"
        case Phase.PAIRING:
            return "qrReadSuccess"
        case Phase.STOPPED:
            return "disconnectedMobile" if code == 401 else "browserClose"
        case Phase.CLOSED:
            return "autocloseCalled" if code == _WINDOW_OVER else "phoneNotConnected"
    return None


def _token_of(name: str) -> str:
    return f"{TOKEN_OF}{quote(name)}"


def _inactive() -> web.Response:
    body = {"response": None, "status": "Disconnected", "message": "The session is not active"}
    return web.json_response(body, status=404)
