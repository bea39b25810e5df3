"""Clears away what a pairing code leaves behind when nobody types it in.

Asking for a code writes the number into `creds.json` before anybody has agreed. Such files do not
show a code at the next start: they log in, and are refused. They are set aside like those of a
reset, and marked as spent where no linked device ever lay there.
"""

import asyncio

from bot import authdir
from bot.authdir import AuthDirError
from bot.domain.access import UserId
from bot.domain.company import Company
from bot.domain.notice import ChatAddress
from bot.domain.procedure import Finished, ProcedureKind, ProcedureOrder, ProcedureOutcome
from bot.recovery.clear import is_half_linked
from bot.recovery.runner import ProcedureRunner
from storage.recovery import pairings


class Clearing:
    """Finds such files, and has them cleared away."""

    def __init__(self, runner: ProcedureRunner) -> None:
        self._runner = runner
        self._control = runner.control

    async def is_due(self, company: Company) -> bool:
        """Whether half-linked files lie there; false where that cannot be seen."""
        template, now = self._control.template(company), self._control.clock()
        if template is None:
            return False
        try:
            look = await asyncio.to_thread(authdir.count, template, company.id, now)
        except AuthDirError:
            return False
        return is_half_linked(look)

    async def clear(
        self, company: Company, asked_by: UserId, address: ChatAddress
    ) -> ProcedureOutcome:
        """DONE when nothing is left of it, or nothing was; anything else when it still lies there.

        NO_DIRECTORY where no directory is in reach: then only a reset helps.
        """
        outcome = ProcedureOutcome.INTERRUPTED
        order = ProcedureOrder(
            kind=ProcedureKind.CLEAR, company=company, asked_by=asked_by, address=address
        )
        async for event in self._runner.run(order):
            if isinstance(event, Finished):
                outcome = event.outcome
        if outcome is ProcedureOutcome.DONE:
            async with self._control.database.writing() as tx:
                await pairings.set_tidy(tx, company.id)
        return outcome
