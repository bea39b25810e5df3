"""Restore: undo the last reset by putting the kept directory back.

What it cannot undo is a revocation: a device that WhatsApp removed stays removed.
"""

import asyncio

from bot import authdir
from bot.authdir import AuthDirError, DirectoryInTheWay, SessionsTemplate, SetAside
from bot.domain.access import UserId
from bot.domain.company import Company
from bot.domain.notice import ChatAddress
from bot.domain.procedure import (
    Finished,
    ProcedureKind,
    ProcedureOutcome,
    ProcedureStep,
)
from bot.domain.session import State
from bot.gateways.base import GatewayError
from bot.recovery.procedure import Course, Site, untouched
from storage.procedures import Procedure


class Restore:
    """Stop, swap, start, watch."""

    def __init__(self, site: Site) -> None:
        self._site = site

    @property
    def site(self) -> Site:
        """Where it works."""
        return self._site

    def possible(self, company: Company) -> bool:
        """Whether its directory can be set aside, and so brought back."""
        return self._site.template(company) is not None

    async def newest_kept(self, company: Company) -> SetAside | None:
        """What would be put back; None when nothing is kept. Raises AuthDirError."""
        template = self._site.template(company)
        if template is None:
            return None
        every = await asyncio.to_thread(authdir.list_set_aside, template, company.id)
        return next(iter(every), None)

    def run(
        self,
        company: Company,
        asked_by: UserId,
        address: ChatAddress,
        *,
        after: int | None = None,
    ) -> Course:
        """Put the kept directory back; with `after` only if that was the company's last procedure.

        BUSY otherwise: what was asked may hold no more.
        """
        return self._site.run(
            ProcedureKind.RESTORE, company, asked_by, address, self._course, after=after
        )

    def resume(self, company: Company, row: Procedure) -> Course:
        """Go on with a restore that a crash has cut off."""
        return self._site.resume(company, row, self._course)

    async def _course(self, company: Company, row: Procedure) -> Course:
        template = self._site.template(company)
        if template is None:
            yield Finished(outcome=ProcedureOutcome.NO_DIRECTORY)
            return
        if row.step not in (ProcedureStep.STARTING, ProcedureStep.WATCHING):
            async for step in self._bring_back(template, company, row):
                yield step
                if isinstance(step, Finished):
                    return
        async for step in self._site.start_and_watch(company, row):
            yield step

    async def _bring_back(
        self, template: SessionsTemplate, company: Company, row: Procedure
    ) -> Course:
        """Stop, swap; a Finished only where that failed."""
        was = State.STOPPED
        try:
            kept = await self._chosen(template, company, row)
            if kept is None:
                # Chosen before a crash and no longer there: it lies in its place again.
                if "which" not in row.facts:
                    yield Finished(outcome=ProcedureOutcome.NOTHING_KEPT)
                return
            was = (await self._site.look(company)).state
            yield await self._site.begin_step(row, ProcedureStep.STOPPING)
            await self._site.gateway(company).stop(company.session_key)
            yield await self._site.begin_step(row, ProcedureStep.QUIETING)
            await self._site.quiet(company)
            facts = {"which": kept.path.name}
            yield await self._site.begin_step(row, ProcedureStep.SWAPPING, facts)
            await self._site.forget_copy(company)
            await self._swap(template, company, kept)
        except DirectoryInTheWay as error:
            yield Finished(outcome=ProcedureOutcome.HALF_DONE, reason=str(error))
        except (GatewayError, AuthDirError) as error:
            await self._site.start_again(company, was)
            yield untouched(error)

    async def _chosen(
        self, template: SessionsTemplate, company: Company, row: Procedure
    ) -> SetAside | None:
        """The newest one; after a crash the one that had been chosen, if it is still there."""
        every = await asyncio.to_thread(authdir.list_set_aside, template, company.id)
        which = row.facts.get("which")
        if which is None:
            return next(iter(every), None)
        return next((one for one in every if one.path.name == which), None)

    async def _swap(self, template: SessionsTemplate, company: Company, kept: SetAside) -> None:
        await asyncio.to_thread(
            authdir.restore,
            template,
            company.id,
            kept,
            self._site.clock(),
            quiet_for_s=self._site.tempo.quiet_for_s,
        )
