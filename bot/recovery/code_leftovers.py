"""Clears away what a pairing code leaves behind when nobody types it in.

Asking for a code writes the number into `creds.json` before anybody has agreed. Such files do not
show a code at the next start: they log in, and are refused. They are set aside like those of a
reset, and marked as spent where no linked device ever lay there.
"""

import asyncio

from bot import authdir
from bot.authdir import AuthDirError, SessionsTemplate, SetAside
from bot.domain.access import UserId
from bot.domain.company import Company
from bot.domain.files import CredsState, FilesLook
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
from storage.recovery import pairings
from storage.recovery.procedures import Procedure


class Clearing:
    """Stop, make sure, set aside. The session is left stopped, with no directory."""

    def __init__(self, control: SessionControl) -> None:
        self._control = control

    async def is_due(self, company: Company) -> bool:
        """Whether half-linked files lie there; false where that cannot be seen."""
        template = self._control.template(company)
        try:
            return template is not None and await self._is_half_linked(template, company)
        except AuthDirError:
            return False

    async def clear(
        self, company: Company, asked_by: UserId, address: ChatAddress
    ) -> ProcedureOutcome:
        """DONE when nothing is left of it, or nothing was; anything else when it still lies there.

        NO_DIRECTORY where no directory is in reach: then only a reset helps.
        """
        outcome = ProcedureOutcome.INTERRUPTED
        run = self._control.run(ProcedureKind.CLEAR, company, asked_by, address, self._course)
        async for step in run:
            if isinstance(step, Finished):
                outcome = step.outcome
        if outcome is ProcedureOutcome.DONE:
            async with self._control.database.writing() as tx:
                await pairings.set_tidy(tx, company.id)
        return outcome

    async def _course(self, company: Company, row: Procedure) -> Course:
        template = self._control.template(company)
        if template is None:
            yield Finished(outcome=ProcedureOutcome.NO_DIRECTORY)
            return
        try:
            if (await self._control.look(company)).state is State.CONNECTED:
                yield Finished(outcome=ProcedureOutcome.ALREADY_CONNECTED)
                return
            yield await self._control.begin_step(row, ProcedureStep.STOPPING)
            await self._control.gateway(company).stop(company.session_key)
            yield await self._control.begin_step(row, ProcedureStep.QUIETING)
            await self._control.quiet(company)
            yield await self._control.begin_step(row, ProcedureStep.SETTING_ASIDE)
            # Once more, now that nothing writes: a phone may have agreed in the last moment.
            if await self._is_linked(template, company):
                await self._control.start(company)
                yield Finished(outcome=ProcedureOutcome.ALREADY_CONNECTED)
                return
            row.facts.update(device=await self._control.copies.device(company))
            kept = await self._set_aside(template, company)
            facts = {} if kept is None else {"aside": kept.path.name}
            await self._control.begin_step(row, ProcedureStep.SETTING_ASIDE, facts)
        except (GatewayError, AuthDirError) as error:
            yield untouched(error)
            return
        yield Finished(outcome=ProcedureOutcome.DONE)

    async def _set_aside(self, template: SessionsTemplate, company: Company) -> SetAside | None:
        if not await self._is_half_linked(template, company):
            return None
        return await asyncio.to_thread(
            authdir.set_aside,
            template,
            company.id,
            self._control.clock(),
            quiet_for_s=self._control.timing.quiet_for_s,
        )

    async def _is_half_linked(self, template: SessionsTemplate, company: Company) -> bool:
        """Whether `creds.json` names an account that has not agreed. Raises AuthDirError."""
        look = await self._count(template, company)
        return look is not None and look.creds is CredsState.UNLINKED and look.phone is not None

    async def _is_linked(self, template: SessionsTemplate, company: Company) -> bool:
        look = await self._count(template, company)
        return look is not None and look.creds is CredsState.LINKED

    async def _count(self, template: SessionsTemplate, company: Company) -> FilesLook | None:
        return await asyncio.to_thread(authdir.count, template, company.id, self._control.clock())
