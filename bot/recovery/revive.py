"""Revive: close a socket that pretends to live, and open another with the same credentials.

The gateway's own reconnect refuses a session that it calls connected, so it is stopped first. Only
a person may order this: were the session alive after all, it would be cut off for seconds.
"""

from bot.domain.access import UserId
from bot.domain.company import Company
from bot.domain.notice import ChatAddress
from bot.domain.procedure import Finished, ProcedureKind, ProcedureOutcome, ProcedureStep
from bot.domain.session import State
from bot.gateways.base import GatewayError, Unsupported
from bot.recovery.procedure import Course, SessionControl, untouched
from storage.recovery.procedures import Procedure

# Where a code is shown, or the link has ended, there is nothing to connect with.
_POINTLESS = {
    State.LOGGED_OUT: ProcedureOutcome.LOOKS_REVOKED,
    State.AWAITING_SCAN: ProcedureOutcome.AWAITS_SCAN,
    State.AWAITING_PASSKEY: ProcedureOutcome.NOT_BACK,
}


class Revive:
    """Stop, start, watch. Credentials stay where they are."""

    def __init__(self, control: SessionControl) -> None:
        self._control = control

    def run(self, company: Company, asked_by: UserId, address: ChatAddress) -> Course:
        """Revive the company's session."""
        return self._control.run(ProcedureKind.REVIVE, company, asked_by, address, self._course)

    def resume(self, company: Company, row: Procedure) -> Course:
        """Go on with what a crash has cut off: a session that was stopped must not stay so."""
        return self._control.resume(company, row, self._course)

    async def _course(self, company: Company, row: Procedure) -> Course:
        if row.step == ProcedureStep.BEGUN:
            ended = await self._over(company)
            if ended is not None:
                yield ended
                return
        if row.step not in (ProcedureStep.STARTING, ProcedureStep.WATCHING):
            yield await self._control.begin_step(row, ProcedureStep.STOPPING)
            try:
                await self._close(company)
            except GatewayError as error:
                await self._control.start_again(company, State.CONNECTED)
                yield untouched(error)
                return
        yield await self._control.begin_step(row, ProcedureStep.STARTING)
        try:
            await self._control.start(company)
        except GatewayError as error:
            yield Finished(outcome=ProcedureOutcome.HALF_DONE, reason=str(error))
            return
        yield await self._control.begin_step(row, ProcedureStep.WATCHING)
        yield await self._control.watch(company, row)

    async def _over(self, company: Company) -> Finished | None:
        """The end where there is no socket any more that could be dead; None where there may be."""
        try:
            state = (await self._control.look(company)).state
        except GatewayError as error:
            return untouched(error)
        outcome = _POINTLESS.get(state)
        return None if outcome is None else Finished(outcome=outcome, state=state)

    async def _close(self, company: Company) -> None:
        """Close the socket; where a gateway can only replace it, that. Raises GatewayError."""
        gateway = self._control.gateway(company)
        try:
            await gateway.stop(company.session_key)
        except Unsupported:
            await gateway.restart(company.session_key)
