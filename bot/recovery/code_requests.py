"""Asks the gateway for a pairing code: seldom, once, and never without having counted it before."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.company import Company
from bot.domain.pairing import Ended, Ending
from bot.domain.phone import distinct
from bot.gateways.base import GatewayError, PairingCode, RateLimited
from bot.recovery.control import SessionControl
from bot.recovery.open_window import ending_of
from bot.recovery.throttle import HOUR, Wait, stop_until, wait_for
from storage.recovery import code_requests, pairings
from storage.sessions import companies


@dataclass(frozen=True, kw_only=True)
class CodeOrder:
    """A code may be asked for, once: the request has been counted."""

    phone: str
    request_id: int


class Coding:
    """Codes to be typed in, within the limits."""

    def __init__(self, control: SessionControl) -> None:
        self._control = control
        self._db = control.database

    async def numbers(self, company: Company) -> tuple[str, ...] | None:
        """The numbers that a code may be for, the likeliest first; None where there are no codes.

        The one last asked for, the one that is expected, the one that was linked last. Whether this
        build of the gateway really hands out codes shows only when one is asked for.
        """
        if not self._control.gateway(company).caps.pairing_code:
            return None
        async with self._db.reading() as tx:
            linked = await companies.linked_phone(tx, company.id)
        known = (await self.last_phone(company), company.expected_phone, linked)
        return distinct([phone for phone in known if phone is not None])

    async def last_phone(self, company: Company) -> str | None:
        """The number that a code was asked for within the last hour."""
        async with self._db.reading() as tx:
            return await pairings.last_phone(tx, company.id, self._control.clock() - HOUR)

    async def order(self, phone: str) -> CodeOrder | Wait:
        """Count a request for a number before it is made, so that no two pass at once."""
        now = self._control.clock()
        async with self._db.writing() as tx:
            known = await code_requests.of_phone(tx, phone)
            wait = wait_for(known.at, known.stopped_until, now)
            if wait is not None:
                return wait
            return CodeOrder(phone=phone, request_id=await code_requests.add(tx, phone, now))

    async def cancel(self, order: CodeOrder) -> None:
        """The code was not asked for after all."""
        async with self._db.writing() as tx:
            await code_requests.remove(tx, order.request_id)

    async def ask(self, company: Company, order: CodeOrder) -> PairingCode | Ended:
        """The code, or why there is none. Asked once: after an error nobody knows what was done."""
        gateway = self._control.gateway(company)
        try:
            return await gateway.request_pairing_code(company.session_key, order.phone)
        except RateLimited as error:
            until = await self._stop(order, error.retry_after_s)
            return Ended(ending=Ending.TOO_MANY, again_at=until)
        except GatewayError as error:
            return Ended(ending=ending_of(error))

    async def _stop(self, order: CodeOrder, retry_after_s: float | None) -> datetime:
        until = stop_until(retry_after_s, self._control.clock())
        async with self._db.writing() as tx:
            await code_requests.stop(tx, order.request_id, until)
        return until
