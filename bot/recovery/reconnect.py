"""Reconnect: start a session again with the credentials it has."""

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
from bot.gateways.base import GatewayError, WouldDestroy
from bot.recovery.procedure import Course, SessionControl, untouched
from storage.recovery.procedures import Procedure

# States in which there is nothing to reconnect, or nothing to reconnect with; the end it has.
_POINTLESS = {
    State.CONNECTED: ProcedureOutcome.ALREADY_CONNECTED,
    State.LOGGED_OUT: ProcedureOutcome.LOOKS_REVOKED,
    State.AWAITING_SCAN: ProcedureOutcome.AWAITS_SCAN,
    State.AWAITING_PASSKEY: ProcedureOutcome.NOT_BACK,
}


class Reconnect:
    """Never touches a session that is open, revoked or being paired; never loses credentials."""

    def __init__(self, control: SessionControl) -> None:
        self._control = control

    def run(self, company: Company, asked_by: UserId, address: ChatAddress) -> Course:
        """Reconnect the company."""
        return self._control.run(ProcedureKind.RECONNECT, company, asked_by, address, self._course)

    async def _course(self, company: Company, row: Procedure) -> Course:
        try:
            info = await self._control.look(company)
            if info.state in _POINTLESS:
                yield Finished(outcome=_POINTLESS[info.state], state=info.state)
                return
            yield await self._control.begin_step(row, ProcedureStep.STARTING)
            await self._control.gateway(company).restart(company.session_key)
        except WouldDestroy:
            # It changed between the look and the call; the call refused to harm it.
            yield Finished(outcome=ProcedureOutcome.UNTOUCHED, reason="state_changed")
            return
        except GatewayError as error:
            yield untouched(error)
            return
        yield await self._control.begin_step(row, ProcedureStep.WATCHING)
        yield await self._control.watch(company, row)
