"""Revive: close a socket that pretends to live, and open another with the same credentials.

The gateway's own reconnect refuses a session that it calls connected, so it is stopped first. Only
a person may order this: were the session alive after all, it would be cut off for seconds.
"""

from bot.domain.procedure import Finished, ProcedureKind, ProcedureOutcome, ProcedureStep
from bot.domain.session import State
from bot.gateways.base import Unsupported
from bot.recovery.procedure import Acts, Stages, Steps, untouched
from bot.recovery.steps import Failure, Stage, Step

# Where a code is shown, or the link has ended, there is nothing to connect with.
_POINTLESS = {
    State.LOGGED_OUT: ProcedureOutcome.LOOKS_REVOKED,
    State.AWAITING_SCAN: ProcedureOutcome.AWAITS_SCAN,
    State.AWAITING_PASSKEY: ProcedureOutcome.NOT_BACK,
}


class Revive(Steps):
    """Stop, start, watch. Credentials stay where they are."""

    kind = ProcedureKind.REVIVE

    def stages(self) -> Stages:
        """The dead socket is closed first, then another is opened."""
        closing: Acts = (Step(self._see), Step(self._close, ProcedureStep.STOPPING))
        return Stage(closing, failed=self._not_closed), self.starting()

    async def _see(self) -> Finished | None:
        """The end where there is no socket any more that could be dead; None where there may be.

        After a crash it is closed in any case: it may have been closed half way.
        """
        if self.row.step != ProcedureStep.BEGUN:
            return None
        state = (await self.look()).state
        outcome = _POINTLESS.get(state)
        return None if outcome is None else Finished(outcome=outcome, state=state)

    async def _close(self) -> None:
        """Close the socket; where a gateway can only replace it, that."""
        self.was = State.CONNECTED
        try:
            await self.stop()
        except Unsupported:
            await self.gateway.restart(self.company.session_key)

    async def _not_closed(self, error: Failure) -> Finished:
        await self.start_again()
        return await untouched(error)
