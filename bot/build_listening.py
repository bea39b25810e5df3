"""Makes what tells of the program itself: pulse, figures, heartbeat, and the server for them."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.app import Clock
from bot.domain.company import GatewayName
from bot.listening.pages import Pages
from bot.listening.server import Server
from bot.settings import Settings
from bot.vitals.examination import Examination
from bot.vitals.heartbeat import Heartbeat
from bot.vitals.metrics import Metrics
from bot.vitals.pulse import Pulse
from bot.vitals.reports import Reports
from storage.database import Database


@dataclass(frozen=True, kw_only=True)
class Vitals:
    """Where the parts report to, and who makes sense of it."""

    metrics: Metrics
    reports: Reports
    examination: Examination
    heartbeat: Heartbeat | None


def build_vitals(
    settings: Settings, database: Database, names: Collection[GatewayName], clock: Clock
) -> Vitals:
    """`names` are the gateways there are: a view that changes with them."""
    pulse, metrics = Pulse(clock()), Metrics()
    url = settings.heartbeat_url
    heartbeat = None if url is None else Heartbeat(url.get_secret_value(), metrics)
    return Vitals(
        metrics=metrics,
        reports=Reports(
            pulse,
            metrics,
            names,
            clock,
            on_round=(lambda: None) if heartbeat is None else heartbeat.beat,
        ),
        examination=Examination(
            database,
            pulse,
            metrics,
            names,
            check_interval=settings.check_interval,
            clock=clock,
        ),
        heartbeat=heartbeat,
    )


def build_server(settings: Settings, vitals: Vitals) -> Server | None:
    """None where LISTEN is empty."""
    if settings.listen is None:
        return None
    return Server(*settings.listen, Pages(vitals.examination).routes())
