"""Makes the actions out of the parts that `bot.wiring.program` has made."""

from collections.abc import Callable

from bot.actions import Actions
from bot.actions.acks import Acking
from bot.actions.answers import Answers
from bot.actions.audit import Auditing
from bot.actions.boards import BoardWishes
from bot.actions.chats import Chats
from bot.actions.checklists import Recovering
from bot.actions.companies import Companies
from bot.actions.confirmations import Asking
from bot.actions.digests import DigestWishes
from bot.actions.gateways import Gateways
from bot.actions.incidents import Incidents
from bot.actions.journal import Journal
from bot.actions.logs import Logs
from bot.actions.memory import Memory
from bot.actions.mutes import Muting
from bot.actions.numbers import Numbers
from bot.actions.onboarding import Touring
from bot.actions.pairing import Showing
from bot.actions.people import People
from bot.actions.probes import Probing
from bot.actions.quiet_hours import Quieting
from bot.actions.reload import Reloading
from bot.actions.repairs import Repairing
from bot.actions.reports import Reporting
from bot.actions.restart import Restarting
from bot.actions.status import Looking
from bot.actions.timezones import Zones
from bot.domain.access import UserId
from bot.domain.company import Company
from bot.domain.freshness import LastLooks
from bot.monitor.checker import Checker
from bot.monitor.pings import Pings
from bot.monitor.probes import Prober
from bot.monitor.remembering_repository import RememberingLedger
from bot.monitor.rules import Limits, file_limit
from bot.monitor.status_repository import Ledger
from bot.recovery.mend import Mend
from bot.recovery.pairing import Pairing
from bot.recovery.procedure import Site
from bot.recovery.reconnect import Reconnect
from bot.recovery.reset import Reset
from bot.recovery.restart import Restart
from bot.recovery.restore import Restore
from bot.recovery.revive import Revive
from bot.reports.drawing import Drawing
from bot.reports.reporter import Reporter, ReportLimits
from bot.runtime.app import Clock
from bot.runtime.registry import Fleet
from bot.runtime.reload import Reload
from bot.settings import Settings, environment_for_others
from bot.texts import Catalogs, plain


def build_actions(  # noqa: PLR0913, PLR0917 - a list, as in `bot.wiring.program`
    settings: Settings,
    ledger: RememberingLedger,
    checker: Checker,
    fleet: Fleet,
    reload: Reload,
    limits: Limits,
    site: Site,
    prober: Prober,
    telegram_clock: Clock,
    on_written: Callable[[], None],
) -> Actions:
    """Everything that people may ask for. Confirmations expire by Telegram's clock."""
    database, clock, tempo = site.database, site.clock, site.tempo
    last_looks = ledger.last_looks
    journal = Journal(database, clock)
    looking = Looking(
        database, ledger, checker, fleet.files, limits, clock=clock, last_looks=last_looks
    )
    zones = Zones(database, journal, settings.timezone, clock=clock)
    reporter = build_reporter(site, limits, last_looks)
    restore = Restore(site)
    companies = Companies(database, journal, lambda: reload.setup.rosters, limits, clock=clock)
    restart = _build_restart(fleet, site)
    gateways = Gateways(database, Pings(site.gateways, tempo), last_looks)
    repairing = _build_repairing(journal, looking, checker, site, restore)
    return Actions(
        looking=looking,
        logs=Logs(database, followed=fleet.followers, clock=clock),
        reporting=Reporting(looking, reporter, Drawing(), clock=clock),
        incidents=Incidents(database, journal, looking, reporter, clock=clock),
        auditing=Auditing(database),
        asking=Asking(database, journal, looking, restore, tempo=tempo, clock=telegram_clock),
        repairing=repairing,
        probing=Probing(journal, looking, repairing, prober),
        restarting=Restarting(
            database, journal, ledger, checker, restart, tempo=tempo, clock=telegram_clock
        ),
        recovering=_build_recovering(journal, looking, ledger, fleet, site, restart),
        showing=Showing(journal, checker, _build_pairing(settings, site, prober)),
        people=People(database, journal, settings.owner_ids, clock=clock, on_written=on_written),
        gateways=gateways,
        companies=companies,
        reloading=Reloading(journal, reload, configured=settings.config_file is not None),
        numbers=Numbers(database, journal, checker, companies, clock=clock),
        chats=Chats(database, journal, settings.owner_ids, clock=clock, on_written=on_written),
        answers=Answers(database, settings.owner_ids, clock=clock, on_written=on_written),
        boards=BoardWishes(database, journal, clock=clock, on_written=on_written),
        digests=DigestWishes(database, journal, zones, clock=clock),
        acking=Acking(database, journal, clock=clock),
        muting=Muting(database, journal, clock=clock),
        quieting=Quieting(database, journal, zones, clock=clock),
        zones=zones,
        touring=Touring(database, journal, gateways),
        memory=Memory(tuple(UserId(owner) for owner in settings.owner_ids), last_looks),
    )


def _build_repairing(
    journal: Journal, looking: Looking, checker: Checker, site: Site, restore: Restore
) -> Repairing:
    return Repairing(
        journal,
        looking,
        checker,
        site,
        Reset(site),
        restore,
        Reconnect(site),
        Mend(site),
        Revive(site),
    )


def _build_recovering(
    journal: Journal, looking: Looking, ledger: Ledger, fleet: Fleet, site: Site, restart: Restart
) -> Recovering:
    return Recovering(
        site.database,
        journal,
        looking,
        ledger,
        restart,
        follows_log=fleet.followers,
        has_directory=fleet.templates,
        tempo=site.tempo,
        clock=site.clock,
    )


def build_reporter(site: Site, limits: Limits, last_looks: LastLooks) -> Reporter:
    """Who reckons how companies fared."""

    def files_of(company: Company, baseline: int | None) -> int | None:
        return file_limit(baseline, limits, company.max_files)

    per_day = limits.max_reconnects_per_day
    targets = ReportLimits(files_of=files_of, reconnects_per_day=per_day)
    return Reporter(site.database, targets, last_looks)


def build_prober(
    settings: Settings,
    catalogs: Catalogs,
    ledger: Ledger,
    site: Site,
    on_written: Callable[[], None],
) -> Prober:
    """Who sends test messages, in the language of the settings."""
    return Prober(
        site.database,
        ledger,
        site.gateways,
        text=plain(catalogs.speaking(settings.language).say("probe.message")),
        interval=settings.probe_interval,
        tempo=site.tempo,
        clock=site.clock,
        on_written=on_written,
    )


def _build_pairing(settings: Settings, site: Site, prober: Prober) -> Pairing:
    """Where sessions are probed anyway, a proof ends with a probe as well."""
    return Pairing(site, None if settings.probe_interval is None else prober.probe)


def _build_restart(fleet: Fleet, site: Site) -> Restart:
    return Restart(
        site.database,
        site.gateways,
        fleet.commands,
        lambda: environment_for_others(fleet.variables),
        tempo=site.tempo,
        clock=site.clock,
    )
