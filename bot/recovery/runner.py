"""Runs procedures: one at a time for a company, each step stored before it begins.

Enters: an order, or the row that a crash has left. Leaves: the steps as they begin, then the end.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial

from bot.domain.access import BOT_ITSELF
from bot.domain.company import Company
from bot.domain.procedure import (
    Finished,
    ProcedureKind,
    ProcedureOrder,
    ProcedureOutcome,
    ProcedureStep,
    Progress,
)
from bot.domain.session import State
from bot.gateways.base import GatewayError
from bot.recovery.clear import Clear
from bot.recovery.control import SessionControl
from bot.recovery.mend import Mend
from bot.recovery.precedence import WISH
from bot.recovery.procedure import Steps
from bot.recovery.reconnect import Reconnect
from bot.recovery.reset import Reset
from bot.recovery.restore import Restore
from bot.recovery.revive import Revive
from bot.recovery.steps import walk
from storage.recovery import procedures
from storage.recovery.procedures import Procedure

ProcedureEvents = AsyncGenerator[Progress | Finished]

PROCEDURES: dict[ProcedureKind, type[Steps]] = {
    steps.kind: steps for steps in (Reset, Restore, Reconnect, Mend, Revive, Clear)
}

_BEFORE_THE_START = (
    ProcedureStep.BEGUN,
    ProcedureStep.STOPPING,
    ProcedureStep.QUIETING,
    ProcedureStep.SETTING_ASIDE,
    ProcedureStep.SWAPPING,
    ProcedureStep.PUTTING_BACK,
)


class _GaveWay(Exception):
    """A person wants the session, and the bot has not begun yet."""


class ProcedureRunner:
    """Begins procedures, follows them to their end, and takes up what a crash has cut off."""

    def __init__(self, control: SessionControl) -> None:
        self.control = control
        self._db = control.database

    async def run(self, order: ProcedureOrder) -> ProcedureEvents:
        """Begin a procedure, unless one runs, and follow it to its end.

        What the bot does by itself gives way to a person, or is waited for. Nothing is done to a
        session that works on another gateway: it would be thrown out there.
        """
        turns, company = self.control.turns, order.company
        at = await self.control.works_elsewhere(company)
        if at is not None:
            facts = {"gateway": at}
            yield Finished(outcome=ProcedureOutcome.UNTOUCHED, reason="elsewhere", facts=facts)
            return
        row = await turns.begin(order)
        if row is None and order.asked_by != BOT_ITSELF:
            async for waiting in turns.outwait(company):
                yield waiting
            row = await turns.begin(order)
        if row is None:
            doing = await turns.under_way(company)
            more = {} if doing is None else {"doing": doing}
            yield Finished(outcome=ProcedureOutcome.BUSY, facts=more)
            return
        async with aclosing(self._follow(company, row)) as events:
            async for event in events:
                yield event

    async def resume(self, company: Company, row: Procedure) -> ProcedureEvents:
        """Go on with a procedure that a crash has cut off, at the step that it had reached.

        While the bot was away somebody may have mended the session: then it is left alone.
        """
        if row.step in _BEFORE_THE_START and await self._is_connected(company):
            mended = Finished(outcome=ProcedureOutcome.ALREADY_CONNECTED, state=State.CONNECTED)
            await self._finish(row, mended.outcome)
            yield mended
            return
        async with aclosing(self._follow(company, row)) as events:
            async for event in events:
                yield event

    async def unfinished(self) -> list[Procedure]:
        """What a crash has left in the middle."""
        async with self._db.reading() as tx:
            return await procedures.unfinished(tx)

    async def drop(self, row: Procedure) -> None:
        """End what will not be taken up."""
        await self._finish(row, ProcedureOutcome.INTERRUPTED)

    async def _follow(self, company: Company, row: Procedure) -> ProcedureEvents:
        """Pass the steps on; the end is stored before it is told.

        A procedure that is cancelled stays unfinished in the store: the next start goes on with it.
        """
        steps = PROCEDURES[ProcedureKind(row.kind)](self.control, company, row)
        begin = partial(self._begin_step, row)
        walking = walk(steps.stages(), begin, row.step)
        async with aclosing(walking) as events:
            try:
                async for event in events:
                    if isinstance(event, Finished):
                        await self._finish(row, event.outcome)
                    yield event
            except _GaveWay:
                await self._finish(row, ProcedureOutcome.GAVE_WAY)
                yield Finished(outcome=ProcedureOutcome.GAVE_WAY)
            except Exception:
                # Left unfinished, it would hold the company's alarms back until the next start.
                await self.drop(row)
                raise

    async def _begin_step(self, row: Procedure, step: ProcedureStep) -> Progress:
        """Store that a step begins, before it does.

        The bot's own act ends here, before its first step, where a person wants the session.
        """
        now = self.control.clock()
        wish = now - WISH if row.asked_by == BOT_ITSELF else None
        async with self._db.writing() as tx:
            taken = await procedures.put_step(
                tx, row.id, step, row.facts, now, unless_wanted_since=wish
            )
        if not taken:
            raise _GaveWay
        return Progress(step=step)

    async def _is_connected(self, company: Company) -> bool:
        try:
            return (await self.control.look(company)).state is State.CONNECTED
        except GatewayError:
            return False  # its steps will meet the same error, and say so

    async def _finish(self, row: Procedure, outcome: ProcedureOutcome) -> None:
        async with self._db.writing() as tx:
            await procedures.finish(tx, row.id, outcome, self.control.clock(), row.facts)
