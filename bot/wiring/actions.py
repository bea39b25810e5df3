"""Makes the actions out of the parts that `bot.wiring.program` has made."""

from collections.abc import Callable

from bot.actions import Actions
from bot.actions.acks import Acks
from bot.actions.answers import Answers
from bot.actions.audit import Audit
from bot.actions.boards import BoardWishes
from bot.actions.chats import Chats
from bot.actions.checklists import Checklists
from bot.actions.companies import Companies
from bot.actions.confirmations import Confirmations
from bot.actions.digests import DigestWishes
from bot.actions.gateways import Gateways
from bot.actions.incidents import Incidents
from bot.actions.journal import Journal
from bot.actions.logs import Logs
from bot.actions.memory import Memory
from bot.actions.mutes import Mutes
from bot.actions.numbers import Numbers
from bot.actions.onboarding import OnboardingPages
from bot.actions.pairing import Pairings
from bot.actions.people import People
from bot.actions.probes import Probes
from bot.actions.quiet_hours import QuietHoursOfChats
from bot.actions.reload import ReloadByPerson
from bot.actions.repairs import Repairs
from bot.actions.reports import Reports
from bot.actions.restart import GatewayRestarts
from bot.actions.status import Status
from bot.actions.timezones import Zones
from bot.domain.access import UserId
from bot.domain.company import Company
from bot.domain.freshness import LastLooks
from bot.monitor.checker import Checker
from bot.monitor.pings import Pings
from bot.monitor.probes import Prober
from bot.monitor.remembering_repository import RememberingRepository
from bot.monitor.rules import Limits, file_limit
from bot.monitor.status_repository import StatusRepository
from bot.recovery.control import SessionControl
from bot.recovery.kept import KeptKeys
from bot.recovery.pairing import Pairing
from bot.recovery.restart import Restart
from bot.recovery.runner import ProcedureRunner
from bot.recovery.standing import Standings
from bot.reports.drawing import Drawing
from bot.reports.reporter import Reporter, ReportLimits
from bot.runtime.app import Clock
from bot.runtime.registry import GatewayRegistry
from bot.runtime.reload import Reload
from bot.settings import Settings, environment_for_others
from bot.texts import Catalogs, plain


def build_actions(  # noqa: PLR0913, PLR0917 - a list, as in `bot.wiring.program`
    settings: Settings,
    statuses: RememberingRepository,
    checker: Checker,
    registry: GatewayRegistry,
    reload: Reload,
    limits: Limits,
    control: SessionControl,
    prober: Prober,
    telegram_clock: Clock,
    on_written: Callable[[], None],
) -> Actions:
    """Everything that people may ask for. Confirmations expire by Telegram's clock."""
    database, clock, timing = control.database, control.clock, control.timing
    last_looks = statuses.last_looks
    journal = Journal(database, clock)
    status = Status(
        database, statuses, checker, registry.files, limits, clock=clock, last_looks=last_looks
    )
    timezones = Zones(database, journal, settings.timezone, clock=clock)
    reporter = build_reporter(control, limits, last_looks)
    runner = ProcedureRunner(control)
    standings = Standings(control, KeptKeys(control))
    companies = Companies(database, journal, lambda: reload.setup.rosters, limits, clock=clock)
    restart = _build_restart(registry, control)
    gateways = Gateways(
        database, Pings(control.gateways, timing), last_looks, registry.refused_pushes
    )
    repairs = Repairs(journal, status, checker, runner, standings)
    return Actions(
        status=status,
        logs=Logs(database, followed=registry.followers, clock=clock),
        reports=Reports(status, reporter, Drawing(), clock=clock),
        incidents=Incidents(database, journal, status, reporter, clock=clock),
        audit=Audit(database),
        confirmations=Confirmations(
            database, journal, status, standings, timing=timing, clock=telegram_clock
        ),
        repairs=repairs,
        probes=Probes(journal, status, repairs, prober),
        restarts=GatewayRestarts(
            database, journal, statuses, checker, restart, timing=timing, clock=telegram_clock
        ),
        checklists=_build_recovering(journal, status, statuses, registry, control, restart),
        pairings=Pairings(journal, checker, _build_pairing(settings, runner, prober)),
        people=People(database, journal, settings.owner_ids, clock=clock, on_written=on_written),
        gateways=gateways,
        companies=companies,
        reload=ReloadByPerson(journal, reload, configured=settings.config_file is not None),
        numbers=Numbers(database, journal, checker, companies, clock=clock),
        chats=Chats(database, journal, settings.owner_ids, clock=clock, on_written=on_written),
        answers=Answers(database, settings.owner_ids, clock=clock, on_written=on_written),
        boards=BoardWishes(database, journal, clock=clock, on_written=on_written),
        digests=DigestWishes(database, journal, timezones, clock=clock),
        acks=Acks(database, journal, clock=clock),
        mutes=Mutes(database, journal, clock=clock),
        quiet_hours=QuietHoursOfChats(database, journal, timezones, clock=clock),
        timezones=timezones,
        onboarding=OnboardingPages(database, journal, gateways),
        memory=Memory(tuple(UserId(owner) for owner in settings.owner_ids), last_looks),
    )


def _build_recovering(
    journal: Journal,
    status: Status,
    statuses: StatusRepository,
    registry: GatewayRegistry,
    control: SessionControl,
    restart: Restart,
) -> Checklists:
    return Checklists(
        control.database,
        journal,
        status,
        statuses,
        restart,
        follows_log=registry.followers,
        has_directory=registry.templates,
        timing=control.timing,
        clock=control.clock,
    )


def build_reporter(control: SessionControl, limits: Limits, last_looks: LastLooks) -> Reporter:
    """Who reckons how companies fared."""

    def files_of(company: Company, baseline: int | None) -> int | None:
        return file_limit(baseline, limits, company.max_files)

    per_day = limits.max_reconnects_per_day
    targets = ReportLimits(files_of=files_of, reconnects_per_day=per_day)
    return Reporter(control.database, targets, last_looks)


def build_prober(
    settings: Settings,
    catalogs: Catalogs,
    statuses: StatusRepository,
    control: SessionControl,
    on_written: Callable[[], None],
) -> Prober:
    """Who sends test messages, in the language of the settings."""
    return Prober(
        control.database,
        statuses,
        control.gateways,
        text=plain(catalogs.speaking(settings.language).say("probe.message")),
        interval=settings.probe_interval,
        timing=control.timing,
        clock=control.clock,
        on_written=on_written,
    )


def _build_pairing(settings: Settings, runner: ProcedureRunner, prober: Prober) -> Pairing:
    """Where sessions are probed anyway, a proof ends with a probe as well."""
    return Pairing(runner, None if settings.probe_interval is None else prober.probe)


def _build_restart(registry: GatewayRegistry, control: SessionControl) -> Restart:
    return Restart(
        control.database,
        control.gateways,
        registry.commands,
        lambda: environment_for_others(registry.variables),
        timing=control.timing,
        clock=control.clock,
    )
