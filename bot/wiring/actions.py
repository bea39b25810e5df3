"""Makes the actions out of the parts that `bot.wiring.program` has made."""

from functools import partial

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
from bot.actions.rests import Rests
from bot.actions.status import Status
from bot.actions.timezones import Zones
from bot.domain.access import UserId
from bot.monitor.pings import Pings
from bot.recovery.kept_keys import KeptKeys
from bot.recovery.pairing import Pairing
from bot.recovery.restart import RestartCommand
from bot.recovery.runner import ProcedureRunner
from bot.recovery.standing import Standings
from bot.reports.chart_process import ChartProcess
from bot.runtime.reload import Reload
from bot.settings import environment_for_others
from bot.wiring.basics import Basics
from bot.wiring.watching import Watching


def build_actions(
    basics: Basics, watching: Watching, runner: ProcedureRunner, reload: Reload
) -> Actions:
    """Everything that people may ask for. Confirmations expire by Telegram's clock."""
    settings, database, clock = basics.settings, basics.database, basics.clock
    checker, on_written = watching.checker, basics.signals.on_written
    journal = Journal(database, clock)
    status = _build_status(basics, watching)
    timezones = Zones(journal, settings.timezone)
    companies = Companies(journal, reload.rosters, basics.limits)
    restart, gateways = _build_restart(basics), _build_gateways(basics)
    repairs, confirmations = _build_repairs(basics, watching, runner, journal, status)
    return Actions(
        status=status,
        logs=Logs(database, followed=basics.registry.followers, clock=clock),
        reports=Reports(status, watching.reporter, ChartProcess(), clock=clock),
        incidents=Incidents(journal, status, watching.reporter),
        audit=Audit(database),
        confirmations=confirmations,
        repairs=repairs,
        probes=Probes(journal, status, repairs, watching.prober),
        restarts=_build_restarts(basics, watching, journal, restart),
        checklists=_build_checklists(basics, watching, journal, status, restart),
        pairings=Pairings(journal, checker, _build_pairing(basics, watching, runner)),
        people=People(journal, settings.owner_ids, on_written=on_written),
        gateways=gateways,
        companies=companies,
        reload=ReloadByPerson(journal, reload, configured=settings.config_file is not None),
        numbers=Numbers(journal, checker, companies),
        chats=Chats(journal, settings.owner_ids, on_written=on_written),
        answers=Answers(database, settings.owner_ids, clock=clock, on_written=on_written),
        boards=BoardWishes(journal, on_written=on_written),
        digests=DigestWishes(journal, timezones),
        acks=Acks(journal),
        mutes=Mutes(journal),
        rests=Rests(journal, on_written=on_written),
        quiet_hours=QuietHoursOfChats(journal, timezones),
        timezones=timezones,
        onboarding=OnboardingPages(journal, gateways),
        memory=Memory(tuple(map(UserId, settings.owner_ids)), basics.last_looks),
    )


def _build_status(basics: Basics, watching: Watching) -> Status:
    return Status(
        basics.database,
        watching.statuses,
        watching.checker,
        basics.registry.files,
        basics.limits,
        clock=basics.clock,
        last_looks=basics.last_looks,
    )


def _build_gateways(basics: Basics) -> Gateways:
    registry = basics.registry
    pings = Pings(registry.adapters, basics.timing)
    return Gateways(
        basics.database, pings, basics.last_looks, registry.refused_pushes, clock=basics.clock
    )


def _build_repairs(
    basics: Basics, watching: Watching, runner: ProcedureRunner, journal: Journal, status: Status
) -> tuple[Repairs, Confirmations]:
    """Both go by how a company stood when it was asked about."""
    standings = Standings(runner.control, KeptKeys(runner.control))
    confirmations = Confirmations(
        journal, status, standings, timing=basics.timing, clock=basics.telegram_clock
    )
    return Repairs(journal, status, watching.checker, runner, standings), confirmations


def _build_checklists(
    basics: Basics, watching: Watching, journal: Journal, status: Status, restart: RestartCommand
) -> Checklists:
    return Checklists(
        journal,
        status,
        watching.statuses,
        restart,
        follows_log=basics.registry.followers,
        has_directory=basics.registry.templates,
        timing=basics.timing,
    )


def _build_restarts(
    basics: Basics, watching: Watching, journal: Journal, restart: RestartCommand
) -> GatewayRestarts:
    return GatewayRestarts(
        journal,
        watching.statuses,
        watching.checker,
        restart,
        timing=basics.timing,
        clock=basics.telegram_clock,
    )


def _build_pairing(basics: Basics, watching: Watching, runner: ProcedureRunner) -> Pairing:
    """Where sessions are probed anyway, a proof ends with a probe as well."""
    wanted = basics.settings.probe_interval is not None
    probe = partial(watching.prober.probe, hurried=True)
    return Pairing(runner, probe if wanted else None)


def _build_restart(basics: Basics) -> RestartCommand:
    registry = basics.registry
    return RestartCommand(
        basics.database,
        registry.adapters,
        registry.commands,
        partial(environment_for_others, registry.variables),
        timing=basics.timing,
        clock=basics.clock,
    )
