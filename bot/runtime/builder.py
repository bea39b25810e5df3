"""Makes what belongs to single gateways, out of their descriptions."""

from collections.abc import Callable, Iterable
from datetime import datetime

from bot.authdir import SessionsTemplate
from bot.domain.company import GatewayName
from bot.domain.timing import Timing
from bot.gateways.base import GatewayAdapter
from bot.gateways.client import GatewayClient
from bot.gateways.kinds import KINDS
from bot.monitor.checker import Checker
from bot.monitor.files import FilesChecker
from bot.monitor.logs.alarm import BurstAlarm
from bot.monitor.logs.follower import LogFollower
from bot.monitor.look import Looker
from bot.monitor.rules import RuleSettings
from bot.monitor.status_repository import StatusRepository
from bot.recovery.control import SessionControl
from bot.runtime.registry import GatewayRuntime
from bot.settings import GatewaySetup, Setup, secret_of

Clock = Callable[[], datetime]


class RuntimeBuilder:
    """Makes gateway runtimes. Starts none of them."""

    def __init__(
        self,
        control: SessionControl,
        statuses: StatusRepository,
        checker: Checker,
        limits: RuleSettings,
        *,
        on_written: Callable[[], None],
    ) -> None:
        self._control = control
        self._statuses = statuses
        self._checker = checker
        self._limits = limits
        self._on_written = on_written

    def runtime(self, setup: GatewaySetup, whole: Setup) -> GatewayRuntime:
        """Everything for one gateway."""
        name = setup.name
        named = [company.session_key for company in whole.roster(setup).named()]
        adapter = build_gateway(setup, self._control.timing, self._control.clock, named=named)
        where = setup.sessions_dir
        template = SessionsTemplate.parse(where).for_keys(setup.session_key) if where else None
        return GatewayRuntime(
            adapter=adapter,
            looker=self.looker(setup, whole, adapter),
            template=template,
            files=None if template is None else self._files(name, template),
            follower=self._follower(name, setup.log) if setup.log else None,
            command=setup.restart_command,
        )

    def looker(self, setup: GatewaySetup, whole: Setup, adapter: GatewayAdapter) -> Looker:
        """Who looks at this gateway, for the companies that the setup gives it."""
        roster = whole.roster(setup)
        return Looker(setup.name, adapter, roster=roster, clock=self._control.clock)

    def _files(self, name: GatewayName, template: SessionsTemplate) -> FilesChecker:
        return FilesChecker(
            self._control.database,
            name,
            self._statuses,
            template,
            self._limits,
            clock=self._control.clock,
            on_written=self._on_written,
            stable_for_s=self._control.timing.stable_for_s,
        )

    def _follower(self, name: GatewayName, globs: tuple[str, ...]) -> LogFollower:
        database, clock = self._control.database, self._control.clock
        alarm = BurstAlarm(database, name, clock=clock, on_written=self._on_written)
        return LogFollower(
            database, name, globs, self._checker, alarm, timing=self._control.timing, clock=clock
        )


def build_gateway(
    setup: GatewaySetup, timing: Timing, clock: Clock, *, named: Iterable[str] = ()
) -> GatewayAdapter:
    """The adapter for one gateway; `named` are the sessions that the settings name."""
    tokens = {key: secret_of(token) for key, token in setup.tokens.items()}
    return KINDS[setup.kind](
        GatewayClient(setup.url),
        key=secret_of(setup.key),
        hook_key=secret_of(setup.hook_key),
        sessions=dict.fromkeys(named) | tokens,
        clock=clock,
        first_life_s=timing.qr_first_life_s,
        next_life_s=timing.qr_next_life_s,
    )
