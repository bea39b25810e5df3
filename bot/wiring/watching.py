"""Makes what looks at sessions, and when; what is found out about them, and by which means."""

from dataclasses import dataclass
from functools import partial

from bot.domain.auto_recovery import AutoRecovery
from bot.domain.company import Company
from bot.domain.system_notice import owners
from bot.monitor.checker import Checker
from bot.monitor.newcomers import Room
from bot.monitor.probes import Prober
from bot.monitor.receipts import Receipts
from bot.monitor.remembering_repository import RememberingRepository
from bot.monitor.reminders import Reminder
from bot.monitor.rules import RuleSettings
from bot.monitor.rules.files_above_limit import file_limit
from bot.monitor.schedule import Intervals, Schedule, Timed
from bot.recovery.control import SessionControl
from bot.reports.digests import Digests
from bot.reports.reporter import Reporter, ReportLimits
from bot.runtime.builder import RuntimeBuilder
from bot.runtime.reload import Reload
from bot.settings import Setup
from bot.texts import plain
from bot.wiring.basics import Basics
from bot.wiring.http import HealthParts


@dataclass(frozen=True, kw_only=True)
class Watching:
    """Who looks, who probes, who reaches sessions, and who reckons how companies fared."""

    statuses: RememberingRepository
    checker: Checker
    control: SessionControl
    prober: Prober
    receipts: Receipts
    reporter: Reporter


def build_watching(basics: Basics) -> Watching:
    """Everything that people's wishes and the timer make use of."""
    settings = basics.settings
    room = Room(at_a_look=settings.max_new_companies, most=settings.max_companies)
    statuses = RememberingRepository(
        basics.database,
        owners(settings.owner_ids),
        basics.last_looks,
        room,
        by_hand=settings.auto_recovery is AutoRecovery.OFF,
    )
    control = SessionControl(
        basics.database,
        basics.registry.adapters,
        basics.registry.templates,
        timing=basics.timing,
        clock=basics.clock,
        is_alive=basics.held.is_alive,
        disk_clock=basics.wall,
    )
    receipts = Receipts()
    return Watching(
        statuses=statuses,
        checker=_build_checker(basics, statuses),
        control=control,
        prober=_build_prober(basics, statuses, receipts),
        receipts=receipts,
        reporter=_build_reporter(basics),
    )


def _build_checker(basics: Basics, statuses: RememberingRepository) -> Checker:
    return Checker(
        statuses,
        basics.registry.lookers,
        basics.limits,
        timing=basics.timing,
        clock=basics.clock,
        on_written=basics.signals.on_written,
        interval_s=basics.settings.check_interval.total_seconds(),
    )


def _build_prober(basics: Basics, statuses: RememberingRepository, receipts: Receipts) -> Prober:
    """Who sends test messages, in the language of the settings."""
    settings = basics.settings
    texts = basics.catalogs.speaking(basics.settings.language)
    prober = Prober(
        basics.database,
        statuses,
        basics.registry.adapters,
        text=plain(texts.say("probe.message")),
        interval=basics.settings.probe_interval,
        timing=basics.timing,
        clock=basics.clock,
        on_written=basics.signals.on_written,
    )
    if settings.listen is not None and settings.hook_secret is not None:
        prober.hear(receipts)
    return prober


def _build_reporter(basics: Basics) -> Reporter:
    """Who reckons how companies fared."""
    targets = ReportLimits(
        files_of=partial(_files_of, basics.limits),
        reconnects_per_day=basics.limits.max_reconnects_per_day,
    )
    return Reporter(basics.database, targets, basics.last_looks)


def _files_of(limits: RuleSettings, company: Company, baseline: int | None) -> int | None:
    return file_limit(baseline, limits, company.max_files)


def build_schedule(basics: Basics, watching: Watching, health: HealthParts) -> Schedule:
    """Probes are sent unasked only where an interval says so; every look is reported."""
    settings, to_send = basics.settings, basics.signals.to_send
    reminder = Reminder(
        basics.database, settings.alert_repeat, clock=basics.clock, on_written=to_send.set
    )
    timed = Timed(
        checker=watching.checker,
        files=basics.registry.files,
        prober=None if settings.probe_interval is None else watching.prober,
        reminder=reminder,
        digests=_build_digests(basics, watching.reporter).tick,
    )
    intervals = Intervals(
        check_s=settings.check_interval.total_seconds(),
        files_s=settings.files_interval.total_seconds(),
        timing=basics.timing,
    )
    return Schedule(
        timed,
        intervals,
        on_looked=health.on_looked,
        on_late=health.reports.late,
        is_mine=basics.is_mine,
    )


def _build_digests(basics: Basics, reporter: Reporter) -> Digests:
    """Who tells each chat how its day went."""
    return Digests(
        basics.database,
        reporter,
        basics.settings.timezone,
        basics.settings.owner_ids,
        clock=basics.clock,
        on_written=basics.signals.to_send.set,
        last_looks=basics.last_looks,
    )


def build_reload(basics: Basics, watching: Watching, setup: Setup) -> Reload:
    """Who makes the gateways of the setup, and those of the next one."""
    builder = RuntimeBuilder(
        watching.control,
        watching.statuses,
        watching.checker,
        basics.limits,
        on_written=basics.signals.on_written,
    )
    return Reload(
        basics.settings,
        setup,
        basics.registry,
        builder,
        basics.signals.reloaded,
        watching.control,
    )
