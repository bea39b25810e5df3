"""Mend: put the good copy in the place of damaged credentials, and start the same device again.

No scan is needed, for WhatsApp has removed nothing. The damaged file is set aside, so that this
can be undone. Each step may be repeated after a crash: credentials that are whole are left alone.
"""

from bot import authdir
from bot.authdir import GoodCopy
from bot.domain.company import Company
from bot.domain.files import CredsState
from bot.domain.procedure import Finished, ProcedureKind, ProcedureOutcome, ProcedureStep
from bot.domain.session import State
from bot.recovery.control import SessionControl
from bot.recovery.procedure import Acts, Stages, Steps, no_directory, untouched
from bot.recovery.steps import Failure, Stage, Step
from storage.recovery.procedures import Procedure


class Mend(Steps):
    """Stop, put back, start, watch. Where the bot asks for it, nobody revoked the device."""

    kind = ProcedureKind.MEND

    def __init__(self, control: SessionControl, company: Company, row: Procedure) -> None:
        super().__init__(control, company, row)
        self._copy: GoodCopy | None = None

    def stages(self) -> Stages:
        """The copy comes first to its place, then the session is started on it."""
        if self.template is None:
            return (Stage((Step(no_directory),)),)
        mending: Acts = (
            Step(self._see),
            Step(self.stop, ProcedureStep.STOPPING),
            Step(self.quiet, ProcedureStep.QUIETING),
            Step(self._put_back, ProcedureStep.PUTTING_BACK),
        )
        return Stage(mending, failed=self._not_mended), self.starting()

    async def watch(self) -> Finished:
        """See whether it connects; the copy of a device that is refused is forgotten."""
        end = await super().watch()
        if end.outcome is ProcedureOutcome.LOOKS_REVOKED:
            # The copy is whole and the device is refused: it would be refused again.
            await self.control.copies.forget(self.company)
        return end

    async def _see(self) -> Finished | None:
        """The end where there is nothing to mend, or nothing to mend it with."""
        self.was = (await self.look()).state
        if self.was is State.CONNECTED and await self._is_whole():
            return Finished(outcome=ProcedureOutcome.ALREADY_CONNECTED, state=self.was)
        self._copy = await self.control.copies.present(self.company)
        return None if self._copy else Finished(outcome=ProcedureOutcome.NOTHING_KEPT)

    async def _is_whole(self) -> bool:
        look = await self.on_disk(authdir.count, self.control.clock())
        return look is not None and look.creds is CredsState.LINKED

    async def _put_back(self) -> None:
        if self._copy is not None:
            await self.on_disk(
                authdir.put_back,
                self._copy,
                self.control.clock(),
                quiet_for_s=self.control.timing.quiet_for_s,
            )

    async def _not_mended(self, error: Failure) -> Finished:
        await self.start_again()
        return await untouched(error)
