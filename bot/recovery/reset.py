"""Reset: stop the session, set its directory aside, start a new one that shows a code.

Each step may be repeated after a crash: stopping a stopped session, setting aside a directory that
is gone, starting what runs are all harmless.
"""

from datetime import timedelta
from typing import Any

from bot import authdir
from bot.authdir import AuthDirError, SetAside
from bot.domain.procedure import Finished, ProcedureKind, ProcedureOutcome, ProcedureStep
from bot.domain.session import State
from bot.gateways.base import GatewayUnreachable
from bot.recovery.procedure import Acts, Stages, Steps, untouched
from bot.recovery.steps import Failure, Stage, Step


class Reset(Steps):
    """Ends in a new session that waits for a scan, or says where it stands.

    A person, or proof of a revocation, stands behind it. Its end leads on to the pairing.
    """

    kind = ProcedureKind.RESET

    def stages(self) -> Stages:
        """With a directory in reach it is set aside; without one the gateway wipes its own."""
        if self.template is None:
            wiping: Acts = (Step(self._wipe, ProcedureStep.STARTING), Step(self._wiped))
            return (Stage(wiping, failed=self._not_wiped),)
        clearing: Acts = (
            Step(self._see),
            Step(self.stop, ProcedureStep.STOPPING),
            Step(self._quiet, ProcedureStep.QUIETING),
            Step(self._set_aside, ProcedureStep.SETTING_ASIDE),
        )
        starting: Acts = (Step(self.start, ProcedureStep.STARTING), Step(self._started))
        return (
            Stage(clearing, failed=self._not_cleared),
            Stage(starting, failed=self._half_done),
        )

    async def _see(self) -> None:
        self.was = (await self.look()).state

    async def _quiet(self) -> None:
        await self.quiet()
        # Whose keys they are, for the day a damaged file tells it no more.
        device = self.row.facts.get("device") or await self.control.copies.device(self.company)
        self.row.facts.update(device=device)

    async def _set_aside(self) -> None:
        # Before it moves: a crash in between must not leave copies that look like its own.
        await self.control.copies.forget(self.company)
        kept = await self.on_disk(
            authdir.set_aside,
            self.control.clock(),
            quiet_for_s=self.control.timing.quiet_for_s,
        )
        self._note(kept or await self._kept_before())

    async def _not_cleared(self, error: Failure) -> Finished:
        if await self._was_set_aside():
            return await self._half_done(error)
        await self.undo()
        return await untouched(error)

    async def _was_set_aside(self) -> bool:
        """Whether the life before a crash had come so far; false where that cannot be seen."""
        try:
            kept = await self._kept_before()
        except AuthDirError:
            return False
        self._note(kept)
        return kept is not None

    async def _kept_before(self) -> SetAside | None:
        """What this reset has set aside already, just before a crash."""
        directories = await self.on_disk(authdir.list_set_aside, spent=True)
        begun = self.row.started_at - timedelta(seconds=1)  # names hold whole seconds
        return next((set_aside for set_aside in directories if set_aside.at >= begun), None)

    async def _started(self) -> Finished:
        return Finished(outcome=ProcedureOutcome.DONE, facts=self._facts(), opens_pairing=True)

    async def _half_done(self, error: Failure) -> Finished:
        return Finished(outcome=ProcedureOutcome.HALF_DONE, reason=str(error), facts=self._facts())

    def _note(self, kept: SetAside | None) -> None:
        """What is told at the end. Spent keys are none that could be brought back."""
        if kept is not None:
            self.row.facts.update(aside=kept.path.name)
        useful = kept is not None and not kept.spent
        self.row.facts.update(kept=useful, files=(kept.total or 0) if kept else 0)

    def _facts(self) -> dict[str, Any]:
        """What people are told of."""
        facts = self.row.facts
        return {name: facts[name] for name in ("kept", "files") if name in facts}

    async def _wipe(self) -> None:
        """The gateway wipes its own directory: nothing is kept, as the confirmation said."""
        taken_up = self.row.step == ProcedureStep.STARTING
        if not (taken_up and await self._has_begun()):
            await self.gateway.reset(self.company.session_key)

    async def _has_begun(self) -> bool:
        """Whether a new session shows its code, or is paired already: nobody may wipe that."""
        return (await self.look()).state in (State.AWAITING_SCAN, State.CONNECTED)

    async def _wiped(self) -> Finished:
        facts = {"kept": False, "files": 0}
        return Finished(outcome=ProcedureOutcome.DONE, facts=facts, opens_pairing=True)

    async def _not_wiped(self, error: Failure) -> Finished:
        if isinstance(error, GatewayUnreachable):
            # The order may have arrived, and the directory may be wiped: nobody can tell from here.
            return Finished(outcome=ProcedureOutcome.UNCLEAR, reason=str(error))
        return await untouched(error)
