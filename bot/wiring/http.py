"""Makes what tells of the program itself: pulse, figures, heartbeat, and the server for them."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.company import GatewayName
from bot.domain.freshness import LastLooks
from bot.domain.looked import Looked
from bot.health.health_checks import HealthChecks
from bot.health.heartbeat import Heartbeat
from bot.health.liveness import Liveness
from bot.health.metrics import Metrics
from bot.health.reports import Reports
from bot.http.hooks import Hooks
from bot.http.pages import Pages
from bot.http.server import Server
from bot.http.telegram_door import TelegramDoor
from bot.monitor.pushes import PushedLooks
from bot.runtime.app import Clock
from bot.runtime.registry import GatewayRegistry
from bot.settings import Settings, secret_of
from handlers.telegram.polling import Polling
from handlers.telegram.webhook import Webhook
from storage.database import Database


@dataclass(frozen=True, kw_only=True)
class Vitals:
    """Where the parts report to, and who makes sense of it."""

    metrics: Metrics
    reports: Reports
    examination: HealthChecks
    heartbeat: Heartbeat | None
    last_looks: LastLooks

    def on_looked(self, look: Looked) -> None:
        """A look has ended: what may be claimed hangs on it, and how the program is."""
        self.last_looks.looked(look)
        self.reports.looked(look)


def build_vitals(
    settings: Settings,
    database: Database,
    names: Collection[GatewayName],
    clock: Clock,
    steady_s: Callable[[], float],
    last_looks: LastLooks,
    at_desk: Callable[[], bool],
) -> Vitals:
    """`names` are the gateways this replica watches: a view that changes with them.

    The pulse goes by a clock that nobody sets: a jump makes nothing late.
    """
    started_at = clock()

    def steady() -> datetime:
        return started_at + timedelta(seconds=steady_s() - started_s)

    started_s = steady_s()
    pulse, metrics = Liveness(started_at), Metrics()
    url = settings.heartbeat_url
    heartbeat = None if url is None else Heartbeat(url.get_secret_value(), metrics)
    return Vitals(
        metrics=metrics,
        reports=Reports(
            pulse,
            metrics,
            names,
            steady,
            on_round=(lambda: None) if heartbeat is None else heartbeat.beat,
        ),
        examination=HealthChecks(
            database,
            pulse,
            metrics,
            names,
            check_interval=settings.check_interval,
            clock=clock,
            steady=steady,
            at_desk=at_desk,
        ),
        heartbeat=heartbeat,
        last_looks=last_looks,
    )


def build_server(
    settings: Settings,
    vitals: Vitals,
    registry: GatewayRegistry,
    pushed: PushedLooks,
    updates: Polling | Webhook,
    clock: Clock,
) -> Server | None:
    """None where LISTEN is empty. There is a door for each who was given a secret."""
    if settings.listen is None:
        return None
    routes = Pages(vitals.examination).routes()
    secret = secret_of(settings.hook_secret)
    if secret is not None:
        hooks = Hooks(
            secret,
            registry.adapters,
            on_push=pushed.take,
            on_outcome=vitals.metrics.pushed,
            clock=clock,
            refused=registry.refused_pushes,
        )
        routes += hooks.routes()
    if isinstance(updates, Webhook):
        routes += TelegramDoor(updates.url, updates.secret, updates.take).routes()
    return Server(*settings.listen, routes)
