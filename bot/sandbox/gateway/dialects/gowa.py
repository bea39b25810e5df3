"""`gowa`: go-whatsapp-web-multidevice 9, a device for each company. It pushes nothing of them."""

import asyncio
import base64
import secrets
from datetime import UTC, datetime

from aiohttp import web

from bot.qr import png_of
from bot.sandbox.gateway import creds as keys
from bot.sandbox.gateway.codes import NoCode
from bot.sandbox.gateway.dialects.base import Backstage, Push, Refused, body_of
from bot.sandbox.gateway.happening import Happening
from bot.sandbox.gateway.session import Phase
from bot.sandbox.gateway.traffic import Passing

_STATES = {
    Phase.OPEN: "logged_in",
    Phase.ZOMBIE: "logged_in",
    Phase.SHOWING: "connected",
    Phase.PAIRING: "connected",
}
# A picture lies there for half of the time in which its code lives.
_PICTURE_LIVES = 0.5
_PICTURES = "/statics/images/qrcode"
_BEHIND_A_PROXY = "http://gowa.internal:3000"


class GowaDialect:
    """A device for each company, with a picture for each login."""

    resumes = True
    forgets_removed = True

    def __init__(self, behind: Backstage) -> None:
        self._behind = behind
        self._pool = behind.pool
        self._purged: set[str] = set()
        self._pictures: dict[str, tuple[bytes, float]] = {}
        behind.codes.leaves_claims = False

    def routes(self) -> list[web.RouteDef]:
        """The routes an adapter may use."""
        device = "/devices/{device}"
        return [
            web.get("/app/info", self._info),
            web.get("/app/passkey", self._passkey),
            web.get("/devices", self._list),
            web.post("/devices", self._add),
            web.get(device, self._get),
            web.delete(device, self._delete),
            web.get(f"{device}/login", self._login),
            web.post(f"{device}/login/code", self._login_with_code),
            web.post(f"{device}/logout", self._logout),
            web.post(f"{device}/reconnect", self._reconnect),
            web.post("/send/message", self._send),
            web.get(f"{_PICTURES}/{{picture}}", self._picture),
        ]

    def refusal(self, request: web.Request) -> web.Response | None:
        """401 without the name and the password; pictures are open."""
        basic = request.headers.get("Authorization", "").removeprefix("Basic ")
        given = base64.b64decode(basic, validate=False).decode(errors="replace")
        if request.path.startswith("/statics/") or self._behind.admits(given):
            return None
        return web.Response(text="Unauthorized", status=401)

    def no_such_route(self, request: web.Request) -> web.Response:
        """The words of Go's Fiber."""
        return web.Response(text=f"Cannot {request.method} {request.path}", status=404)

    def push(self, happening: Happening, key: str | None) -> Push | None:
        """None: it pushes messages, nothing of devices."""
        del happening, key
        return None

    def push_passing(self, passing: Passing, key: str | None) -> Push | None:
        """None: its pushes of messages are read by nobody here."""
        del passing, key
        return None

    async def _info(self, _request: web.Request) -> web.Response:
        return _results({"version": "v9.0.0", "os": "GOWA", "base_path": ""})

    async def _passkey(self, request: web.Request) -> web.Response:
        self._known(_device_of(request))
        return _results({"status": "none"})

    async def _list(self, _request: web.Request) -> web.Response:
        names = [name for name in self._behind.companies if name not in self._purged]
        return _results([self._device(name, in_list=True) for name in names] or None)

    async def _add(self, request: web.Request) -> web.Response:
        name = str((await body_of(request)).get("device_id"))
        if name not in self._behind.companies:
            self._behind.create(name)
        self._purged.discard(name)
        return _results(self._device(name))

    async def _get(self, request: web.Request) -> web.Response:
        return _results(self._device(self._name(request)))

    def _device(self, name: str, *, in_list: bool = False) -> dict[str, object]:
        """A device. What is empty is left out, as Go does."""
        if self._behind.lies.claims(name, in_list=in_list):
            return {"id": name, "state": "logged_in", "created_at": "2026-01-01T00:00:00Z"}
        account = self._account(name)
        row: dict[str, object] = {
            "id": name,
            "state": _STATES.get(self._pool.phase(name), "disconnected"),
            "created_at": "2026-01-01T00:00:00Z",
        }
        if account is not None:
            row |= {"phone_number": account, "jid": f"{account}:7@s.whatsapp.net"}
        return row

    def _account(self, name: str) -> str | None:
        creds = self._creds(name)
        return keys.account_of(creds) if creds is not None and keys.is_linked(creds) else None

    def _creds(self, name: str) -> keys.Creds | None:
        session = self._pool.sessions.get(name)
        return session.creds if session else self._pool.directory(name).creds()

    async def _login(self, request: web.Request) -> web.Response:
        name = self._name(request)
        if self._device(name)["state"] == "logged_in":
            return _error("ALREADY_LOGGED_IN", "you already logged in", 400)
        if self._account(name) is not None:
            return _error("SESSION_SAVED_ERROR", "your session have been saved, try again in 2 s")
        self._pool.drop(name)
        session = self._pool.begin(name)
        try:
            wait_s = self._pool.pace.initialize_wait_s
            await self._pool.until(lambda: session.phase is Phase.SHOWING, wait_s)
        except TimeoutError:
            return _error("INTERNAL_SERVER_ERROR", "timeout waiting for QR code")
        lives_s = self._pool.pace.first_life_s * _PICTURE_LIVES
        path = f"{_PICTURES}/scan-qr-{secrets.token_hex(16)}.png"
        png = await asyncio.to_thread(png_of, session.code or "")
        self._pictures[path] = png, asyncio.get_running_loop().time() + lives_s
        # The host is the one it believes to be called by.
        link = f"{_BEHIND_A_PROXY}{path}"
        return _results({"device_id": name, "qr_link": link, "qr_duration": int(lives_s)})

    async def _picture(self, request: web.Request) -> web.Response:
        png, until = self._pictures.get(request.path, (b"", 0.0))
        if asyncio.get_running_loop().time() >= until:
            return self.no_such_route(request)
        return web.Response(body=png, content_type="image/png")

    async def _login_with_code(self, request: web.Request) -> web.Response:
        name = self._name(request)
        if self._account(name) is not None:
            return _error("ALREADY_LOGGED_IN", "you already logged in", 400)
        try:
            code = await self._behind.codes.issue(name, request.query.get("phone", ""))
        except NoCode as refusal:
            error = "info query returned status 429: rate-overlimit"
            return _error(
                "INTERNAL_SERVER_ERROR", error if refusal.status == 429 else refusal.error
            )
        return _results({"device_id": name, "pair_code": code})

    async def _logout(self, request: web.Request) -> web.Response:
        self._forget(self._name(request))
        return _results(None)

    async def _delete(self, request: web.Request) -> web.Response:
        name = self._name(request)
        self._forget(name)
        self._purged.add(name)
        return _results(None)

    def _forget(self, name: str) -> None:
        creds = self._creds(name)
        if creds is not None:
            self._pool.whatsapp.remove(keys.identity_of(creds))
        self._pool.drop(name)
        self._pool.directory(name).wipe()

    async def _reconnect(self, request: web.Request) -> web.Response:
        name = self._name(request)
        session = self._pool.sessions.get(name)
        if self._account(name) is None:
            error = f"device {name} is not logged in (session deleted)"
            return _error("INTERNAL_SERVER_ERROR", error)
        if session is None:
            self._pool.begin(name)
        else:
            self._pool.reconnect(session)
        return _results(None)

    async def _send(self, request: web.Request) -> web.Response:
        name, body = _device_of(request), await body_of(request)
        self._known(name)
        phase = self._pool.phase(name)
        if not body.get("phone") or not body.get("message"):
            return _error("VALIDATION_ERROR", "message: cannot be blank.", 400)
        if phase is Phase.ZOMBIE:
            return _error("INTERNAL_SERVER_ERROR", "websocket not connected")
        if phase is not Phase.OPEN:
            return _error("AUTHENTICATION_ERROR", "you are not logged in", 401)
        if self._behind.refuses(name):
            return _error("WA_REACHOUT_TIMELOCK", "WhatsApp restricts new conversations", 429)
        sent = {"message_id": f"3EB0{secrets.token_hex(9).upper()}"}
        return _results({**sent, "status": f"Message sent at {datetime.now(UTC).isoformat()}"})

    def _name(self, request: web.Request) -> str:
        return self._known(request.match_info["device"])

    def _known(self, name: str) -> str:
        if name not in self._behind.companies or name in self._purged:
            raise Refused(_error("INTERNAL_SERVER_ERROR", f"device {name} not found"))
        return name


def _device_of(request: web.Request) -> str:
    """The device in the header, else in the query, either without blanks around it."""
    header = request.headers.get("X-Device-Id", "").strip()
    return header or request.query.get("device_id", "").strip()


def _results(results: object) -> web.Response:
    body = {"status": 200, "code": "SUCCESS", "message": "Success", "results": results}
    return web.json_response(body)


def _error(code: str, message: str, status: int = 500) -> web.Response:
    body = {"code": code, "message": message, "results": None}
    return web.json_response(body, status=status)
