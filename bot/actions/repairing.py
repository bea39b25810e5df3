"""What a person may do to bring a session back without a scan, or to clear the way for one."""

from collections.abc import AsyncIterator

from bot.actions.journal import Journal
from bot.actions.results import Accepted
from bot.domain.access import Person, Right
from bot.domain.company import Company
from bot.domain.notice import ChatAddress
from bot.domain.procedure import Finished, ProcedureKind, Progress
from bot.monitor.checker import Checker
from bot.recovery.reconnect import Reconnect
from bot.recovery.reset import Reset
from bot.recovery.restore import Restore


class Repairing:
    """Reset, restore, reconnect."""

    def __init__(
        self,
        journal: Journal,
        checker: Checker,
        reset: Reset,
        restore: Restore,
        reconnect: Reconnect,
    ) -> None:
        self._journal = journal
        self._checker = checker
        self._reset = reset
        self._restore = restore
        self._reconnect = reconnect

    async def carry_out(
        self, person: Person, accepted: Accepted, address: ChatAddress
    ) -> AsyncIterator[Progress | Finished]:
        """Do what was accepted."""
        procedure = self._reset if accepted.action == ProcedureKind.RESET else self._restore
        steps = procedure.run(accepted.company, person.user_id, address)
        async for step in self._noted(accepted.audit_id, accepted.company, steps):
            yield step

    async def reconnect(
        self, person: Person, company: Company, address: ChatAddress, update_key: str
    ) -> AsyncIterator[Progress | Finished]:
        """Start the session again with the credentials it has."""
        person.must(Right.RECONNECT, company.id)
        audit_id = await self._journal.begin(
            person.user_id, address.chat_id, "reconnect", company.id, update_key=update_key
        )
        steps = self._reconnect.run(company, person.user_id, address)
        async for step in self._noted(audit_id, company, steps):
            yield step

    async def _noted(
        self, audit_id: int, company: Company, steps: AsyncIterator[Progress | Finished]
    ) -> AsyncIterator[Progress | Finished]:
        async for step in steps:
            if isinstance(step, Finished):
                await self._journal.finish(audit_id, step.outcome)
                await self._checker.check(company.gateway, company.id)
            yield step
