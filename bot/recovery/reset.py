"""Reset: stop the session, set its directory aside, start a new one that shows a code.

Each step is stored before it begins, so that a crash at any point can be taken up: stopping a
stopped session, setting aside a directory that is gone, starting what runs are all harmless.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

from bot import authdir
from bot.authdir import AuthDirError, SetAside
from bot.domain.access import UserId
from bot.domain.company import Company
from bot.domain.notice import ChatAddress
from bot.domain.procedure import (
    Finished,
    ProcedureKind,
    ProcedureOutcome,
    ProcedureStep,
    Progress,
)
from bot.domain.session import State
from bot.gateways.base import GatewayError
from bot.recovery.procedure import Course, Site, untouched
from storage.procedures import Procedure


class Reset:
    """Ends in a new session that waits for a scan, or says where it stands."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def run(
        self, company: Company, asked_by: UserId, address: ChatAddress
    ) -> AsyncIterator[Progress | Finished]:
        """Reset the company. A person, or proof of a revocation, stands behind this call."""
        return self._site.run(ProcedureKind.RESET, company, asked_by, address, self._course)

    def resume(self, company: Company, row: Procedure) -> AsyncIterator[Progress | Finished]:
        """Go on with a reset that a crash has cut off."""
        return self._site.follow(row, self._course(company, row))

    async def _course(self, company: Company, row: Procedure) -> Course:
        if self._site.template is None:
            async for step in self._without_directory(company, row):
                yield step
            return
        gateway = self._site.gateway(company)
        try:
            yield await self._site.begin_step(row, ProcedureStep.STOPPING)
            await gateway.stop(company.session_key)
            yield await self._site.begin_step(row, ProcedureStep.QUIETING)
            await self._site.quiet(company)
            yield await self._site.begin_step(row, ProcedureStep.SETTING_ASIDE)
            kept = await self._set_aside(company, row)
        except (GatewayError, AuthDirError) as error:
            yield untouched(error)
            return
        facts = {"kept": kept is not None, "files": kept.total if kept else 0}
        yield await self._site.begin_step(row, ProcedureStep.STARTING, facts)
        try:
            await self._start(company)
        except GatewayError as error:
            yield Finished(outcome=ProcedureOutcome.HALF_DONE, reason=str(error), facts=facts)
            return
        yield Finished(outcome=ProcedureOutcome.DONE, facts=facts)

    async def _start(self, company: Company) -> None:
        """Start the new session; one that is there already, after a crash, is left alone."""
        if (await self._site.look(company)).state is State.STOPPED:
            await self._site.gateway(company).start(company.session_key)

    async def _set_aside(self, company: Company, row: Procedure) -> SetAside | None:
        template = self._site.template
        if template is None:
            return None
        kept = await asyncio.to_thread(
            authdir.set_aside,
            template,
            company.id,
            self._site.clock(),
            quiet_for_s=self._site.tempo.quiet_for_s,
        )
        if kept is not None:
            return kept
        # Taken up after a crash: the directory may have been set aside just before it.
        every = await asyncio.to_thread(authdir.list_set_aside, template, company.id)
        begun = row.started_at - timedelta(seconds=1)
        return next((one for one in every if one.at >= begun), None)

    async def _without_directory(self, company: Company, row: Procedure) -> Course:
        """The gateway wipes its own directory: nothing is kept, as the confirmation said."""
        yield await self._site.begin_step(row, ProcedureStep.STARTING)
        try:
            if row.step != ProcedureStep.STARTING or not await self._has_code(company):
                await self._site.gateway(company).reset(company.session_key)
        except GatewayError as error:
            yield Finished(outcome=ProcedureOutcome.UNTOUCHED, reason=str(error))
            return
        yield Finished(outcome=ProcedureOutcome.DONE, facts={"kept": False, "files": 0})

    async def _has_code(self, company: Company) -> bool:
        return (await self._site.look(company)).state is State.AWAITING_SCAN
