"""Makes what everything else is made of. It is built first, and depends on nothing that follows."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.company import GatewayName
from bot.domain.freshness import LastLooks
from bot.domain.timing import Timing
from bot.monitor.rules import RuleSettings
from bot.monitor.schedule import ALL_GATEWAYS
from bot.runtime.app import Clock, utc_now
from bot.runtime.leases import HeldRoles
from bot.runtime.registry import GatewayRegistry
from bot.runtime.roles import CHAT_ROLE, WatchedGateways, gateway_role_name
from bot.runtime.signals import Signals
from bot.settings import Settings
from bot.texts import Catalogs
from handlers.telegram.clock import ProgramClock, TelegramClock, steady_s
from storage.database import Database

Seconds = Callable[[], float]


@dataclass(frozen=True, kw_only=True)
class Clocks:
    """The clocks of a machine: the one on its wall may jump, the others nobody sets.

    Looks grow old by `steady_s`, Telegram's time is carried on by `carried_s`: both go on while the
    machine sleeps.
    """

    wall: Clock = utc_now
    steady_s: Seconds = steady_s
    carried_s: Seconds = steady_s


MACHINES_OWN = Clocks()


@dataclass(frozen=True, kw_only=True)
class Basics:
    """The settings, the store, the clocks, the signals, and what this replica holds.

    `clock` is the program's time, `wall` this machine's, which may jump. `steady_s` nobody sets.
    """

    settings: Settings
    limits: RuleSettings
    timing: Timing
    clock: Clock
    wall: Clock
    steady_s: Seconds
    telegram_clock: TelegramClock
    catalogs: Catalogs
    database: Database
    registry: GatewayRegistry
    last_looks: LastLooks
    signals: Signals
    held: HeldRoles

    def is_mine(self, gateway: GatewayName) -> bool:
        """Whether this replica watches it. The chat role does what is for all gateways."""
        return self.held.holds(CHAT_ROLE if gateway == ALL_GATEWAYS else gateway_role_name(gateway))

    def holds_chat_role(self) -> bool:
        """Whether this replica talks to people."""
        return self.is_mine(ALL_GATEWAYS)

    @property
    def ours(self) -> WatchedGateways:
        """The gateways that this replica looks after: a view that changes with them."""
        return WatchedGateways(self.registry.adapters, self.is_mine)


def build_basics(settings: Settings, timing: Timing, clocks: Clocks) -> Basics:
    """Make them; nothing is opened yet."""
    telegram_clock = TelegramClock(clocks.wall, clocks.carried_s)
    clock = ProgramClock(clocks.wall, telegram_clock)
    registry = GatewayRegistry()
    url = settings.database_url.get_secret_value()
    return Basics(
        settings=settings,
        limits=RuleSettings(
            grace_s=settings.grace.total_seconds(),
            max_files=None if settings.max_files == "auto" else settings.max_files,
            max_reconnects_per_day=settings.max_reconnects_per_day,
            restartable=registry.commands,
        ),
        timing=timing,
        clock=clock,
        wall=clocks.wall,
        steady_s=clocks.steady_s,
        telegram_clock=telegram_clock,
        catalogs=Catalogs(),
        database=Database(url),
        registry=registry,
        last_looks=LastLooks(settings.check_interval, clocks.steady_s, clock),
        signals=Signals(),
        held=HeldRoles(shared=not is_one_file(settings)),
    )


def is_one_file(settings: Settings) -> bool:
    """Whether the database is SQLite: its file belongs to one program."""
    return settings.database_url.get_secret_value().startswith("sqlite")
