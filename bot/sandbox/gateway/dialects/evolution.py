"""`evolution`: Evolution API 2.3, an instance for each company.

As the real 2.3.6 was found to be. Its list is the rows of a database, which keep reason and number
for ever; `connect` of a live `close` builds one more socket, beside one that reconnects by itself.
"""

import asyncio
import base64
import json
import secrets
from collections import Counter
from dataclasses import dataclass, replace

from aiohttp import web

from bot.qr import png_of
from bot.sandbox.gateway import creds as keys
from bot.sandbox.gateway.codes import NoCode, letters
from bot.sandbox.gateway.dialects.base import Backstage, Push, Refused, body_of
from bot.sandbox.gateway.dialects.pushes import evolution_passing, evolution_push
from bot.sandbox.gateway.happening import Happening
from bot.sandbox.gateway.session import Phase, Session
from bot.sandbox.gateway.traffic import Passing

_FINAL_CODES = frozenset({401, 402, 403, 406})
_COMING_BACK = frozenset({428, 440, 515})
_FIRST_WAIT_S = 2.0
_OF_FIRST = 45 / 60  # its codes live for 45 s each
_WINDOWS = 5  # of six codes, up to QRCODE_LIMIT
_BAILEYS = "WHATSAPP-BAILEYS"
_LIVE = {
    Phase.OPEN: "open",
    Phase.ZOMBIE: "open",
    Phase.CONNECTING: "connecting",
    Phase.SHOWING: "connecting",
    Phase.PAIRING: "connecting",
    Phase.STOPPED: "close",
}


@dataclass
class _Row:
    """What its database holds of an instance. Nothing of it is ever cleared."""

    word: str = "close"
    owner: str | None = None
    code: int | None = None
    reason: str | None = None
    number: str | None = None


