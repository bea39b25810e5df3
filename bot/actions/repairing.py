"""What a person may do to bring a session back without a scan, or to clear the way for one."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from bot.actions.journal import Journal
from bot.actions.looking import Looking
from bot.actions.results import Accepted, CutOff, Overtaken
from bot.domain.access import Person, Right
from bot.domain.company import Company
from bot.domain.notice import ChatAddress
from bot.domain.procedure import (
    Finished,
    ProcedureKind,
    ProcedureOutcome,
    Progress,
    UnderWay,
)
from bot.monitor.checker import Checker
from bot.recovery.mend import Mend
from bot.recovery.procedure import Site
from bot.recovery.reconnect import Reconnect
from bot.recovery.reset import Reset
from bot.recovery.restore import Restore
from bot.recovery.revive import Revive
from bot.recovery.standing import Since, Standings
from storage.states import LONGEST_WORK

_TURNS = 3  # how often somebody else may be quicker before it is said that they are


class Repairing:
    """Reset, restore, reconnect, mend, revive."""

    def __init__(
        self,
        journal: Journal,
        looking: Looking,
        checker: Checker,
        site: Site,
        reset: Reset,
        restore: Restore,
        reconnect: Reconnect,
        mend: Mend,
        revive: Revive,
    ) -> None:
        self._journal = journal
        self._looking = looking
        self._checker = checker
        self._site = site
        self._reset = reset
        self._restore = restore
        self._reconnect = reconnect
        self._mend = mend
        self._revive = revive
        self._standings = Standings(restore)

    async def carry_out(
        self, person: Person, accepted: Accepted, address: ChatAddress
    ) -> AsyncGenerator[Progress | UnderWay | Finished | Overtaken]:
        """Do what was accepted, unless it is better now than when it was asked: then Overtaken.

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
            run = self._begun(accepted, person, address, found)
            async with aclosing(self._noted(audit_id, company, run)) as steps:
                async for step in steps:
                    if isinstance(step, Finished) and step.outcome is ProcedureOutcome.BUSY:
                        busy = step
                        break  # somebody was quicker: what they do may be all that was wanted
                    yield step
                else:
                    return
        yield busy

    def _begun(
        self, accepted: Accepted, person: Person, address: ChatAddress, found: Since
    ) -> AsyncGenerator[Progress | Finished]:
        company, asked_by, after = accepted.company, person.user_id, found.ended
        if accepted.action == ProcedureKind.RESET:
            return self._reset.run(company, asked_by, address, after=after)
        return self._restore.run(company, asked_by, address, accepted.which, after=after)

    async def _turn_of(self, company: Company) -> AsyncGenerator[Progress | UnderWay]:
        """Wait until nothing is being done to the session; a person's act is told of at once."""
        loop = asyncio.get_running_loop()
        end = loop.time() + LONGEST_WORK.total_seconds()
        told: UnderWay | None = None
        while loop.time() < end:
            async for waiting in self._site.turns.outwait(company):
                yield waiting
            doing = await self._site.turns.under_way(company)
            if doing is None:
                return
            if doing != told:
                yield doing
            told = doing
            await asyncio.sleep(self._site.tempo.give_way_poll_s)

    async def _since(self, person: Person, accepted: Accepted) -> Since | None:
        """What has changed for the better since the question; None where nobody can see that."""
        card = await self._looking.company(person, accepted.company.id)
        return await self._standings.since(
            accepted.stood,
            card.known,
            person.user_id,
            restoring=accepted.action == ProcedureKind.RESTORE,
        )

    async def reconnect(
        self, person: Person, company: Company, address: ChatAddress, update_key: str
    ) -> AsyncGenerator[Progress | Finished]:
        """Note the order to start the session again; its steps, once they are asked for."""
        person.must(Right.RECONNECT, company.id)
        return await self._ordered(
            self._reconnect, "reconnect", person, company, address, update_key
        )

    async def mend(
        self, person: Person, company: Company, address: ChatAddress, update_key: str
    ) -> AsyncGenerator[Progress | Finished]:
        """Note the order to put the good copy back; its steps, once they are asked for."""
        person.must(Right.RESTORE, company.id)
        return await self._ordered(self._mend, "mend", person, company, address, update_key)

    async def revive(
        self, person: Person, company: Company, address: ChatAddress, update_key: str
    ) -> AsyncGenerator[Progress | Finished]:
        """Note the order to close a dead socket and open another; its steps, when asked for."""
        person.must(Right.RECONNECT, company.id)
        return await self._ordered(self._revive, "revive", person, company, address, update_key)

    async def _ordered(
        self,
        procedure: Reconnect | Mend | Revive,
        action: str,
        person: Person,
        company: Company,
        address: ChatAddress,
        update_key: str,
    ) -> AsyncGenerator[Progress | Finished]:
        audit_id = await self._journal.begin(
            person.user_id, address.chat_id, action, company.id, update_key=update_key
        )
        return self._noted(audit_id, company, procedure.run(company, person.user_id, address))

    async def cut_off(self, mine: Callable[[CutOff], bool]) -> list[CutOff]:
        """What a crash has left in the middle, as far as it is `mine` to take up.

        A reconnect is not taken up: by now somebody else may have connected the session. Nor is a
        clearing: the pairing it belongs to is found by itself.
        """
        found = []
        for row in await self._site.unfinished():
            cut_off = CutOff(
                row_id=row.id,
                kind=row.kind,
                company=await self._looking.find(row.company_id),
                asked_by=row.asked_by,
                address=row.address,
                row=row,
            )
            if not mine(cut_off):
                continue
            if row.kind in (ProcedureKind.RECONNECT, ProcedureKind.CLEAR):
                await self._site.drop(row)
            else:
                found.append(cut_off)
        return found

    async def resume(self, cut_off: CutOff) -> AsyncGenerator[Progress | Finished]:
        """Go on with it."""
        audit_id = await self._journal.begin(
            cut_off.asked_by,
            cut_off.address.chat_id,
            f"resume {cut_off.kind}",
            cut_off.company.id,
        )
        procedures: dict[str, Reset | Restore | Mend | Revive] = {
            ProcedureKind.RESET: self._reset,
            ProcedureKind.RESTORE: self._restore,
            ProcedureKind.MEND: self._mend,
            ProcedureKind.REVIVE: self._revive,
        }
        procedure = procedures[cut_off.kind]
        steps = procedure.resume(cut_off.company, cut_off.row)
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
