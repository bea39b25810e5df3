"""Makes what is shared out among replicas, and who shares it out."""

import asyncio
import secrets
from collections.abc import Callable
from functools import partial

from bot.actions.repairs import Repairs
from bot.domain.company import GatewayName
from bot.domain.system_notice import owners
from bot.domain.timing import Timing
from bot.monitor.checker import Checker
from bot.monitor.hourly import hourly
from bot.monitor.housekeeping import Housekeeping
from bot.monitor.prune import Pruning
from bot.monitor.schedule import Schedule
from bot.monitor.unsubscribed import Unsubscribed
from bot.recovery.control import SessionControl
from bot.recovery.healer import Climbing, Healer, own_runs
from bot.recovery.runner import ProcedureRunner
from bot.runtime.app import Clock
from bot.runtime.leases import Alone, Duties, Duty, Leases
from bot.runtime.registry import GatewayRegistry
from bot.runtime.roles import ChatRole, GatewayRole, Loop
from bot.settings import Settings
from storage.database import Database


def build_control(
    database: Database,
    registry: GatewayRegistry,
    timing: Timing,
    clock: Clock,
    is_alive: Callable[[], bool],
) -> SessionControl:
    """Where sessions are worked on, as long as this replica may."""
    return SessionControl(
        database,
        registry.adapters,
        registry.templates,
        timing=timing,
        clock=clock,
        is_alive=is_alive,
    )


def build_duties(
    settings: Settings,
    control: SessionControl,
    wake: asyncio.Event,
    desk: ChatRole,
    registry: GatewayRegistry,
    schedule: Schedule,
    healer: Healer,
    repairing: Repairs,
) -> Duties:
    """The desk, and the watch over each gateway there is when it is asked."""
    pruning = Pruning(
        control.database,
        control.templates,
        settings.owner_ids,
        clock=control.clock,
        on_written=wake.set,
    )

    def watch(gateway: GatewayName) -> GatewayRole:
        return GatewayRole(gateway, registry, schedule, healer, repairing, pruning)

    def duties() -> list[Duty]:
        return [desk, *(watch(gateway) for gateway in registry.adapters)]

    return duties


def build_hourly(
    settings: Settings, control: SessionControl, wake: asyncio.Event
) -> tuple[Loop, ...]:
    """What the desk does now and then."""
    housekeeping = Housekeeping(control.database, clock=control.clock)
    unheard = Unsubscribed(
        control.database, owners(settings.owner_ids), clock=control.clock, on_written=wake.set
    )
    return (
        partial(hourly, "housekeeping", housekeeping.turn),
        partial(hourly, "unheard", unheard.turn),
    )


def build_rota(
    settings: Settings, database: Database, duties: Duties, timing: Timing
) -> Alone | Leases:
    """Replicas share a PostgreSQL; a SQLite file belongs to one program."""
    if settings.database_url.get_secret_value().startswith("sqlite"):
        return Alone(duties)
    return Leases(database, duties, secrets.token_hex(8), timing=timing)


def build_healer(
    settings: Settings,
    runner: ProcedureRunner,
    checker: Checker,
    wake: asyncio.Event,
    work: asyncio.Event,
    is_mine: Callable[[GatewayName], bool],
) -> Healer:
    """The bot's own hand, with each rung it may climb."""
    climbing = Climbing(
        runs=own_runs(runner),
        setting=settings.auto_recovery,
        max_reconnects_per_day=settings.max_reconnects_per_day,
    )
    return Healer(
        runner.control,
        climbing,
        look=checker.check,
        on_written=wake.set,
        wake=work,
        is_mine=is_mine,
    )
