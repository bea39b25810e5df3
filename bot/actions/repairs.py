"""Repairs that a person orders: reset, restore, reconnect, mend, revive."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime

from bot.actions.journal import Journal
from bot.actions.results import Accepted, CutOff, Overtaken
from bot.actions.status import Status
from bot.domain.access import RIGHT_FOR, Person
from bot.domain.company import Company
from bot.domain.notice import ChatAddress
from bot.domain.procedure import (
    Finished,
    ProcedureKind,
    ProcedureOrder,
    ProcedureOutcome,
    Progress,
    UnderWay,
)
from bot.domain.standing import Improvement
from bot.monitor.checker import Checker
from bot.recovery.runner import PROCEDURES, ProcedureRunner
from bot.recovery.standing import Since, Standings
from storage.sessions.states import LONGEST_WORK


@dataclass(frozen=True, kw_only=True)
class Order:
    """An act that takes one press. `shown_at` is when its button was shown, None for a command."""

    kind: ProcedureKind
    person: Person
    company: Company
    address: ChatAddress
    update_key: str
    shown_at: datetime | None = None


_TURNS = 3  # how often somebody else may be quicker before it is said that they are


class Repairs:
    """Reset, restore, reconnect, mend, revive."""

    def __init__(
        self,
        journal: Journal,
        looking: Status,
        checker: Checker,
        runner: ProcedureRunner,
        standings: Standings,
    ) -> None:
        self._journal = journal
        self._status = looking
        self._checker = checker
        self._runner = runner
        self._standings = standings

    async def carry_out(
        self, person: Person, accepted: Accepted, address: ChatAddress
    ) -> AsyncGenerator[Progress | UnderWay | Finished | Overtaken]:
        """Carry out what was accepted; Overtaken when things have improved since it was asked.

        What the bot does by itself is ended or waited for, what another person has ordered is
        waited for: either may have changed what was asked about.
        """
        company, audit_id = accepted.company, accepted.audit_id
        busy = Finished(outcome=ProcedureOutcome.BUSY)
        for _ in range(_TURNS):
            async for waiting in self._turn_of(company):
                yield waiting
            found = await self._since(person, accepted)
            if found is None:
                await self._journal.finish(audit_id, ProcedureOutcome.UNTOUCHED)
                yield Finished(outcome=ProcedureOutcome.UNTOUCHED, reason="unseen")
                return
            if found.news:
                await self._journal.finish(audit_id, "overtaken")
                yield Overtaken(action=accepted.action, company=company, news=found.news)
                return
            order = ProcedureOrder(
                kind=ProcedureKind(accepted.action),
                company=company,
                asked_by=person.user_id,
                address=address,
                which=accepted.which,
                after=found.ended,
            )
            run = self._runner.run(order)
            async with aclosing(self._noted(audit_id, company, run)) as steps:
                async for step in steps:
                    if isinstance(step, Finished) and step.outcome is ProcedureOutcome.BUSY:
                        busy = step
                        break  # somebody was quicker: what they do may be all that was wanted
                    yield step
                else:
                    return
        yield busy

    async def _turn_of(self, company: Company) -> AsyncGenerator[Progress | UnderWay]:
        """Wait until nothing is being done to the session; a person's act is told of at once."""
        loop = asyncio.get_running_loop()
        end = loop.time() + LONGEST_WORK.total_seconds()
        announced: UnderWay | None = None
        while loop.time() < end:
            async for waiting in self._runner.control.turns.outwait(company):
                yield waiting
            doing = await self._runner.control.turns.under_way(company)
            if doing is None:
                return
            if doing != announced:
                yield doing
            announced = doing
            await asyncio.sleep(self._runner.control.timing.give_way_poll_s)

    async def _since(self, person: Person, accepted: Accepted) -> Since | None:
        """What has changed for the better since the question; None where nobody can see that."""
        card = await self._status.company(person, accepted.company.id)
        return await self._standings.since(
            accepted.stood,
            card.known,
            person.user_id,
            restoring=accepted.action == ProcedureKind.RESTORE,
        )

    async def reconnect(
        self, person: Person, company: Company, address: ChatAddress, update_key: str
    ) -> AsyncGenerator[Progress | Finished | Overtaken]:
        """Start the session again with what it has, as by a command; see `ordered`."""
        return await self.ordered(
            Order(
                kind=ProcedureKind.RECONNECT,
                person=person,
                company=company,
                address=address,
                update_key=update_key,
            )
        )

    async def ordered(self, order: Order) -> AsyncGenerator[Progress | Finished | Overtaken]:
        """Record the order to reconnect, mend or revive; its steps are taken as they are read.

        Overtaken where the button is of a past that somebody has changed since, or somebody pairs
        the session just now: then nothing is done.
        """
        person, company = order.person, order.company
        person.must(RIGHT_FOR[order.kind], company.id)
        audit_id = await self._journal.begin(
            person.user_id,
            order.address.chat_id,
            order.kind,
            company.id,
            update_key=order.update_key,
        )
        return self._unless_overtaken(audit_id, order)

    async def against(self, order: Order) -> tuple[Improvement, ...]:
        """What speaks against an order now. Empty: nothing does."""
        card = await self._status.company(order.person, order.company.id)
        return await self._standings.against(
            order.kind, card.known, order.person.user_id, order.shown_at
        )

    async def _unless_overtaken(
        self, audit_id: int, order: Order
    ) -> AsyncGenerator[Progress | Finished | Overtaken]:
        company = order.company
        news = await self.against(order)
        if news:
            await self._journal.finish(audit_id, "overtaken")
            yield Overtaken(action=order.kind, company=company, news=news)
            return
        ordered = ProcedureOrder(
            kind=order.kind,
            company=company,
            asked_by=order.person.user_id,
            address=order.address,
        )
        run = self._runner.run(ordered)
        async with aclosing(self._noted(audit_id, company, run)) as steps:
            async for step in steps:
                yield step

    async def cut_off(self, mine: Callable[[CutOff], bool]) -> list[CutOff]:
        """Procedures that a crash has cut off, of those that are `mine` to resume."""
        found = []
        for row in await self._runner.unfinished():
            cut_off = CutOff(
                row_id=row.id,
                kind=row.kind,
                company=await self._status.stored(row.company_id),
                asked_by=row.asked_by,
                address=row.address,
                row=row,
            )
            if not mine(cut_off):
                continue
            if PROCEDURES[ProcedureKind(row.kind)].is_taken_up:
                found.append(cut_off)
            else:
                await self._runner.drop(row)
        return found

    async def resume(self, cut_off: CutOff) -> AsyncGenerator[Progress | Finished]:
        """Resume it."""
        audit_id = await self._journal.begin(
            cut_off.asked_by,
            cut_off.address.chat_id,
            f"resume {cut_off.kind}",
            cut_off.company.id,
        )
        steps = self._runner.resume(cut_off.company, cut_off.row)
        return self._noted(audit_id, cut_off.company, steps)

    async def _noted(
        self, audit_id: int, company: Company, steps: AsyncGenerator[Progress | Finished]
    ) -> AsyncGenerator[Progress | Finished]:
        async with aclosing(steps):
            async for step in steps:
                if isinstance(step, Finished):
                    await self._journal.finish(audit_id, step.outcome)
                yield step
        # Last, so that the asker need not wait for it, and after the live QR that follows a reset.
        await self._checker.check(company.gateway, company.id)
