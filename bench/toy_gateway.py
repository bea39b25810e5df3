"""A gateway that answers by the `ai_admin` contract at once, for any number of sessions."""

import asyncio
import json
import time
from collections.abc import Iterable

from aiohttp import web


class ToyGateway:
    """Sessions are connected unless they are in `gone`. `looks` counts the lists served.

    With `listed=False` the list is empty, so that every session has to be asked for by itself.
    Those in `showing` show a code, another one every 20 s. `seen_gone_at` holds when each session
    was first told to be gone, by `time.monotonic`.
    """

    def __init__(self, companies: Iterable[str], *, listed: bool = True) -> None:
        self.companies = list(companies)
        self.gone: set[str] = set()
        self.showing: set[str] = set()
        self.looks = 0
        self.singles = 0
        self.seen_gone_at: dict[str, float] = {}
        self.url = ""
        self._listed = listed
        self._body: tuple[frozenset[str], bytes] | None = None
        self._began = time.monotonic()
        self._looked = asyncio.Condition()
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen; `url` is known afterwards."""
        app = web.Application()
        base = "/webhook/whatsapp/baileys"
        app.router.add_get(f"{base}/sessions", self._list)
        app.router.add_get(base + "/status/{company}", self._status)
        app.router.add_get(base + "/qr/{company}", self._code)
        app.router.add_get("/api/whatsapp/sessions/{company}/health", self._health)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def looked(self, times: int, within_s: float = 60) -> None:
        """Wait until the list was served so many times more: the program runs and has seen it."""
        goal = self.looks + times
        async with asyncio.timeout(within_s), self._looked:
            await self._looked.wait_for(lambda: self.looks >= goal)

    async def _list(self, _request: web.Request) -> web.Response:
        self.looks += 1
        if self._listed:
            self._note(self.gone)
        async with self._looked:
            self._looked.notify_all()
        return web.Response(body=self._bytes(), content_type="application/json")

    def _bytes(self) -> bytes:
        """The list, written anew only when it has changed: its cost is not the bot's."""
        changed = frozenset(self.gone | self.showing)
        if self._body is None or self._body[0] != changed:
            sessions = [
                {
                    "companyId": company,
                    **self._state(company),
                    "reconnectAttempts": 0,
                    "health": "healthy",
                    "uptime": 60,
                }
                for company in (self.companies if self._listed else ())
                if company not in self.gone
            ]
            body = {"success": True, "count": len(sessions), "sessions": sessions}
            self._body = changed, json.dumps(body).encode()
        return self._body[1]

    async def _status(self, request: web.Request) -> web.Response:
        company = request.match_info["company"]
        self.singles += 1
        if company in self.gone:
            self._note([company])
        body = {"success": True, "companyId": company, "status": self._state(company)}
        return web.json_response(body)

    def _state(self, company: str) -> dict[str, object]:
        if company in self.gone:
            return {"connected": False, "status": "not_initialized"}
        if company in self.showing:
            return {"connected": False, "status": "disconnected"}
        return {"connected": True, "status": "connected"}

    async def _code(self, request: web.Request) -> web.Response:
        company = request.match_info["company"]
        turn = (time.monotonic() - self._began) // 20
        code = f"2@{company}-{turn:.0f},fake,fake,fake" if company in self.showing else None
        return web.json_response({"success": True, "companyId": company, "qr": code})

    async def _health(self, request: web.Request) -> web.Response:
        company = request.match_info["company"]
        if company in self.gone:
            body = {"success": False, "healthy": False, "reason": "Session not found"}
            return web.json_response(body, status=503)
        body = {
            "success": True,
            "healthy": True,
            "companyId": company,
            "phoneNumber": f"7900{company:0>7}",
        }
        return web.json_response(body)

    def _note(self, gone: Iterable[str]) -> None:
        now = time.monotonic()
        for company in gone:
            self.seen_gone_at.setdefault(company, now)
