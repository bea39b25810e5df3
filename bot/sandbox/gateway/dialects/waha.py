"""`waha`: WAHA of 2026, a session for each company, pushes signed with HMAC-SHA512."""

import asyncio
import secrets

from aiohttp import web

from bot.sandbox.gateway import creds as keys
from bot.sandbox.gateway.codes import NoCode
from bot.sandbox.gateway.dialects.base import Backstage, Push, Refused, body_of
from bot.sandbox.gateway.dialects.pushes import waha_passing, waha_push
from bot.sandbox.gateway.happening import Happening
from bot.sandbox.gateway.limits import Limit, timelock, told_of
from bot.sandbox.gateway.session import Phase
from bot.sandbox.gateway.traffic import Passing

_STATUSES = {
    Phase.OPEN: "WORKING",
    Phase.ZOMBIE: "WORKING",
    Phase.CONNECTING: "STARTING",
    Phase.PAIRING: "SCAN_QR_CODE",
    Phase.SHOWING: "SCAN_QR_CODE",
}
_COMING_BACK = frozenset({428, 440, 503, 515})
_GAVE_UP = 5  # attempts
_PAGE_CLOSED = "Session closed. Most likely the page has been closed."
_QR_WAIT_S = 5.0


class WahaDialect:
    """A session for each company. One that failed still counts as running.

    A stop takes its time, and so does whatever begins with one.
    """

    resumes = True
    forgets_removed = False

    def __init__(self, behind: Backstage) -> None:
        self._behind = behind
        self._pool = behind.pool
        self._stopped: set[str] = set()
        # By the last push: signed with what, the status, and what the account is kept from.
        self._told: dict[str, tuple[str | None, str, Limit | None]] = {}

    def routes(self) -> list[web.RouteDef]:
        """The routes an adapter may use."""
        session = "/api/sessions/{session}"
        return [
            web.get("/api/server/version", self._version),
            web.get("/api/sessions", self._list),
            web.post("/api/sessions", self._create),
            web.get(session, self._get),
            web.get(f"{session}/timelock", self._timelock),
            web.get(f"{session}/capping", self._capping),
            web.post(f"{session}/start", self._start),
            web.post(f"{session}/stop", self._stop),
            web.post(f"{session}/restart", self._restart),
            web.post(f"{session}/logout", self._logout),
            web.get("/api/{session}/auth/qr", self._qr),
            web.post("/api/{session}/auth/request-code", self._request_code),
            web.post("/api/sendText", self._send),
        ]

    def refusal(self, request: web.Request) -> web.Response | None:
        """401 without the key."""
        if self._behind.admits(request.headers.get("X-Api-Key")):
            return None
        return _error(401, "Unauthorized")

    def no_such_route(self, request: web.Request) -> web.Response:
        """Its own 404."""
        return _error(404, f"Cannot {request.method} {request.path}")

    def push(self, happening: Happening, key: str | None) -> Push | None:
        """`session.status`, of each other status and of each new code."""
        name = happening.company
        status = self._word(name, happening.phase, happening.closed_with)
        told = (key, status, self._behind.limit(name))
        if happening.phase is not Phase.SHOWING and self._told.get(name) == told:
            return None
        self._told[name] = told
        payload = {"name": name, "status": status, "statuses": []}
        me = self._shown(name)["me"]
        return waha_push(name, "session.status", happening.at, payload, key, me=me)

    def push_passing(self, passing: Passing, key: str | None) -> Push | None:
        """`message`, or `message.ack`."""
        return waha_passing(passing, key)

    async def _version(self, _request: web.Request) -> web.Response:
        return web.json_response({"version": "2026.8.1", "engine": "NOWEB", "tier": "CORE"})

    async def _list(self, request: web.Request) -> web.Response:
        shown = [self._shown(name, in_list=True) for name in self._behind.listed()]
        all_of_them = request.query.get("all") == "true"
        return web.json_response(
            [view for view in shown if all_of_them or view["status"] != "STOPPED"]
        )

    async def _create(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        name = str(body.get("name"))
        if name in self._behind.companies:
            return _error(422, f"Session '{name}' already exists. Use PUT to update it.")
        self._behind.create(name)
        if body.get("start") is True:
            self._pool.begin(name)
        return web.json_response(self._shown(name), status=201)

    async def _get(self, request: web.Request) -> web.Response:
        return web.json_response(self._shown(self._name(request)))

    async def _timelock(self, request: web.Request) -> web.Response:
        return web.json_response(timelock(self._behind.limit(self._working(request))))

    async def _capping(self, request: web.Request) -> web.Response:
        """Another engine knows it."""
        self._working(request)
        return _error(501, "Not implemented for the NOWEB engine", "Not Implemented")

    async def _start(self, request: web.Request) -> web.Response:
        name = self._name(request)
        if self._status(name) != "STOPPED":
            return _error(422, f"Session '{name}' is already started.", "Unprocessable Entity")
        self._begin(name)
        return web.json_response(self._shown(name), status=201)

    async def _stop(self, request: web.Request) -> web.Response:
        name = self._name(request)
        await self._end(name)
        return web.json_response(self._shown(name), status=201)

    async def _restart(self, request: web.Request) -> web.Response:
        name = self._name(request)
        await self._end(name)
        self._begin(name)
        return web.json_response(self._shown(name), status=201)

    async def _logout(self, request: web.Request) -> web.Response:
        name = self._name(request)
        runs = self._status(name) != "STOPPED"
        directory = self._pool.directory(name)
        creds = directory.creds()
        if creds is not None:
            self._pool.whatsapp.remove(keys.identity_of(creds))
        await self._end(name)
        directory.wipe()
        if runs:
            self._begin(name)
        return web.json_response(self._shown(name), status=201)

    async def _qr(self, request: web.Request) -> web.Response:
        name = self._running(request)
        try:
            await self._pool.until(lambda: self._status(name) != "STARTING", _QR_WAIT_S)
        except TimeoutError:
            return self._not_now(name)
        session = self._pool.sessions.get(name)
        if session is not None and session.scanned:
            return web.json_response({})
        if session is None or session.code is None:
            return self._not_now(name)
        return web.json_response({"value": session.code})

    async def _request_code(self, request: web.Request) -> web.Response:
        name, body = self._running(request), await body_of(request)
        if self._pool.phase(name) is not Phase.SHOWING:
            return self._not_now(name)
        try:
            code = await self._behind.codes.issue(name, str(body.get("phoneNumber")))
        except NoCode as refusal:
            return _error(refusal.status, refusal.error)
        return web.json_response({"code": code}, status=201)

    async def _send(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        name = str(body.get("session"))
        if not str(body.get("chatId")).endswith("@c.us") or not body.get("text"):
            return _error(400, "chatId and text are required")
        self._must_run(name)
        if self._status(name) == "WORKING" and self._pool.phase(name) is not Phase.OPEN:
            return _error(500, self._behind.excuse or _PAGE_CLOSED)
        if self._pool.phase(name) is not Phase.OPEN:
            return self._not_now(name, "WORKING")
        if self._behind.refuses(name):
            return _error(500, "2 UNKNOWN: server returned error 463")
        sent = f"3EB0{secrets.token_hex(9).upper()}"
        self._behind.traffic.sent(name, sent)
        return web.json_response({"id": f"true_…@c.us_{sent}"}, status=201)

    def _begin(self, name: str) -> None:
        self._stopped.discard(name)
        self._pool.drop(name)  # somebody else may have begun it while it was being stopped
        self._pool.begin(name)

    async def _end(self, name: str) -> None:
        """It is stopped at once, and the answer comes later."""
        self._stopped.add(name)
        self._pool.drop(name)
        await asyncio.sleep(self._pool.pace.act_s)

    def _status(self, name: str) -> str:
        return self._word(name, self._pool.phase(name), self._pool.closed_with.get(name))

    def _word(self, name: str, phase: Phase, code: int | None) -> str:
        session = self._pool.sessions.get(name)
        if phase is Phase.CLOSED:
            gave_up = session is None or session.attempts >= _GAVE_UP
            return "FAILED" if gave_up or code not in _COMING_BACK else "WORKING"
        if phase is Phase.CONNECTING and session is not None and session.scanned:
            return "SCAN_QR_CODE"
        if phase is Phase.STOPPED:
            return "FAILED" if code == 401 and name not in self._stopped else "STOPPED"
        return _STATUSES[phase]

    def _shown(self, name: str, *, in_list: bool = False) -> dict[str, object]:
        session, status = self._pool.sessions.get(name), self._status(name)
        claimed = self._behind.lies.claims(name, in_list=in_list)
        status = "WORKING" if claimed else status
        creds = session.creds if session else self._pool.directory(name).creds()
        phone = None if status == "STOPPED" or claimed else keys.account_of(creds or {})
        me: dict[str, object] | None = None
        if phone:
            told = self._behind.lies.tells_limits
            limits = told_of(self._behind.limit(name)) if told else {}
            me = {"id": f"{phone}@c.us", "pushName": "Salon", **limits}
        return {
            "name": name,
            "status": status,
            "config": {},
            "me": me,
            "presence": None,
            "timestamps": {"activity": None},
        }

    def _not_now(self, name: str, expected: str = "SCAN_QR_CODE") -> web.Response:
        body = {
            "error": "Session status is not as expected.",
            "session": name,
            "status": self._status(name),
            "expected": [expected],
        }
        return web.json_response(body, status=422)

    def _name(self, request: web.Request) -> str:
        name = request.match_info["session"]
        if name in self._behind.companies:
            return name
        raise Refused(_error(404, "Session not found", "Not Found"))

    def _working(self, request: web.Request) -> str:
        name = self._running(request)
        if self._pool.phase(name) is not Phase.OPEN:
            raise Refused(self._not_now(name, "WORKING"))
        return name

    def _running(self, request: web.Request) -> str:
        name = self._name(request)
        self._must_run(name)
        return name

    def _must_run(self, name: str) -> None:
        """What is stopped is refused in the words of what is not there."""
        if name not in self._behind.companies or self._status(name) == "STOPPED":
            error = f'We didn\'t find a session with name "{name}".'
            raise Refused(_error(404, f"{error} Please start it at first.", "Not Found"))


def _error(status: int, message: str, error: str = "") -> web.Response:
    body = {"statusCode": status, "message": message} | ({"error": error} if error else {})
    return web.json_response(body, status=status)
