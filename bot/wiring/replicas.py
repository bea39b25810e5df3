"""Makes what is shared out among replicas, and who shares it out."""

import secrets
from functools import partial

from bot.actions.repairs import Repairs
from bot.domain.company import GatewayName
from bot.domain.system_notice import owners
from bot.monitor.hearing import HearingChecker
from bot.monitor.hourly import hourly
from bot.monitor.housekeeping import Housekeeping
from bot.monitor.schedule import Schedule
from bot.monitor.set_aside_expiry import SetAsideExpiry
from bot.monitor.unsubscribed import Unsubscribed
from bot.recovery.healer import Climbing, Healer, own_runs
from bot.recovery.runner import ProcedureRunner
from bot.runtime.leases import Alone, Leases, ReplicaRole, ReplicaRoles
from bot.runtime.roles import ChatRole, GatewayRole, Loop
from bot.supervisor import for_ever
from bot.wiring.basics import Basics, is_one_file
from bot.wiring.watching import Watching


def build_roles(
    basics: Basics, chat_role: ChatRole, schedule: Schedule, healer: Healer, repairs: Repairs
) -> ReplicaRoles:
    """The chat role, and a role for each gateway there is when asked."""
    registry = basics.registry
    pruning = SetAsideExpiry(
        basics.database,
        registry.templates,
        basics.settings.owner_ids,
        clock=basics.clock,
        on_written=basics.signals.to_send.set,
    )

    def watch(gateway: GatewayName) -> GatewayRole:
        return GatewayRole(gateway, registry, schedule, healer, repairs, pruning)

    def roles() -> list[ReplicaRole]:
        return [chat_role, *(watch(gateway) for gateway in registry.adapters)]

    return roles


def build_hourly(basics: Basics) -> tuple[Loop, ...]:
    """What the chat role does every hour."""
    housekeeping = Housekeeping(basics.database, clock=basics.clock)
    unsubscribed = Unsubscribed(
        basics.database,
        owners(basics.settings.owner_ids),
        clock=basics.clock,
        on_written=basics.signals.to_send.set,
    )
    hearing = HearingChecker(
        basics.database,
        basics.registry.adapters,
        basics.registry.commands,
        clock=basics.clock,
        on_written=basics.signals.on_written,
    )
    listening = partial(
        for_ever,
        hearing.tick,
        failed="what comes in was not judged",
        pause_s=basics.timing.hearing_turn_s,
    )
    return (
        listening,
        partial(hourly, "housekeeping", housekeeping.tick),
        partial(hourly, "unsubscribed", unsubscribed.tick),
    )


def build_leases(basics: Basics, roles: ReplicaRoles) -> Alone | Leases:
    """Replicas share a PostgreSQL; a SQLite file belongs to one program."""
    if is_one_file(basics.settings):
        return Alone(roles, basics.held)
    replica = secrets.token_hex(8)
    return Leases(basics.database, roles, basics.held, replica, timing=basics.timing)


def build_healer(basics: Basics, watching: Watching, runner: ProcedureRunner) -> Healer:
    """The bot's own hand, with each rung it may climb."""
    climbing = Climbing(
        runs=own_runs(runner),
        setting=basics.settings.auto_recovery,
        max_reconnects_per_day=basics.settings.max_reconnects_per_day,
    )
    return Healer(
        runner.control,
        climbing,
        look=watching.checker.check,
        on_written=basics.signals.to_send.set,
        wake=basics.signals.to_heal,
        is_mine=basics.is_mine,
    )
