"""Reconnect: start a session again with the credentials it has."""

from bot.domain.procedure import Finished, ProcedureKind, ProcedureOutcome, ProcedureStep
from bot.domain.session import State
from bot.gateways.base import WouldDestroy
from bot.recovery.procedure import Acts, Stages, Steps, untouched
from bot.recovery.steps import Failure, Stage, Step

# States in which there is nothing to reconnect, or nothing to reconnect with; the end it has.
_POINTLESS = {
    State.CONNECTED: ProcedureOutcome.ALREADY_CONNECTED,
    State.LOGGED_OUT: ProcedureOutcome.LOOKS_REVOKED,
    State.AWAITING_SCAN: ProcedureOutcome.AWAITS_SCAN,
    State.AWAITING_PASSKEY: ProcedureOutcome.NOT_BACK,
}


class Reconnect(Steps):
    """Never touches a session that is open, revoked or being paired; never loses credentials."""

    kind = ProcedureKind.RECONNECT
    is_taken_up = False  # by then somebody else may have connected the session

    def stages(self) -> Stages:
        """One call of the gateway, which does it all."""
        restarting: Acts = (Step(self._see), Step(self._restart, ProcedureStep.STARTING))
        watching: Acts = (Step(self.watch, ProcedureStep.WATCHING),)
        return Stage(restarting, failed=_refused), Stage(watching)

    async def _see(self) -> Finished | None:
        state = (await self.look()).state
        outcome = _POINTLESS.get(state)
        return None if outcome is None else Finished(outcome=outcome, state=state)

    async def _restart(self) -> None:
        await self.gateway.restart(self.company.session_key)


async def _refused(error: Failure) -> Finished:
    if isinstance(error, WouldDestroy):
        # It changed between the look and the call; the call refused to harm it.
        return Finished(outcome=ProcedureOutcome.UNTOUCHED, reason="state_changed")
    return await untouched(error)
