"""When the parts of the program last did what they are for. PURE: every `now` is an argument."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.company import GatewayName
from bot.domain.database_trouble import DatabaseTrouble
from bot.domain.freshness import is_late
from bot.domain.telegram_trouble import TelegramTrouble

TELEGRAM_WITHIN = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Activity:
    """One plain fact. `age_s` is how long ago it was last so, None before the first time.

    `why` it is not, where that is known.
    """

    well: bool
    age_s: float | None = None
    why: DatabaseTrouble | TelegramTrouble | None = None


class Liveness:
    """Remembers the last time of everything. `started_at` counts until there was a first time."""

    def __init__(self, started_at: datetime) -> None:
        self._started_at = started_at
        self._ticks: dict[GatewayName, datetime] = {}
        self._telegram_at: datetime | None = None
        self._telegram_trouble: TelegramTrouble | None = None
        self._ticked: set[GatewayName] = set()

    def ticked(self, gateway: GatewayName, now: datetime) -> None:
        """Every company of this gateway was looked at, and what was seen is written."""
        self._ticks[gateway] = now
        self._ticked.add(gateway)

    def round_is_over(self, gateways: Iterable[GatewayName]) -> bool:
        """Whether each of these was ticked since the last time the answer was yes."""
        wanted = set(gateways)
        if not wanted or not wanted <= self._ticked:
            return False
        self._ticked.clear()
        return True

    def telegram_reached(self, now: datetime) -> None:
        """Telegram has given us updates, or has said that there are none."""
        self._telegram_at, self._telegram_trouble = now, None

    def telegram_refused(self, why: TelegramTrouble | None) -> None:
        """Telegram answers, and gives us no updates; None where it does not even answer."""
        self._telegram_trouble = why

    @property
    def telegram_trouble(self) -> TelegramTrouble | None:
        """Why there are no updates, until there are."""
        return self._telegram_trouble

    def has_looked_at(self, gateways: Iterable[GatewayName]) -> bool:
        """Whether there was a first tick of each."""
        return all(gateway in self._ticks for gateway in gateways)

    def tick_age_s(self, gateway: GatewayName, now: datetime) -> float:
        """Since its last tick, or since the start."""
        return (now - self._ticks.get(gateway, self._started_at)).total_seconds()

    def telegram_age_s(self, now: datetime) -> float:
        """Since Telegram was last reached, or since the start."""
        return (now - (self._telegram_at or self._started_at)).total_seconds()

    def tick(self, gateways: Iterable[GatewayName], interval: timedelta, now: datetime) -> Activity:
        """Whether no gateway's tick is late; `interval` is the interval between two."""
        age_s = max((self.tick_age_s(gateway, now) for gateway in gateways), default=0.0)
        return Activity(well=not is_late(timedelta(seconds=age_s), interval), age_s=age_s)

    def telegram(self, now: datetime) -> Activity:
        """Whether Telegram was reached within a minute."""
        age_s = self.telegram_age_s(now)
        well = age_s <= TELEGRAM_WITHIN.total_seconds()
        return Activity(well=well, age_s=age_s, why=self._telegram_trouble)