class EvolutionDialect:
    """An instance for each company. It is `close` until somebody connects it."""

    resumes = True
    forgets_removed = True

    def __init__(self, behind: Backstage) -> None:
        self._behind = behind
        self._pool = pool = behind.pool
        self._rows: dict[str, _Row] = {}
        self._asked: Counter[str] = Counter()  # how often for the live state while it was away
        life_s = pool.pace.first_life_s * _OF_FIRST
        pool.pace = replace(pool.pace, first_life_s=life_s, next_life_s=life_s)
        pool.note = self._note
        pool.windows, pool.keeps_shown, pool.wakes_all = _WINDOWS, True, True

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
            return evolution_push(happening, "qrcode.updated", {"qrcode": code}, key)
        data: dict[str, object] = {
            "instance": happening.company,
            "state": _LIVE.get(happening.phase, "close"),
        }
        if happening.phase in (Phase.STOPPED, Phase.CLOSED):
            # A socket that drops says `close` first, and `connecting` when it tries again.
            data |= {"state": "close", "statusReason": happening.closed_with or 428}
        return evolution_push(happening, "connection.update", data, key)

    def push_passing(self, passing: Passing, key: str | None) -> Push | None:
        """`messages.upsert`, or `messages.update`."""
        return evolution_passing(passing, key)

    async def _version(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": 200, "message": "Welcome", "version": "2.3.7"})

    def _note(self, happening: Happening) -> None:
        """Write into the row what Evolution writes: an open, a QR, that it gave up. No drop."""
        row = self._row_of(happening.company)
        if happening.phase is Phase.OPEN:
            row.word, row.owner = "open", happening.phone
        elif happening.phase is Phase.SHOWING:
            row.word = "connecting"
            session = self._pool.sessions[happening.company]
            if session.pairing_phone is not None:
                session.pairing_code = letters()
        elif happening.phase in (Phase.STOPPED, Phase.CLOSED):
            code = happening.closed_with
            if code in _FINAL_CODES and row.word != "close":
                row.word, row.code, row.reason = "close", code, _REASONS.get(code)

    def _row_of(self, name: str) -> _Row:
        return self._rows.setdefault(name, _Row())

    def _integration(self, name: str) -> str:
        return self._behind.listed()[name].integration

    async def _list(self, request: web.Request) -> web.Response:
        wanted = request.query.get("instanceName")
        if wanted is not None and wanted not in self._behind.companies:
            return _error(404, "Not Found", f'Instance "{wanted}" not found')
        names = [name for name in self._behind.listed() if wanted in (None, name)]
        return web.json_response([self._row(name, in_list=wanted is None) for name in names])

    def _row(self, name: str, *, in_list: bool) -> dict[str, object]:
        row, integration = self._row_of(name), self._integration(name)
        if self._behind.lies.claims(name, in_list=in_list):
            row = replace(row, word="open", owner=None)
        return {
            "id": f"fake-id-of-{name}",
            "name": name,
            "connectionStatus": row.word if integration == _BAILEYS else "open",
            "ownerJid": f"{row.owner}@s.whatsapp.net" if row.owner else None,
            "integration": integration,
            "number": row.number,
            "disconnectionReasonCode": row.code,
            "disconnectionObject": row.reason,
            "token": "FAKE-INSTANCE-TOKEN",
        }

    def _live(self, name: str) -> str:
        """The live state. Of what reconnects by itself it flips each time it is asked for."""
        session = self._pool.sessions.get(name)
        if self._integration(name) != _BAILEYS or self._behind.lies.claims(name):
            return "open"
        if session is not None and session.comes_back:
            self._asked[name] += 1
            return "close" if self._asked[name] % 2 else "connecting"
        if self._pool.phase(name) is Phase.CLOSED:
            code = self._pool.closed_with.get(name)
            return "connecting" if code in _COMING_BACK else "close"
        return _LIVE[self._pool.phase(name)]

    async def _create(self, request: web.Request) -> web.Response:
        name = str((await body_of(request)).get("instanceName"))
        if name in self._behind.companies:
            return _error(403, "Forbidden", f'This name "{name}" is already in use.')
        self._behind.create(name)
        session = self._pool.begin(name)
        await asyncio.sleep(self._pool.pace.create_s)
        await self._first_code(session)
        made = {"instance": {"instanceName": name, "status": "connecting"}}
        return web.json_response({**made, "qrcode": await self._code(name)}, status=201)

    async def _state(self, request: web.Request) -> web.Response:
        name = self._name(request)
        return web.json_response({"instance": {"instanceName": name, "state": self._live(name)}})

    async def _connect(self, request: web.Request) -> web.Response:
        name = self._name(request)
        session = self._pool.sessions.get(name)
        if session is not None and session.comes_back:
            # Between two attempts of its own: one more socket, and the other is never ended.
            self._pool.extra_sockets[name] += 1
            return web.json_response(await self._code(name))
        live = self._live(name)
        if live == "open":
            return await self._state(request)
        if live == "close":
            self._pool.drop(name)
            session = self._pool.begin(name)
            phone = request.query.get("number")
            if phone is not None:
                self._row_of(name).number = phone
                try:
                    await self._behind.codes.issue(name, phone)
                except NoCode as refusal:
                    return _error(refusal.status, "Error", refusal.error)
            await self._first_code(session)
        return web.json_response(await self._code(name))

    async def _first_code(self, session: Session) -> None:
        """It waits a moment, and answers with what there is."""
        try:
            await self._pool.until(lambda: session.phase is not Phase.CONNECTING, _FIRST_WAIT_S)
        except TimeoutError:
            return

    async def _code(self, name: str) -> dict[str, object]:
        """The last code there was, alive or not: also of the pairing long before."""
        session, code = self._pool.sessions.get(name), self._pool.shown.get(name)
        if code is None:
            return {"count": 0}
        typed = session.pairing_code if session else None
        png = base64.b64encode(await asyncio.to_thread(png_of, code)).decode()
        return {
            "pairingCode": typed.replace("-", "") if typed else None,
            "code": code,
            "base64": f"data:image/png;base64,{png}",
            "count": 1,
        }

    async def _restart(self, request: web.Request) -> web.Response:
        name = self._name(request)
        session, live = self._pool.sessions.get(name), self._live(name)
        if session is None or live == "close":
            return web.json_response({"error": True, "message": "[object Object]"})
        answer = await (self._state(request) if live == "open" else self._read(name))
        self._pool.reconnect(session)
        return answer

    async def _read(self, name: str) -> web.Response:
        return web.json_response(await self._code(name))

    async def _logout(self, request: web.Request) -> web.Response:
        name = self._name(request)
        session = self._pool.sessions.get(name)
        if session is None or self._live(name) == "close":
            return _error(400, "Bad Request", f'The "{name}" instance is not connected')
        self._pool.whatsapp.remove(keys.identity_of(session.creds))
        self._pool.log_out(session, 401)
        self._row_of(name).reason = _reason("Log out instance: " + name)
        done = {"message": "Instance logged out"}
        return web.json_response({"status": "SUCCESS", "error": False, "response": done})

    async def _send(self, request: web.Request) -> web.Response:
        name, body = self._name(request), await body_of(request)
        phase = self._pool.phase(name)
        if not body.get("number") or not body.get("text"):
            return _error(400, "Bad Request", 'requires property "text"')
        if phase is not Phase.OPEN:
            return _error(500, "Internal Server Error", "Error: Connection Closed")
        sent = secrets.token_hex(9).upper()
        # The answer comes before WhatsApp's own, and says nothing of it.
        self._behind.traffic.sent(name, sent, 463 if self._behind.refuses(name) else None)
        key = {"remoteJid": "…@s.whatsapp.net", "fromMe": True, "id": sent}
        return web.json_response({"key": key, "status": "PENDING"}, status=201)

    def _name(self, request: web.Request) -> str:
        name = request.match_info["instance"]
        if name in self._behind.companies:
            return name
        refusal = _error(404, "Not Found", f'The "{name}" instance does not exist')
        raise Refused(refusal)


def _reason(message: str, data: object = None) -> str:
    """A reason as its rows hold it: JSON within a string."""
    return json.dumps({"error": {"data": data, "output": {"payload": {"message": message}}}})


_REASONS = {
    401: _reason("Stream Errored (conflict)", {"tag": "conflict", "type": "device_removed"}),
    403: _reason("Connection Failure"),
}


def _error(status: int, error: str, message: str) -> web.Response:
    body = {"status": status, "error": error, "response": {"message": [message]}}
    return web.json_response(body, status=status)
