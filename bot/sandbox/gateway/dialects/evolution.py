"""`evolution`: Evolution API 2.3, an instance for each company."""

import asyncio
import base64
import json
import secrets

from aiohttp import web

from bot.qr import png_of
from bot.sandbox.gateway import creds as keys
from bot.sandbox.gateway.codes import NoCode
from bot.sandbox.gateway.dialects.base import Backstage, Push, Refused, body_of
from bot.sandbox.gateway.happening import Happening
from bot.sandbox.gateway.session import Phase, Session

_FINAL_CODES = frozenset({401, 403})
_FIRST_WAIT_S = 2.0
_LIVE = {
    Phase.OPEN: "open",
    Phase.ZOMBIE: "open",
    Phase.CONNECTING: "connecting",
    Phase.SHOWING: "connecting",
    Phase.PAIRING: "connecting",
    Phase.STOPPED: "close",
}
_COMING_BACK = frozenset({428, 440, 515})


class EvolutionDialect:
    """An instance for each company. It is `close` until somebody connects it."""

    resumes = True
    forgets_removed = True

    def __init__(self, behind: Backstage) -> None:
        self._behind = behind
        self._pool = behind.pool

    def routes(self) -> list[web.RouteDef]:
        """The routes an adapter may use."""
        return [
            web.get("/", self._version),
            web.get("/instance/fetchInstances", self._list),
            web.post("/instance/create", self._create),
            web.get("/instance/connectionState/{instance}", self._state),
            web.get("/instance/connect/{instance}", self._connect),
            web.post("/instance/restart/{instance}", self._restart),
            web.delete("/instance/logout/{instance}", self._logout),
            web.post("/message/sendText/{instance}", self._send),
        ]

    def refusal(self, request: web.Request) -> web.Response | None:
        """401 without the global key; the front page is open."""
        if request.path == "/" or self._behind.admits(request.headers.get("apikey")):
            return None
        return _error(401, "Unauthorized", "Unauthorized")

    def no_such_route(self, request: web.Request) -> web.Response:
        """Its own 404."""
        return _error(404, "Not Found", f"Cannot {request.method} {request.path}")

    def push(self, happening: Happening, key: str | None) -> Push | None:
        """`connection.update`, or `qrcode.updated` while a code is shown."""
        if happening.phase is Phase.SHOWING:
            code = {"instance": happening.company, "pairingCode": None, "code": happening.qr}
            return _push(happening, "qrcode.updated", {"qrcode": code}, key)
        data: dict[str, object] = {
            "instance": happening.company,
            "state": self._word(happening.phase, happening.closed_with),
        }
        if happening.phase in (Phase.STOPPED, Phase.CLOSED):
            # A socket that drops says `close` first, and `connecting` when it tries again.
            data |= {"state": "close", "statusReason": happening.closed_with or 428}
        return _push(happening, "connection.update", data, key)

    async def _version(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": 200, "message": "Welcome", "version": "2.3.7"})

    async def _list(self, request: web.Request) -> web.Response:
        wanted = request.query.get("instanceName")
        names = [name for name in self._behind.companies if wanted in (None, name)]
        return web.json_response([self._row(name) for name in names])

    def _row(self, name: str) -> dict[str, object]:
        """A row of its database, which a transient drop never reaches."""
        phase, code = self._pool.phase(name), self._pool.closed_with.get(name)
        session = self._pool.sessions.get(name)
        word = self._word(phase, code)
        if phase is Phase.CLOSED and word == "connecting":
            word = "open"
        owner = None if session is None else keys.account_of(session.creds)
        return {
            "id": f"fake-id-of-{name}",
            "name": name,
            "connectionStatus": word,
            "ownerJid": f"{owner}@s.whatsapp.net" if owner else None,
            "disconnectionReasonCode": code if code in _FINAL_CODES else None,
            "disconnectionObject": _REASONS.get(code or 0),
            "token": "FAKE-INSTANCE-TOKEN",
        }

    def _word(self, phase: Phase, code: int | None) -> str:
        """The live state."""
        if phase is Phase.CLOSED:
            return "connecting" if code in _COMING_BACK else "close"
        return _LIVE[phase]

    def _live(self, name: str) -> str:
        return self._word(self._pool.phase(name), self._pool.closed_with.get(name))

    async def _create(self, request: web.Request) -> web.Response:
        name = str((await body_of(request)).get("instanceName"))
        if name in self._behind.companies:
            return _error(403, "Forbidden", f'This name "{name}" is already in use.')
        self._behind.create(name)
        await self._first_code(self._pool.begin(name))
        made = {"instance": {"instanceName": name, "status": "connecting"}}
        return web.json_response({**made, "qrcode": await self._code(name, None)}, status=201)

    async def _state(self, request: web.Request) -> web.Response:
        name = self._name(request)
        return web.json_response({"instance": {"instanceName": name, "state": self._live(name)}})

    async def _connect(self, request: web.Request) -> web.Response:
        name = self._name(request)
        live = self._live(name)
        if live == "open":
            return await self._state(request)
        pairing_code = None
        if live == "close":
            self._pool.drop(name)
            session = self._pool.begin(name)
            phone = request.query.get("number")
            if phone is not None:
                try:
                    pairing_code = await self._behind.codes.issue(name, phone)
                except NoCode as refusal:
                    return _error(refusal.status, "Error", refusal.error)
            await self._first_code(session)
        return web.json_response(await self._code(name, pairing_code))

    async def _first_code(self, session: Session) -> None:
        """It waits a moment, and answers with what there is."""
        try:
            await self._pool.until(lambda: session.phase is not Phase.CONNECTING, _FIRST_WAIT_S)
        except TimeoutError:
            return

    async def _code(self, name: str, pairing_code: str | None) -> dict[str, object]:
        session = self._pool.sessions.get(name)
        code = session.code if session else None
        if code is None:
            return {"pairingCode": None, "code": None, "base64": None, "count": 0}
        png = base64.b64encode(await asyncio.to_thread(png_of, code)).decode()
        picture = f"data:image/png;base64,{png}"
        return {"pairingCode": pairing_code, "code": code, "base64": picture, "count": 1}

    async def _restart(self, request: web.Request) -> web.Response:
        name = self._name(request)
        session = self._pool.sessions.get(name)
        if session is None or self._live(name) == "close":
            message = f'The "{name}" instance is not connected'
            return web.json_response({"error": True, "message": message})
        self._pool.reconnect(session)
        return web.json_response({"instance": {"instanceName": name, "status": "connecting"}})

    async def _logout(self, request: web.Request) -> web.Response:
        name = self._name(request)
        session = self._pool.sessions.get(name)
        if session is None or self._live(name) == "close":
            return _error(400, "Bad Request", f'The "{name}" instance is not connected')
        self._pool.whatsapp.remove(keys.identity_of(session.creds))
        self._pool.log_out(session, 401)
        done = {"message": "Instance logged out"}
        return web.json_response({"status": "SUCCESS", "error": False, "response": done})

    async def _send(self, request: web.Request) -> web.Response:
        name, body = self._name(request), await body_of(request)
        phase = self._pool.phase(name)
        if not body.get("number") or not body.get("text"):
            return _error(400, "Bad Request", 'requires property "text"')
        if phase is not Phase.OPEN:
            return _error(500, "Internal Server Error", "Error: Connection Closed")
        key = {"remoteJid": "…@s.whatsapp.net", "fromMe": True, "id": secrets.token_hex(9).upper()}
        return web.json_response({"key": key, "status": "PENDING"}, status=201)

    def _name(self, request: web.Request) -> str:
        name = request.match_info["instance"]
        if name in self._behind.companies:
            return name
        refusal = _error(404, "Not Found", f'The "{name}" instance does not exist')
        raise Refused(refusal)


_REASONS = {401: '{"error":{"tag":"conflict","attrs":{"type":"device_removed"}}}'}


def _error(status: int, error: str, message: str) -> web.Response:
    body = {"status": status, "error": error, "response": {"message": [message]}}
    return web.json_response(body, status=status)


def _push(happening: Happening, event: str, data: dict[str, object], key: str | None) -> Push:
    body = {
        "event": event,
        "instance": happening.company,
        "data": data,
        "date_time": happening.at.isoformat(timespec="milliseconds"),
        "apikey": "FAKE-INSTANCE-TOKEN",
    }
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    return Push(body=json.dumps(body).encode(), headers=headers)
