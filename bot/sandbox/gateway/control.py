"""The control panel's API: what the world outside looks like, and making things happen in it.

Pages of other origins may use it: the sandbox's chat page has its own.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from bot.sandbox.gateway.acts import Acts, NotNow
from bot.sandbox.gateway.company import GatewayCompany
from bot.sandbox.gateway.pool import Pool

Perform = Callable[[str | None, str, str | None], Awaitable[None]]


class Control:
    """Answers `/sandbox/…`. `perform` takes a company (None: the gateway), an act and a code."""

    def __init__(
        self,
        pool: Pool,
        acts: Acts,
        companies: Mapping[str, GatewayCompany],
        *,
        gateway_acts: Callable[[], list[dict[str, object]]],
        perform: Perform,
    ) -> None:
        self._pool = pool
        self._acts = acts
        self._companies = companies
        self._gateway_acts = gateway_acts
        self._perform = perform

    def routes(self) -> list[web.RouteDef]:
        """The routes of the panel."""
        return [
            web.get("/sandbox/state", self._state),
            web.post("/sandbox/act", self._act),
            web.get("/sandbox/companies/{company}/qr", self._qr),
            web.options("/sandbox/{rest:.*}", _preflight),
        ]

    async def _state(self, _request: web.Request) -> web.Response:
        files = await asyncio.to_thread(self._files)
        companies = [self._shown(company, files[company]) for company in self._companies]
        return web.json_response(
            {"gateway": {"acts": self._gateway_acts()}, "companies": companies}
        )

    async def _act(self, request: web.Request) -> web.Response:
        try:
            body = await request.json()
            company, act, code = body.get("company"), body["act"], body.get("code")
            await self._perform(company, act, code)
        except NotNow as refusal:
            return web.json_response({"ok": False, "error": str(refusal)}, status=409)
        except (ValueError, LookupError, AttributeError, TypeError):
            return web.json_response({"ok": False, "error": "no such company or act"}, status=404)
        return web.json_response({"ok": True})

    async def _qr(self, request: web.Request) -> web.Response:
        session = self._pool.sessions.get(request.match_info["company"])
        return web.json_response({"qr": session.code if session else None})

    def _files(self) -> dict[str, int]:
        return {company: self._pool.directory(company).count() for company in self._companies}

    def _shown(self, company: str, files: int) -> dict[str, object]:
        session = self._pool.sessions.get(company)
        raw = "not_initialized" if session is None else "disconnected"
        return {
            "id": company,
            "name": self._companies[company].name,
            "state": self._pool.phase(company).value,
            "raw": "connected" if session is not None and session.connected else raw,
            "phone": session.phone if session else None,
            "files": files,
            "qr_alive": session is not None and session.code is not None,
            "acts": [act.shown() for act in self._acts.possible(company)],
        }


def open_to_all(response: web.StreamResponse) -> None:
    """Let pages of any origin read this answer."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Headers"] = "Content-Type"
    response.headers["Access-Control-Allow-Methods"] = "GET, POST, OPTIONS"


async def _preflight(_request: web.Request) -> web.Response:
    return web.Response(status=204)
