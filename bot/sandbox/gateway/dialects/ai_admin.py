"""`ai_admin`: its HTTP contract word for word as recorded, quirks included."""

import asyncio
import base64
import html
import json
import re
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from aiohttp import web

from bot.qr import png_of
from bot.sandbox.gateway import creds as keys
from bot.sandbox.gateway.codes import NoCode
from bot.sandbox.gateway.dialects.base import Backstage, Push, body_of
from bot.sandbox.gateway.happening import Happening
from bot.sandbox.gateway.session import Phase, Session
from bot.sandbox.gateway.traffic import Passing

_HOOK = "/webhook/whatsapp/baileys"
_API = "/api/whatsapp"
_SENDS_PER_MINUTE = 30
_NO_SESSION = {"success": False, "healthy": False, "reason": "Session not found"}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class AiAdminDialect:
    """Answers the gateway's routes from a pool. It wants no key and pushes nothing."""

    resumes = False
    forgets_removed = False

    def __init__(self, behind: Backstage) -> None:
        self._behind = behind
        self._pool = behind.pool
        self._codes = behind.codes
        self._sent_at: list[float] = []
        self._sent = 0
        self._failed = 0

    def routes(self) -> list[web.RouteDef]:
        """All routes of the contract, with those that always answer 500."""
        session = f"{_API}/sessions/{{company}}"
        return [
            web.get(f"{_HOOK}/sessions", self._sessions),
            web.get(f"{_HOOK}/status/{{company}}", self._status),
            web.get(f"{_HOOK}/qr/{{company}}", self._qr),
            web.post(f"{_HOOK}/init/{{company}}", self._init),
            web.post(f"{_HOOK}/send", self._send),
            web.post(f"{_HOOK}/disconnect/{{company}}", _never("disconnectSession")),
            web.post(f"{_HOOK}/reconnect/{{company}}", _never("reconnectSession")),
            web.delete(f"{_HOOK}/session/{{company}}", _never("deleteSession")),
            web.post(f"{session}/initialize", self._initialize),
            web.delete(session, self._close),
            web.post(f"{session}/reconnect", self._reconnect),
            web.get(f"{session}/health", self._health),
            web.post(f"{session}/pairing-code", self._pairing_code),
            web.get(f"{_API}/metrics", self._metrics),
        ]

    def refusal(self, request: web.Request) -> web.Response | None:
        """None: its routes are open to whoever reaches them."""
        del request
        return None

    def no_such_route(self, request: web.Request) -> web.Response:
        """Express' page for a route it does not have."""
        what = html.escape(f"Cannot {request.method} {request.path}")
        page = (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f"<title>Error</title>\n</head>\n<body>\n<pre>{what}</pre>\n</body>\n</html>\n"
        )
        return web.Response(text=page, status=404, content_type="text/html")

    def push(self, happening: Happening, key: str | None) -> Push | None:
        """None: it has no pushes."""
        del happening, key
        return None

    def push_passing(self, passing: Passing, key: str | None) -> Push | None:
        """None: it has no pushes."""
        del passing, key
        return None

    async def _sessions(self, _request: web.Request) -> web.Response:
        sessions = [
            {"companyId": session.id, **_inner(session)} for session in self._pool.sessions.values()
        ]
        return _json({"success": True, "count": len(sessions), "sessions": sessions})

    async def _status(self, request: web.Request) -> web.Response:
        company = _company(request)
        session = self._pool.sessions.get(company)
        if session is not None:
            status = _inner(session)
        elif company in self._pool.errors:
            error = self._pool.errors[company]
            status = {"connected": False, "status": "error", "error": error}
        else:
            status = {"connected": False, "status": "not_initialized"}
        return _json({"success": True, "companyId": company, "status": status})

    async def _qr(self, request: web.Request) -> web.Response:
        company = _company(request)
        code = self._pool.shown.get(company)
        return _json({"success": True, "companyId": company, "qr": code})

    async def _init(self, request: web.Request) -> web.Response:
        company = _company(request)
        session = self._pool.sessions.get(company)
        if session is not None:
            # The quirk that costs a link: an existing session is logged out and its files deleted.
            self._pool.whatsapp.remove(keys.identity_of(session.creds))
            self._pool.drop(company)
            session.directory.wipe()
        try:
            self._pool.begin(company)
        except OSError as error:
            self._pool.errors[company] = str(error)
            return _json({"success": False, "error": str(error)}, 500)
        message = f"Session initialization started for company {company}"
        return _json({"success": True, "message": message})

    async def _initialize(self, request: web.Request) -> web.Response:
        company = _company(request)
        self._pool.drop(company)
        self._pool.directory(company).wipe()
        try:
            session = self._pool.begin(company)
            wait_s = self._pool.pace.initialize_wait_s
            await self._pool.until(lambda: self._has_begun(session), wait_s)
        except TimeoutError:
            return _json({"success": False, "error": "Timed out waiting for QR code"}, 500)
        except OSError as error:
            self._pool.errors[company] = str(error)
            return _json({"success": False, "error": str(error)}, 500)
        code = session.code or ""
        png = base64.b64encode(await asyncio.to_thread(png_of, code)).decode()
        return _json(
            {
                "success": True,
                "companyId": company,
                "qr": code,
                "qrDataUrl": f"data:image/png;base64,{png}",
                "qrTerminal": "",
                "message": "Scan the QR code with WhatsApp",
            }
        )

    def _has_begun(self, session: Session) -> bool:
        """Whether it shows its code, or somebody else has ended it meanwhile."""
        return session.code is not None or self._pool.sessions.get(session.id) is not session

    async def _close(self, request: web.Request) -> web.Response:
        company = _company(request)
        self._pool.drop(company)
        return _json({"success": True, "companyId": company, "message": "Session closed"})

    async def _reconnect(self, request: web.Request) -> web.Response:
        company = _company(request)
        session = self._pool.sessions.get(company)
        if session is None:
            return _json({"success": False, "error": "Session not found"}, 500)
        self._pool.reconnect(session)
        return _json({"success": True, "companyId": company, "message": "Reconnection initiated"})

    async def _health(self, request: web.Request) -> web.Response:
        company = _company(request)
        session = self._pool.sessions.get(company)
        if session is None:
            return _json(_NO_SESSION, 503)
        if not session.connected:
            return _json({**_NO_SESSION, "reason": "Session not connected"}, 503)
        return _json(
            {"success": True, "healthy": True, "companyId": company, "phoneNumber": session.phone}
        )

    async def _pairing_code(self, request: web.Request) -> web.Response:
        company = _company(request)
        phone = (await body_of(request)).get("phoneNumber")
        if not isinstance(phone, str) or not phone.isdecimal():
            return _json({"success": False, "error": "phoneNumber is required"}, 400)
        try:
            code = await self._codes.issue(company, phone)
        except NoCode as refusal:
            return _json({"success": False, "error": refusal.error}, refusal.status)
        how = ["Open WhatsApp", "Linked devices", "Link with phone number", "Enter the code"]
        return _json(
            {
                "success": True,
                "code": code,
                "companyId": company,
                "expiresIn": 60,
                "instructions": how,
            }
        )

    async def _send(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        missing = [it for it in ("companyId", "phone", "message") if not body.get(it)]
        if missing:
            return _json({"success": False, "errors": [f"{it} is required" for it in missing]}, 400)
        now = asyncio.get_running_loop().time()
        self._sent_at = [at for at in self._sent_at if now - at < 60]
        if len(self._sent_at) >= _SENDS_PER_MINUTE:
            return _json({"success": False, "error": "Too many requests"}, 429)
        self._sent_at.append(now)
        return self._sent_to(str(body["companyId"]))

    def _sent_to(self, company: str) -> web.Response:
        session = self._pool.sessions.get(company)
        self._failed += 1
        if session is None or not session.connected:
            error = f"No active session for company {company}"
            return _json({"success": False, "error": error}, 503)
        if session.phase is Phase.ZOMBIE:
            return _json({"success": False, "error": "Connection Closed"}, 500)
        self._failed -= 1
        self._sent += 1
        key = {"id": f"3EB0{secrets.token_hex(9).upper()}"}
        if self._behind.refuses(company):  # its library says so in the log, and to nobody else
            attrs = {"class": "message", "id": key["id"], "error": "463"}
            self._pool.log.say(company, "received error in ack", 40, attrs=attrs)
        return _json({"success": True, "result": {"key": key}})

    async def _metrics(self, _request: web.Request) -> web.Response:
        sessions = self._pool.sessions.values()
        connected = sum(session.connected for session in sessions)
        stamp = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return _json(
            {
                "success": True,
                "metrics": {
                    "messagesSent": self._sent,
                    "messagesReceived": 0,
                    "reconnects": 0,
                    "failures": self._failed,
                },
                "sessions": {
                    "total": len(sessions),
                    "connected": connected,
                    "disconnected": len(sessions) - connected,
                },
                "timestamp": stamp,
            }
        )


def _inner(session: Session) -> dict[str, object]:
    """What the gateway says of a session. It believes in a dead socket."""
    return {
        "connected": session.connected,
        "status": "connected" if session.connected else "disconnected",
        "reconnectAttempts": session.attempts,
        "health": "healthy" if session.connected else "unhealthy",
        "uptime": int(asyncio.get_running_loop().time() - session.began_at),
    }


def _company(request: web.Request) -> str:
    """The company in the path, with all that the gateway strips taken off."""
    company = re.sub(r"[^A-Za-z0-9_-]", "", request.match_info["company"])[:50]
    if not company:
        refusal = json.dumps({"success": False, "error": "Invalid company ID"})
        raise web.HTTPBadRequest(text=refusal, content_type="application/json")
    return company


def _json(body: dict[str, object], status: int = 200) -> web.Response:
    return web.json_response(body, status=status)


def _never(method: str) -> Handler:
    """A route that calls a method the pool does not have."""

    async def answer(_request: web.Request) -> web.Response:
        return _json({"success": False, "error": f"sessionPool.{method} is not a function"}, 500)

    return answer
