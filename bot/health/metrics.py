"""The figures that Prometheus collects: the only file that knows its library.

Counters grow as the parts report; what the database knows better is read when it is asked for.
No figure names a company, a person or a number.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bot.domain.company import GatewayName
from bot.domain.finished_look import Looked
from bot.domain.incident import Incident
from bot.domain.session import State
from bot.domain.trouble import Trouble
from bot.domain.urgency import LineState, Urgency
from storage.sessions.stats import Stats

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
UNSEEN = "unseen"  # a company that was never looked at

_LOOK_S = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_DETECT_S = (1, 2, 5, 15, 30, 60, 120, 300, 900, 3600)
_LINE_TOTALS = {
    "sent": "Calls to Telegram that were made",
    "refused": "Calls that Telegram refused as too many",
    "superseded": "Edits whose place a newer one has taken",
}


class Metrics:
    """Everything that is counted, in a registry of its own."""

    def __init__(self) -> None:
        registry = CollectorRegistry()
        self._registry = registry
        by_look, by_gateway = ("gateway", "look"), ("gateway",)
        self._sessions = Gauge(
            "repair_bot_sessions", "Sessions by their state", ("gateway", "state"),
            registry=registry,
        )  # fmt: skip
        self._gateway_up = Gauge(
            "repair_bot_gateway_up", "1 when the last look at the gateway was answered",
            by_gateway, registry=registry,
        )  # fmt: skip
        self._tick_age = Gauge(
            "repair_bot_tick_age_seconds", "Since every company of the gateway was looked at",
            by_gateway, registry=registry,
        )  # fmt: skip
        self._left_out = Gauge(
            "repair_bot_companies_left_out",
            "Sessions found by auto that nobody watches: more than MAX_COMPANIES", by_gateway,
            registry=registry,
        )  # fmt: skip
        self._looks = Histogram(
            "repair_bot_look_seconds", "How long looks took", by_look, buckets=_LOOK_S,
            registry=registry,
        )  # fmt: skip
        self._failed = Counter(
            "repair_bot_looks_failed", "Looks that broke off", by_look, registry=registry
        )
        self._late = Counter(
            "repair_bot_looks_late", "Looks left out because the one before was still going on",
            by_look, registry=registry,
        )  # fmt: skip
        self._incidents = Gauge(
            "repair_bot_incidents_open", "Open incidents", ("trouble",), registry=registry
        )
        self._detection = Histogram(
            "repair_bot_detection_seconds", "From the first sign of a trouble to its incident",
            ("trouble",), buckets=_DETECT_S, registry=registry,
        )  # fmt: skip
        self._telling = Histogram(
            "repair_bot_telling_seconds", "From an incident to its message in the chat",
            ("trouble",), buckets=_DETECT_S, registry=registry,
        )  # fmt: skip
        self._sends = Counter(
            "repair_bot_sends", "Messages to chats, by what became of them", ("letter", "outcome"),
            registry=registry,
        )  # fmt: skip
        self._waiting = Gauge(
            "repair_bot_outbox_waiting", "Notices that are still to be told", registry=registry
        )
        self._oldest = Gauge(
            "repair_bot_outbox_oldest_seconds", "How long the oldest of them has waited",
            registry=registry,
        )  # fmt: skip
        self._telegram_age = Gauge(
            "repair_bot_telegram_age_seconds", "Since Telegram was last reached", registry=registry
        )
        self._line: Callable[[], LineState] | None = None
        self._count_others()

    def _count_others(self) -> None:
        """The figures of others: who pushes, who is called, the line to Telegram by class."""
        registry, by_class, by_gateway = self._registry, ("urgency",), ("gateway",)
        self._listed = Gauge(
            "repair_bot_sessions_listed", "Sessions in the last list of the gateway", by_gateway,
            registry=registry,
        )  # fmt: skip
        self._watched = Gauge(
            "repair_bot_sessions_watched", "Those of them that are watched", by_gateway,
            registry=registry,
        )  # fmt: skip
        self._heartbeats = Counter(
            "repair_bot_heartbeats", "Calls of HEARTBEAT_URL", ("outcome",), registry=registry
        )
        self._pushes = Counter(
            "repair_bot_pushes", "What gateways pushed, by what became of it",
            ("gateway", "outcome"), registry=registry,
        )  # fmt: skip
        self._line_waiting = Gauge(
            "repair_bot_telegram_waiting", "Calls to Telegram that wait for their turn", by_class,
            registry=registry,
        )  # fmt: skip
        self._line_oldest = Gauge(
            "repair_bot_telegram_oldest_seconds", "How long the oldest of them has waited",
            by_class, registry=registry,
        )  # fmt: skip
        self._line_totals = {
            name: Gauge(f"repair_bot_telegram_{name}_total", text, by_class, registry=registry)
            for name, text in _LINE_TOTALS.items()
        }

    def watch_line(self, state: Callable[[], LineState]) -> None:
        """The line to Telegram is looked at whenever the page is asked for."""
        self._line = state

    def looked(self, look: Looked) -> None:
        """A look has ended."""
        if look.failed:
            self._failed.labels(look.gateway, look.what).inc()
        else:
            self._looks.labels(look.gateway, look.what).observe(look.took_s)

    def late(self, gateway: GatewayName, what: str) -> None:
        """A look was due while the one before it was still going on."""
        self._late.labels(gateway, what).inc()

    def sent(self, message: str, outcome: str) -> None:
        """A message was tried."""
        self._sends.labels(message, outcome).inc()

    def told(self, incident: Incident, now: datetime) -> None:
        """A chat has been told of an incident for the first time."""
        detected_s = (incident.opened_at - incident.began_at).total_seconds()
        self._detection.labels(incident.trouble).observe(max(detected_s, 0.0))
        told_s = (now - incident.opened_at).total_seconds()
        self._telling.labels(incident.trouble).observe(max(told_s, 0.0))

    def beat(self, outcome: str) -> None:
        """The dead-man's switch was called."""
        self._heartbeats.labels(outcome).inc()

    def pushed(self, gateway: GatewayName, outcome: str) -> None:
        """A gateway has pushed."""
        self._pushes.labels(gateway, outcome).inc()

    def page(
        self,
        counted: Stats,
        tick_ages_s: Mapping[GatewayName, float],
        telegram_age_s: float,
        now: datetime,
    ) -> bytes:
        """Everything as Prometheus reads it."""
        self._count_sessions(counted, tick_ages_s)
        _fill(self._tick_age, tick_ages_s)
        _fill(self._gateway_up, {name: float(up) for name, up in counted.gateways.items()})
        _fill(self._left_out, {name: float(some) for name, some in counted.left_out.items()})
        _fill(self._listed, {name: float(some) for name, some in counted.listed.items()})
        _fill(self._watched, {name: float(some) for name, some in counted.watched.items()})
        for trouble in Trouble:
            self._incidents.labels(trouble).set(counted.incidents.get(trouble, 0))
        self._waiting.set(counted.waiting)
        oldest = counted.oldest_at
        self._oldest.set(0.0 if oldest is None else max((now - oldest).total_seconds(), 0.0))
        self._telegram_age.set(telegram_age_s)
        if self._line is not None:
            self._count_line(self._line())
        page: bytes = generate_latest(self._registry)
        return page

    def _count_line(self, line: LineState) -> None:
        for urgency in Urgency:
            label = urgency.name.lower()
            self._line_waiting.labels(label).set(line.waiting[urgency])
            self._line_oldest.labels(label).set(line.oldest_s[urgency])
            for name, gauge in self._line_totals.items():
                gauge.labels(label).set(getattr(line, name)[urgency])

    def _count_sessions(self, counted: Stats, gateways: Iterable[GatewayName]) -> None:
        """A state that nobody is in is a zero: a series that vanishes raises no alarm."""
        self._sessions.clear()
        for gateway in gateways:
            for state in (*State, UNSEEN):
                self._sessions.labels(gateway, state).set(0)
        for (gateway, state), count in counted.sessions.items():
            self._sessions.labels(gateway, state or UNSEEN).set(count)


def _fill(gauge: Gauge, values: Mapping[GatewayName, float]) -> None:
    gauge.clear()  # a gateway that was taken out of the settings takes its series along
    for gateway, value in values.items():
        gauge.labels(gateway).set(value)
