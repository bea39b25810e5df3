"""Mend: put the good copy in the place of damaged credentials, and start the same device again.

No scan is needed, for WhatsApp has removed nothing. The damaged file is set aside, so that this
can be undone. Each step may be repeated after a crash: credentials that are whole are left alone.
"""

import asyncio

from bot import authdir
from bot.authdir import AuthDirError, GoodCopy, SessionsTemplate
from bot.domain.access import UserId
from bot.domain.company import Company
from bot.domain.files import CredsState
from bot.domain.notice import ChatAddress
from bot.domain.procedure import (
    Finished,
    ProcedureKind,
    ProcedureOutcome,
    ProcedureStep,
)
from bot.domain.session import State
from bot.gateways.base import GatewayError
from bot.recovery.procedure import Course, SessionControl, untouched
from storage.recovery.procedures import Procedure
from storage.sessions import companies


class Mend:
    """Stop, put back, start, watch."""

    def __init__(self, control: SessionControl) -> None:
        self._control = control

    async def good_copy(self, company: Company) -> GoodCopy | None:
        """The copy that would be put back; None when the present device has none.

        Copies of a device that was reset or paired anew are none of this one, until its directory
        is brought back. Raises AuthDirError.
        """
        template = self._control.template(company)
        async with self._control.database.reading() as tx:
            present = await companies.copied_at(tx, company.id) is not None
            device = await companies.copied_device(tx, company.id)
        if template is None or not present:
            return None
        return await asyncio.to_thread(authdir.latest_copy, template, company.id, device)

    def run(self, company: Company, asked_by: UserId, address: ChatAddress) -> Course:
        """Mend the company. With `asked_by` BOT_ITSELF nobody revoked it, and a copy is kept."""
        return self._control.run(ProcedureKind.MEND, company, asked_by, address, self._course)

    def resume(self, company: Company, row: Procedure) -> Course:
        """Go on with a mending that a crash has cut off."""
        return self._control.resume(company, row, self._course)

    async def _course(self, company: Company, row: Procedure) -> Course:
        template = self._control.template(company)
        if template is None:
            yield Finished(outcome=ProcedureOutcome.NO_DIRECTORY)
            return
        if row.step not in (ProcedureStep.STARTING, ProcedureStep.WATCHING):
            async for step in self._put_back(template, company, row):
                yield step
                if isinstance(step, Finished):
                    return
        async for step in self._control.start_and_watch(company, row):
            if isinstance(step, Finished) and step.outcome is ProcedureOutcome.LOOKS_REVOKED:
                # The copy is whole and the device is refused: it would be refused again.
                await self._control.copies.forget(company)
            yield step

    async def _put_back(
        self, template: SessionsTemplate, company: Company, row: Procedure
    ) -> Course:
        """Stop, wait, put back; a Finished only where that failed or was not needed."""
        was = State.STOPPED
        try:
            was = (await self._control.look(company)).state
            if was is State.CONNECTED and await self._is_whole(template, company):
                yield Finished(outcome=ProcedureOutcome.ALREADY_CONNECTED, state=was)
                return
            copy = await self.good_copy(company)
            if copy is None:
                yield Finished(outcome=ProcedureOutcome.NOTHING_KEPT)
                return
            yield await self._control.begin_step(row, ProcedureStep.STOPPING)
            await self._control.gateway(company).stop(company.session_key)
            yield await self._control.begin_step(row, ProcedureStep.QUIETING)
            await self._control.quiet(company)
            yield await self._control.begin_step(row, ProcedureStep.PUTTING_BACK)
            await asyncio.to_thread(
                authdir.put_back,
                template,
                company.id,
                copy,
                self._control.clock(),
                quiet_for_s=self._control.timing.quiet_for_s,
            )
        except (GatewayError, AuthDirError) as error:
            await self._control.start_again(company, was)
            yield untouched(error)

    async def _is_whole(self, template: SessionsTemplate, company: Company) -> bool:
        look = await asyncio.to_thread(authdir.count, template, company.id, self._control.clock())
        return look is not None and look.creds is CredsState.LINKED
