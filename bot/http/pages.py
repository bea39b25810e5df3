"""What supervisors and collectors ask for: /healthz, /readyz, /metrics."""

from aiohttp import web

from bot.health.health_checks import HealthChecks, ProgramHealth
from bot.health.liveness import Activity
from bot.health.metrics import CONTENT_TYPE


class Pages:
    """Three pages of plain facts."""

    def __init__(self, examination: HealthChecks) -> None:
        self._examination = examination

    def routes(self) -> list[web.RouteDef]:
        """Where they are."""
        return [
            web.get("/healthz", self._healthz),
            web.get("/readyz", self._readyz),
            web.get("/metrics", self._metrics),
        ]

    async def _healthz(self, _request: web.Request) -> web.Response:
        health = await self._examination.health()
        return web.json_response(_facts(health), status=200 if health.well else 503)

    async def _readyz(self, _request: web.Request) -> web.Response:
        health = await self._examination.health()
        facts = {"ok": health.ready, "looked": health.looked, "database": health.database.well}
        return web.json_response(facts, status=200 if health.ready else 503)

    async def _metrics(self, _request: web.Request) -> web.Response:
        page = await self._examination.page()
        return web.Response(body=page, headers={"Content-Type": CONTENT_TYPE})


def _facts(health: ProgramHealth) -> dict[str, object]:
    return {
        "ok": health.well,
        "tick": _fact(health.tick),
        "database": _fact(health.database),
        "telegram": _fact(health.telegram),
    }


def _fact(sign: Activity) -> dict[str, object]:
    age = {} if sign.age_s is None else {"seconds_ago": round(sign.age_s, 1)}
    why = {} if sign.why is None else {"why": sign.why}
    return {"ok": sign.well, **age, **why}
