"""Restore: undo a reset by putting the kept directory back.

What it cannot undo is a revocation: a device that WhatsApp removed stays removed. Where the kept
credentials are damaged, the good copy of their device mends them on the way; where the directory is
gone, one is made of the copy.
"""

import asyncio
from datetime import datetime

import structlog

from bot import authdir
from bot.authdir import AuthDirError, DirectoryInTheWay, SessionsTemplate, SetAside
from bot.domain.access import UserId
from bot.domain.company import Company
from bot.domain.files import Kept
from bot.domain.notice import ChatAddress
from bot.domain.procedure import (
    Finished,
    ProcedureKind,
    ProcedureOutcome,
    ProcedureStep,
)
from bot.domain.session import State
from bot.gateways.base import GatewayError
from bot.recovery.kept import Source, sources
from bot.recovery.procedure import Course, SessionControl, untouched
from storage.recovery.procedures import Procedure

log = structlog.get_logger()


class Restore:
    """Stop, swap, start, watch."""

    def __init__(self, control: SessionControl) -> None:
        self._control = control

    @property
    def control(self) -> SessionControl:
        """Where it works."""
        return self._control

    def possible(self, company: Company) -> bool:
        """Whether its directory can be set aside, and so brought back."""
        return self._control.template(company) is not None

    async def kept(self, company: Company) -> list[Kept]:
        """What could be brought back, the best first. Raises AuthDirError."""
        template = self._control.template(company)
        if template is None:
            return []
        found = await sources(self._control.database, template, company.id)
        return [source.kept for source in found]

    def run(
        self,
        company: Company,
        asked_by: UserId,
        address: ChatAddress,
        which: str | None = None,
        *,
        after: int | None = None,
    ) -> Course:
        """Bring back the keys of this name; the best ones where none is named.

        With `after` only if that was the company's last procedure; BUSY otherwise, for what was
        asked may hold no more.
        """
        facts = {} if which is None else {"wanted": which}
        return self._control.run(
            ProcedureKind.RESTORE, company, asked_by, address, self._course, facts, after=after
        )

    def resume(self, company: Company, row: Procedure) -> Course:
        """Go on with a restore that a crash has cut off."""
        return self._control.resume(company, row, self._course)

    async def _course(self, company: Company, row: Procedure) -> Course:
        template = self._control.template(company)
        if template is None:
            yield Finished(outcome=ProcedureOutcome.NO_DIRECTORY)
            return
        if row.step not in (ProcedureStep.STARTING, ProcedureStep.WATCHING):
            async for step in self._bring_back(template, company, row):
                yield step
                if isinstance(step, Finished):
                    return
        async for step in self._control.start_and_watch(company, row):
            yield step

    async def _bring_back(
        self, template: SessionsTemplate, company: Company, row: Procedure
    ) -> Course:
        """Stop, swap; a Finished only where that failed."""
        was = State.STOPPED
        try:
            source = await self._chosen(template, company, row)
            if source is None:
                # Chosen before a crash and no longer there: it lies in its place again.
                if "which" not in row.facts:
                    yield Finished(outcome=ProcedureOutcome.NOTHING_KEPT)
                    return
                await self._complete(template, company, row)
                return
            was = (await self._control.look(company)).state
            yield await self._control.begin_step(row, ProcedureStep.STOPPING)
            await self._control.gateway(company).stop(company.session_key)
            yield await self._control.begin_step(row, ProcedureStep.QUIETING)
            await self._control.quiet(company)
            facts = {
                "which": source.kept.name,
                "brought": source.device,
                "device": await self._control.copies.device(company),
            }
            yield await self._control.begin_step(row, ProcedureStep.SWAPPING, facts)
            await self._control.copies.forget(company)
            replaced = await self._swap(template, company, source)
            if replaced is not None:
                row.facts.update(aside=replaced.path.name)
            await self._complete(template, company, row)
        except DirectoryInTheWay as error:
            yield Finished(outcome=ProcedureOutcome.HALF_DONE, reason=str(error))
        except (GatewayError, AuthDirError) as error:
            await self._control.undo(company, row, was)
            yield untouched(error)

    async def _chosen(
        self, template: SessionsTemplate, company: Company, row: Procedure
    ) -> Source | None:
        """The one that was asked for, else the best; after a crash the one that had been chosen."""
        every = await sources(self._control.database, template, company.id)
        which = row.facts.get("which") or row.facts.get("wanted")
        if which is None:
            return next(iter(every), None)
        return next((source for source in every if source.kept.name == which), None)

    async def _swap(
        self, template: SessionsTemplate, company: Company, source: Source
    ) -> SetAside | None:
        """Put the directory, or what is made of the copy, in its place; what lay there before."""
        now, quiet_for_s = self._control.clock(), self._control.timing.quiet_for_s
        if source.directory is None:
            return await self._make(template, company, source, now)
        restored = await asyncio.to_thread(
            authdir.restore,
            template,
            company.id,
            source.directory,
            now,
            quiet_for_s=quiet_for_s,
        )
        return restored.replaced

    async def _make(
        self, template: SessionsTemplate, company: Company, source: Source, now: datetime
    ) -> SetAside | None:
        if source.copy is None:
            return None
        return await asyncio.to_thread(
            authdir.restore_copy,
            template,
            company.id,
            source.copy,
            now,
            quiet_for_s=self._control.timing.quiet_for_s,
        )

    async def _complete(self, template: SessionsTemplate, company: Company, row: Procedure) -> None:
        """The keys lie in their place: mend them where need be; their copies are theirs again.

        What fails here costs no keys, and the start shows what they are good for.
        """
        try:
            keys = await asyncio.to_thread(authdir.keys_of, template, company.id)
            device = (keys.device if keys else None) or row.facts.get("brought")
            copy = await self._control.copies.remember(company, device)
            if copy is None:
                return
            # Whole credentials are left alone.
            await asyncio.to_thread(
                authdir.put_back, template, company.id, copy, self._control.clock(), quiet_for_s=0
            )
        except AuthDirError as error:
            log.warning("credentials not mended", company=company.id, reason=str(error))
