"""Makes what tells of the program itself: pulse, figures, heartbeat, and the server for them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.finished_look import Looked
from bot.domain.freshness import LastLooks
from bot.health.health_checks import HealthChecks
from bot.health.heartbeat import Heartbeat
from bot.health.liveness import Liveness
from bot.health.metrics import Metrics
from bot.health.reports import HealthReports
from bot.http.hooks import Hooks
from bot.http.pages import Pages
from bot.http.server import Server
from bot.http.telegram_door import TelegramDoor
from bot.monitor.push_sorter import PushSorter
from bot.runtime.app import Clock
from bot.settings import secret_of
from bot.wiring.basics import Basics
from handlers.telegram.polling import Polling
from handlers.telegram.webhook import Webhook


@dataclass(frozen=True, kw_only=True)
class HealthParts:
    """Where the parts report to, and who makes sense of it."""

    metrics: Metrics
    reports: HealthReports
    health_checks: HealthChecks
    heartbeat: Heartbeat | None
    last_looks: LastLooks

    def on_looked(self, look: Looked) -> None:
        """A look has ended: what may be claimed hangs on it, and how the program is."""
        self.last_looks.looked(look)
        self.reports.looked(look)


def build_health(basics: Basics) -> HealthParts:
    """It tells of the gateways that this replica looks after.

    Liveness goes by a clock that nobody sets: a jump makes nothing late.
    """
    settings, steady = basics.settings, _steady(basics)
    liveness, metrics = Liveness(basics.clock()), Metrics()
    url = settings.heartbeat_url
    heartbeat = None if url is None else Heartbeat(url.get_secret_value(), metrics)
    reports = HealthReports(
        liveness,
        metrics,
        basics.ours,
        steady,
        on_round=_nothing if heartbeat is None else heartbeat.beat,
    )
    health_checks = HealthChecks(
        basics.database,
        liveness,
        metrics,
        basics.ours,
        check_interval=settings.check_interval,
        clock=basics.clock,
        steady=steady,
        holds_chat_role=basics.holds_chat_role,
    )
    return HealthParts(
        metrics=metrics,
        reports=reports,
        health_checks=health_checks,
        heartbeat=heartbeat,
        last_looks=basics.last_looks,
    )


def _steady(basics: Basics) -> Clock:
    """A clock that begins with ours, and is never set."""
    started_at, started_s = basics.clock(), basics.steady_s()

    def steady() -> datetime:
        return started_at + timedelta(seconds=basics.steady_s() - started_s)

    return steady


def _nothing() -> None:
    """Where no heartbeat is wanted."""


def build_server(
    basics: Basics, health: HealthParts, pushed: PushSorter, updates: Polling | Webhook
) -> Server | None:
    """None where LISTEN is empty. There is a door for each who was given a secret."""
    settings, registry = basics.settings, basics.registry
    if settings.listen is None:
        return None
    routes = Pages(health.health_checks).routes()
    secret = secret_of(settings.hook_secret)
    if secret is not None:
        hooks = Hooks(
            secret,
            registry.adapters,
            on_push=pushed.take,
            on_outcome=health.metrics.pushed,
            clock=basics.clock,
            refused=registry.refused_pushes,
        )
        routes += hooks.routes()
    if isinstance(updates, Webhook):
        routes += TelegramDoor(updates.url, updates.secret, updates.take).routes()
    return Server(*settings.listen, routes)
