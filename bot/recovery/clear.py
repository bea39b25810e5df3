"""Clear: set aside what a pairing code leaves behind when nobody types it in."""

from bot import authdir
from bot.domain.files import CredsState, FilesLook
from bot.domain.procedure import Finished, ProcedureKind, ProcedureOutcome, ProcedureStep
from bot.domain.session import State
from bot.recovery.procedure import Acts, Stages, Steps, no_directory, untouched
from bot.recovery.steps import Stage, Step


class Clear(Steps):
    """Stop, make sure, set aside. The session is left stopped, with no directory."""

    kind = ProcedureKind.CLEAR
    is_taken_up = False  # the pairing that it belongs to is found by itself

    def stages(self) -> Stages:
        """One stage: nothing is started after it."""
        if self.template is None:
            return (Stage((Step(no_directory),)),)
        clearing: Acts = (
            Step(self._see),
            Step(self.stop, ProcedureStep.STOPPING),
            Step(self.quiet, ProcedureStep.QUIETING),
            Step(self._set_aside, ProcedureStep.SETTING_ASIDE),
        )
        return (Stage(clearing, failed=untouched),)

    async def _see(self) -> Finished | None:
        connected = (await self.look()).state is State.CONNECTED
        return Finished(outcome=ProcedureOutcome.ALREADY_CONNECTED) if connected else None

    async def _set_aside(self) -> Finished:
        look = await self.on_disk(authdir.count, self.control.clock())
        # Once more, now that nothing writes: a phone may have agreed in the last moment.
        if look is not None and look.creds is CredsState.LINKED:
            await self.start()
            return Finished(outcome=ProcedureOutcome.ALREADY_CONNECTED)
        self.row.facts.update(device=await self.control.copies.device(self.company))
        if is_half_linked(look):
            kept = await self.on_disk(
                authdir.set_aside,
                self.control.clock(),
                quiet_for_s=self.control.timing.quiet_for_s,
            )
            self.row.facts.update({} if kept is None else {"aside": kept.path.name})
        return Finished(outcome=ProcedureOutcome.DONE)


def is_half_linked(look: FilesLook | None) -> bool:
    """Whether `creds.json` names an account that has not agreed."""
    return look is not None and look.creds is CredsState.UNLINKED and look.phone is not None
