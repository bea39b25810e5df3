"""Takes what gateways push: POST /hooks/<gateway>/<HOOK_SECRET>.

In: raw requests. Out: events that were proven to be the gateway's, each once. Nothing that comes in
here changes a state: an event is a reason to look.
"""

import hmac
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from aiohttp import web

from bot.domain.company import GatewayName
from bot.domain.gateway_view import RefusedPush
from bot.gateways.base import GatewayAdapter, PushForged, PushRefused, Unsupported
from bot.gateways.events import GatewayEvent, PushNews
from bot.http.body import read_body
from bot.http.guard import Bucket, SeenKeys

_PER_S, _BURST = 50.0, 500  # for each gateway: a storm of a thousand sessions is polled instead
_PASSING = (PushNews.MESSAGE, PushNews.RECEIPT)  # through a session: nothing is looked at for them
_PASSING_PER_S, _PASSING_BURST = 300.0, 3_000  # so many take no room from changes of state
_REPLAYED_WITHIN, _REMEMBERED = timedelta(minutes=15), 20_000

log = structlog.get_logger()


class Hooks:
    """The doors for gateways. `adapters` are those there are now.

    Who does not know the secret gets the same bare 404 as for a door that is not there, in a time
    that does not depend on how much of it was right. `on_push` is given proven events;
    `on_outcome` what became of each request that knew the secret. In `refused` stands whose pushes
    are not taken, until one is.
    """

    def __init__(
        self,
        secret: str,
        adapters: Mapping[GatewayName, GatewayAdapter],
        *,
        on_push: Callable[[GatewayName, Sequence[GatewayEvent]], object],
        on_outcome: Callable[[GatewayName, str], None],
        clock: Callable[[], datetime],
        refused: dict[GatewayName, RefusedPush] | None = None,
    ) -> None:
        self._secret = secret.encode()
        self._adapters = adapters
        self._on_push = on_push
        self._on_outcome = on_outcome
        self._clock = clock
        self._buckets: dict[GatewayName, Bucket] = {}
        self._passing: dict[GatewayName, Bucket] = {}
        self._seen = SeenKeys(_REPLAYED_WITHIN, _REMEMBERED)
        self._trouble: dict[GatewayName, str] = {}
        self._refused = {} if refused is None else refused

    def routes(self) -> list[web.RouteDef]:
        """Evolution can add the event's name to the path: it means nothing here."""
        path = "/hooks/{gateway}/{secret}"
        return [web.post(path, self._take), web.post(path + "/{event}", self._take)]

    async def _take(self, request: web.Request) -> web.Response:
        secret = request.match_info["secret"].encode(errors="replace")
        knows = hmac.compare_digest(secret, self._secret)
        gateway = self._gateway(request.match_info["gateway"])
        if not knows or gateway is None:
            return web.Response(status=404)
        if not self._bucket(gateway).lets_through(self._clock()):
            self._on_outcome(gateway, "limited")
            return web.Response(status=429)
        body = await self._body(gateway, request)
        headers = {name.lower(): value for name, value in request.headers.items()}
        return web.Response(status=self._read(gateway, headers, body))

    async def _body(self, gateway: GatewayName, request: web.Request) -> bytes:
        """The body, or the HTTPException that says why there is none; which is an outcome too."""
        try:
            return await read_body(request)
        except web.HTTPException as refusal:
            self._refuse(gateway, "unreadable", refusal.status)
            raise

    def _read(self, gateway: GatewayName, headers: Mapping[str, str], body: bytes) -> int:
        """The status to answer with. What is refused is logged when it begins, not each time."""
        try:
            events = self._adapters[gateway].read_push(headers, body)
        except PushForged:
            return self._refuse(gateway, "forged", 401)
        except (PushRefused, Unsupported):
            return self._refuse(gateway, "refused", 400)
        except Exception as error:  # noqa: BLE001 - a loop's edge: who pushes nonsense is told so
            return self._refuse(gateway, f"refused ({type(error).__name__})", 400)
        self._trouble.pop(gateway, None)
        self._refused.pop(gateway, None)
        if events and all(event.what in _PASSING for event in events):
            self._make_room(gateway)
        new = [event for event in events if not self._replayed(gateway, event)]
        if new:
            self._on_push(gateway, new)
        self._on_outcome(gateway, "taken" if new else "replayed" if events else "idle")
        return 200

    def _refuse(self, gateway: GatewayName, outcome: str, status: int) -> int:
        self._on_outcome(gateway, outcome.partition(" ")[0])
        if self._trouble.get(gateway) != outcome:
            log.warning("push_refused", gateway=gateway, reason=outcome)
        self._trouble[gateway] = outcome
        self._refused[gateway] = RefusedPush(at=self._clock(), forged=outcome == "forged")
        return status

    def _gateway(self, name: str) -> GatewayName | None:
        """The gateway of this name; where there is just one, of this kind."""
        gateway = GatewayName(name)
        if gateway in self._adapters:
            return gateway
        if len(self._adapters) == 1:
            ((only, adapter),) = self._adapters.items()
            return only if adapter.kind == name else None
        return None

    def _bucket(self, gateway: GatewayName) -> Bucket:
        if gateway not in self._buckets:
            self._buckets[gateway] = Bucket(_PER_S, _BURST, self._clock())
        return self._buckets[gateway]

    def _make_room(self, gateway: GatewayName) -> None:
        """What passes through sessions takes no place from what concerns them, up to a limit."""
        now = self._clock()
        bucket = self._passing.setdefault(gateway, Bucket(_PASSING_PER_S, _PASSING_BURST, now))
        if bucket.lets_through(now):
            self._bucket(gateway).give_back()

    def _replayed(self, gateway: GatewayName, event: GatewayEvent) -> bool:
        """Whether this very event was there before; what bears no mark of its own never was."""
        if event.what in _PASSING:
            return False  # there are too many to remember, and one more does no harm
        if event.event_id is None and event.at is None:
            return False
        mark = event.event_id or f"{event.at} {event.key} {event.what} {event.state} {event.cause}"
        return self._seen.before(f"{gateway} {mark}", self._clock())
