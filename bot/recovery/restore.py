"""Restore: undo a reset by putting the kept directory back.

What it cannot undo is a revocation: a device that WhatsApp removed stays removed. Where the kept
credentials are damaged, the good copy of their device mends them on the way; where the directory is
gone, one is made of the copy.
"""

from typing import Literal

import structlog

from bot import authdir
from bot.authdir import AuthDirError, DirectoryInTheWay, SetAside
from bot.domain.company import Company
from bot.domain.procedure import Finished, ProcedureKind, ProcedureOutcome, ProcedureStep
from bot.recovery.control import SessionControl
from bot.recovery.kept_keys import KeySource, sources
from bot.recovery.procedure import Acts, Stages, Steps, half_done, no_directory, untouched
from bot.recovery.steps import STAGE_DONE, Failure, RestOfStage, Stage, Step
from storage.recovery.procedures import Procedure

log = structlog.get_logger()


class Restore(Steps):
    """Stop, swap, start, watch."""

    kind = ProcedureKind.RESTORE

    def __init__(self, control: SessionControl, company: Company, row: Procedure) -> None:
        super().__init__(control, company, row)
        self._source: KeySource | None = None

    def stages(self) -> Stages:
        """The keys come first to their place, then the session is started on them."""
        if self.template is None:
            return (Stage((Step(no_directory),)),)
        bringing: Acts = (
            Step(self._choose),
            Step(self.stop, ProcedureStep.STOPPING),
            Step(self._quiet, ProcedureStep.QUIETING),
            Step(self._swap, ProcedureStep.SWAPPING),
        )
        return Stage(bringing, failed=self._not_brought), self.starting()

    async def _choose(self) -> Finished | Literal[RestOfStage.DONE] | None:
        """The one that was asked for, else the best; after a crash the one that had been chosen."""
        self._source = await self._chosen()
        if self._source is not None:
            self.was = (await self.look()).state
            return None
        if "which" not in self.row.facts:
            return Finished(outcome=ProcedureOutcome.NOTHING_KEPT)
        # Chosen before a crash and no longer there: it lies in its place again.
        await self._complete()
        return STAGE_DONE

    async def _chosen(self) -> KeySource | None:
        if self.template is None:
            return None
        all_sources = await sources(self.control.database, self.template, self.company.id)
        which = self.row.facts.get("which") or self.row.facts.get("wanted")
        if which is None:
            return next(iter(all_sources), None)
        return next((source for source in all_sources if source.kept.name == which), None)

    async def _quiet(self) -> None:
        await self.quiet()
        if self._source is not None:
            self.row.facts.update(
                which=self._source.kept.name,
                brought=self._source.device,
                device=await self.control.copies.device(self.company),
            )

    async def _swap(self) -> None:
        await self.control.copies.forget(self.company)
        replaced = None if self._source is None else await self._put(self._source)
        if replaced is not None:
            self.row.facts.update(aside=replaced.path.name)
        await self._complete()

    async def _put(self, source: KeySource) -> SetAside | None:
        """Put the directory, or what is made of the copy, in its place; what lay there before."""
        now, quiet_for_s = self.control.clock(), self.control.timing.quiet_for_s
        if source.directory is not None:
            restored = await self.on_disk(
                authdir.restore, source.directory, now, quiet_for_s=quiet_for_s
            )
            return restored.replaced
        if source.copy is None:
            return None
        return await self.on_disk(authdir.restore_copy, source.copy, now, quiet_for_s=quiet_for_s)

    async def _complete(self) -> None:
        """The keys lie in their place: mend them where need be; their copies are theirs again.

        What fails here costs no keys, and the start shows what they are good for.
        """
        try:
            keys = await self.on_disk(authdir.keys_of)
            device = (keys.device if keys else None) or self.row.facts.get("brought")
            copy = await self.control.copies.remember(self.company, device)
            if copy is None:
                return
            # Whole credentials are left alone.
            await self.on_disk(authdir.put_back, copy, self.control.clock(), quiet_for_s=0)
        except AuthDirError as error:
            log.warning("credentials_not_mended", company=self.company.id, reason=str(error))

    async def _not_brought(self, error: Failure) -> Finished:
        if isinstance(error, DirectoryInTheWay):
            return await half_done(error)
        await self.undo()
        return await untouched(error)
