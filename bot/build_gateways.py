"""Makes what belongs to single gateways, out of their descriptions."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.app import Clock
from bot.authdir import SessionsTemplate
from bot.domain.company import GatewayName
from bot.domain.tempo import Tempo
from bot.gateways.base import GatewayAdapter
from bot.gateways.http import GatewayClient
from bot.gateways.kinds import KINDS
from bot.monitor.checker import Checker
from bot.monitor.files import FilesChecker
from bot.monitor.ledger import Ledger
from bot.monitor.logs.alarm import BurstAlarm
from bot.monitor.logs.follower import LogFollower
from bot.monitor.look import Looker
from bot.monitor.rules import Limits
from bot.recovery.procedure import Site
from bot.settings import GatewaySetup, Setup, secret_of


@dataclass(frozen=True, kw_only=True)
class Fleet:
    """What there is of each gateway now. Its maps are shared: who holds one sees every change.

    A gateway is missing from `templates` and `files` where its directories are out of reach, from
    `followers` where it names no log, from `commands` where nobody said how it is restarted.
    """

    adapters: dict[GatewayName, GatewayAdapter] = field(default_factory=dict)
    lookers: dict[GatewayName, Looker] = field(default_factory=dict)
    templates: dict[GatewayName, SessionsTemplate] = field(default_factory=dict)
    files: dict[GatewayName, FilesChecker] = field(default_factory=dict)
    followers: dict[GatewayName, LogFollower] = field(default_factory=dict)
    commands: dict[GatewayName, tuple[str, ...]] = field(default_factory=dict)
    variables: set[str] = field(default_factory=set)  # of the environment, holding keys


class Outfitter:
    """Fits a fleet out with gateways. Starts none of what it makes."""

    def __init__(
        self,
        fleet: Fleet,
        site: Site,
        ledger: Ledger,
        checker: Checker,
        limits: Limits,
        *,
        on_written: Callable[[], None],
    ) -> None:
        self._fleet = fleet
        self._db = site.database
        self._ledger = ledger
        self._checker = checker
        self._limits = limits
        self._on_written = on_written
        self._tempo = site.tempo
        self._clock = site.clock

    def fit(self, setup: Setup) -> None:
        """Make everything for every gateway of the setup."""
        self._fleet.variables.update(setup.variables)
        for gateway in setup.gateways:
            self._fit(gateway, setup)

    def _fit(self, setup: GatewaySetup, whole: Setup) -> None:
        fleet, name = self._fleet, setup.name
        adapter = build_gateway(setup, self._tempo, self._clock)
        fleet.adapters[name] = adapter
        fleet.lookers[name] = Looker(name, adapter, roster=whole.roster(setup), clock=self._clock)
        if setup.restart_command:
            fleet.commands[name] = setup.restart_command
        if setup.sessions_dir is not None:
            template = SessionsTemplate.parse(setup.sessions_dir)
            fleet.templates[name] = template
            fleet.files[name] = self._files(name, template)
        if setup.log:
            fleet.followers[name] = self._follower(name, setup.log)

    def _files(self, name: GatewayName, template: SessionsTemplate) -> FilesChecker:
        return FilesChecker(
            self._db,
            name,
            self._ledger,
            template,
            self._limits,
            clock=self._clock,
            on_written=self._on_written,
            stable_for_s=self._tempo.stable_for_s,
        )

    def _follower(self, name: GatewayName, globs: tuple[str, ...]) -> LogFollower:
        alarm = BurstAlarm(self._db, name, clock=self._clock, on_written=self._on_written)
        return LogFollower(
            self._db, name, globs, self._checker, alarm, tempo=self._tempo, clock=self._clock
        )


def build_gateway(setup: GatewaySetup, tempo: Tempo, clock: Clock) -> GatewayAdapter:
    """The adapter for one gateway."""
    return KINDS[setup.kind](
        GatewayClient(setup.url),
        key=secret_of(setup.key),
        hook_key=secret_of(setup.hook_key),
        clock=clock,
        first_life_s=tempo.qr_first_life_s,
        next_life_s=tempo.qr_next_life_s,
    )
