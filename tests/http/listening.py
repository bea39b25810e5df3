"""The vital parts as build makes them, for tests that report by hand."""

from datetime import timedelta

from bot.domain.company import GatewayName
from bot.domain.finished_look import TICK, Looked
from bot.health.health_checks import HealthChecks
from bot.health.liveness import Liveness
from bot.health.metrics import Metrics
from bot.health.reports import HealthReports

ONE, TWO = GatewayName("one"), GatewayName("two")


class Place:
    """Everything that tells of the program itself. It has one gateway until `names` grows."""

    def __init__(self, db, clock):
        self.db, self.clock, self.names = db, clock, {ONE: None}
        self.pulse, self.metrics = Liveness(clock()), Metrics()
        self.rounds = 0
        self.reports = HealthReports(
            self.pulse, self.metrics, self.names.keys(), clock, on_round=self._on_round
        )
        self.examination = HealthChecks(
            db,
            self.pulse,
            self.metrics,
            self.names.keys(),
            check_interval=timedelta(minutes=1),
            clock=clock,
        )

    def _on_round(self):
        self.rounds += 1

    def ticked(self, gateway=ONE, **values):
        self.reports.looked(Looked(gateway=gateway, what=TICK, took_s=0.2, **values))

    def well(self):
        self.ticked()
        self.reports.telegram_reached()
