"""Asks the gateway for a pairing code: seldom, once, and never without having counted it before."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.company import Company
from bot.domain.pairing import Ended, Ending
from bot.gateways.base import GatewayError, PairingCode, RateLimited, Unsupported
from bot.recovery.procedure import Site
from bot.recovery.throttle import Wait, stop_until, wait_for
from storage import code_requests


@dataclass(frozen=True, kw_only=True)
class CodeOrder:
    """A code may be asked for, once: the request has been counted."""

    phone: str
    request_id: int


class Coding:
    """Codes to be typed in, within the limits."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._db = site.database

    async def order(self, phone: str) -> CodeOrder | Wait:
        """Count a request for a number before it is made, so that no two pass at once."""
        now = self._site.clock()
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
        gateway = self._site.gateway(company)
        try:
            return await gateway.request_pairing_code(company.session_key, order.phone)
        except Unsupported:
            return Ended(ending=Ending.UNSUPPORTED)
        except RateLimited as error:
            until = await self._stop(order, error.retry_after_s)
            return Ended(ending=Ending.TOO_MANY, again_at=until)
        except GatewayError:
            return Ended(ending=Ending.UNREACHABLE)

    async def _stop(self, order: CodeOrder, retry_after_s: float | None) -> datetime:
        until = stop_until(retry_after_s, self._site.clock())
        async with self._db.writing() as tx:
            await code_requests.stop(tx, order.request_id, until)
        return until
