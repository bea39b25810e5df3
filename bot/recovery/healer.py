"""Climbs the ladder by itself, as far as the settings and the proof allow.

Enters: the lost sessions. Leaves: procedures run in the bot's own name, each announced in the
incident's message and timeline before it begins, and with its outcome after.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

import structlog

from bot.domain.access import BOT_ITSELF
from bot.domain.auto_recovery import AutoRecovery
from bot.domain.company import Company, CompanyId, GatewayName
from bot.domain.incident import IncidentId
from bot.domain.procedure import (
    Finished,
    ProcedureKind,
    ProcedureOrder,
    ProcedureOutcome,
    Progress,
)
from bot.recovery.auto_actions import NO_CHAT, AutoActions
from bot.recovery.control import SessionControl
from bot.recovery.ladder import Decision, Rung, decide
from bot.recovery.lost_sessions import LostSession, LostSessions
from bot.recovery.runner import ProcedureEvents, ProcedureRunner
from bot.supervisor import for_ever

AT_ONCE = 2  # at one gateway: after an outage it is not to be stormed by its own watcher
AT_ONCE_FORGOTTEN = 4  # a process that began anew has nothing else to do
PAUSE_S = 60.0  # between two failures of the loop itself

Run = Callable[[Company], AsyncGenerator[Progress | Finished]]

log = structlog.get_logger()

_KINDS = {
    Rung.RECONNECT: ProcedureKind.RECONNECT,
    Rung.MEND: ProcedureKind.MEND,
    Rung.RESET: ProcedureKind.RESET,
}


def own_runs(runner: ProcedureRunner) -> dict[Rung, Run]:
    """How the bot does each rung: the procedure of that kind, in its own name."""
    return {rung: partial(_run, runner, kind) for rung, kind in _KINDS.items()}


def _run(runner: ProcedureRunner, kind: ProcedureKind, company: Company) -> ProcedureEvents:
    order = ProcedureOrder(kind=kind, company=company, asked_by=BOT_ITSELF, address=NO_CHAT)
    return runner.run(order)


@dataclass(frozen=True, kw_only=True)
class Climbing:
    """How each rung is done by the bot itself, and how far it may climb."""

    runs: Mapping[Rung, Run]
    setting: AutoRecovery
    max_reconnects_per_day: int


class Healer:
    """The bot's own hand. `climbing` says what it may do, `look` looks at a company.

    `is_mine` says whether this replica heals the sessions of a gateway.

    `wake` is set by whoever has written something, and by the healer when it has a hand free.
    """

    def __init__(
        self,
        control: SessionControl,
        climbing: Climbing,
        *,
        look: Callable[[GatewayName, CompanyId], Awaitable[None]],
        on_written: Callable[[], None],
        wake: asyncio.Event,
        is_mine: Callable[[GatewayName], bool] = lambda _gateway: True,
    ) -> None:
        self._control = control
        self._is_mine = is_mine
        self._lost = LostSessions(control)
        self._auto_actions = AutoActions(control, on_written)
        self._runs = climbing.runs
        self._setting = climbing.setting
        self._budget = climbing.max_reconnects_per_day
        self._look = look
        self._wake = wake
        self._under_way: dict[CompanyId, asyncio.Task[None]] = {}
        self._at: dict[asyncio.Task[None], GatewayName] = {}
        self._hands: Counter[GatewayName] = Counter()  # how many are busy at each gateway
        self._told: dict[CompanyId, str] = {}
        self._keyless: set[tuple[IncidentId, CompanyId]] = set()  # started, they would want a scan

    async def run(self) -> None:
        """Heal until cancelled. What is under way is cut off, and taken up at the next start."""
        try:
            await for_ever(
                self.heal_once,
                failed="healing_failed",
                pause_s=self._control.timing.unstable_interval_s,
                again_s=PAUSE_S,
                wake=self._wake,
            )
        finally:
            for task in self._under_way.values():
                task.cancel()
            await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def heal_once(self) -> None:
        """Begin what is due now while there is capacity; does not wait for its end."""
        await self._auto_actions.finish_cut_off(self._is_mine, but=self._under_way)
        for case in await self._lost.every():
            if case.company.id in self._under_way or not self._is_mine(case.company.gateway):
                continue
            if (case.incident.id, case.company.id) in self._keyless:
                continue
            decision = self._decide(case)
            self._say_once(case, decision)
            hands = AT_ONCE_FORGOTTEN if case.is_forgotten else AT_ONCE
            free = self._hands[case.company.gateway] < hands
            if decision.rung in self._runs and free:
                self._begin(case, decision.rung)

    async def leave(self, gateway: GatewayName) -> None:
        """Cut off what is under way at this gateway: another replica will take it up."""
        cut = [task for task, at in self._at.items() if at == gateway]
        for task in cut:
            task.cancel()
        await asyncio.gather(*cut, return_exceptions=True)

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        await asyncio.gather(*self._under_way.values())

    def _decide(self, case: LostSession) -> Decision:
        budget = self._budget_of(case.company)
        return decide(case.situation, self._setting, budget, self._control.clock())

    def _budget_of(self, company: Company) -> int:
        own = company.max_reconnects_per_day
        return self._budget if own is None else own

    def _begin(self, case: LostSession, rung: Rung) -> None:
        company_id, gateway = case.company.id, case.company.gateway

        def ended(task: asyncio.Task[None]) -> None:
            self._under_way.pop(company_id, None)
            self._at.pop(task, None)
            self._hands[gateway] -= 1
            if task.cancelled():
                return
            if task.exception() is None:
                self._wake.set()
            else:
                log.error("auto_action_failed", company=company_id, exc_info=task.exception())

        task = asyncio.create_task(self._climb(case, rung))
        self._under_way[company_id] = task
        self._at[task] = gateway
        self._hands[gateway] += 1
        task.add_done_callback(ended)

    async def _climb(self, case: LostSession, rung: Rung) -> None:
        """Do one act, if a fresh look comes to the same decision.

        Of what a restart has ended all are looked at anyway; here the keys are, for what was
        started without any would only ask for a scan.
        """
        company = case.company
        if not case.is_forgotten:
            await self._look(company.gateway, company.id)
        now = await self._lost.now(case)
        if now is None or self._decide(now).rung is not rung:
            return
        if case.is_forgotten and not await self._control.has_keys(company):
            self._keyless.add((case.incident.id, company.id))
            return
        action = await self._auto_actions.begin(now, rung)
        outcome = ProcedureOutcome.INTERRUPTED
        async with aclosing(self._runs[rung](company)) as steps:
            async for step in steps:
                if isinstance(step, Finished):
                    outcome = step.outcome
        spent = rung is Rung.RECONNECT and now.situation.today + 1 >= self._budget_of(company)
        await self._auto_actions.finish(action, outcome, spent=spent)
        await self._look(company.gateway, company.id)

    def _say_once(self, case: LostSession, decision: Decision) -> None:
        company_id, reason = case.company.id, f"{decision.rung}: {decision.reason}"
        if self._told.get(company_id) != reason:
            log.info("ladder", company=company_id, rung=decision.rung, reason=decision.reason)
            self._told[company_id] = reason
