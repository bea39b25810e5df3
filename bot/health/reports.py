"""Where the timer and the updates' room report to; it passes on what each part wants to know."""

from collections.abc import Callable, Collection
from datetime import datetime

from bot.domain.company import GatewayName
from bot.domain.finished_look import TICK, Looked
from bot.domain.telegram_trouble import TelegramTrouble
from bot.health.liveness import Liveness
from bot.health.metrics import Metrics


class HealthReports:
    """`names` are the gateways there are now; each round of looks at all of them is told."""

    def __init__(
        self,
        liveness: Liveness,
        metrics: Metrics,
        names: Collection[GatewayName],
        clock: Callable[[], datetime],
        on_round: Callable[[], object],
    ) -> None:
        self._liveness = liveness
        self._metrics = metrics
        self._names = names
        self._clock = clock
        self._on_round = on_round

    def looked(self, look: Looked) -> None:
        """A look has ended; perhaps it was the last of a round."""
        self._metrics.looked(look)
        if look.what != TICK or look.failed:
            return
        self._liveness.ticked(look.gateway, self._clock())
        if self._liveness.round_is_over(self._names):
            self._on_round()

    def late(self, gateway: GatewayName, what: str) -> None:
        """A look was left out because the one before it was still going on."""
        self._metrics.late(gateway, what)

    def telegram_reached(self) -> None:
        """Telegram has given us updates, or has said that there are none."""
        self._liveness.telegram_reached(self._clock())

    def telegram_refused(self, why: TelegramTrouble | None) -> None:
        """Telegram answers, and gives us no updates; None where it does not even answer."""
        self._liveness.telegram_refused(why)
