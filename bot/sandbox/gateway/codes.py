"""Pairing codes: handed out by the gateway, typed in on a phone."""

import secrets
from enum import StrEnum

from bot.sandbox.gateway import creds as keys
from bot.sandbox.gateway.pool import Pool
from bot.sandbox.gateway.session import Phase, Session

_LETTERS = "123456789ABCDEFGHJKLMNPQRSTVWXYZ"


class Codes(StrEnum):
    """How the gateway answers requests for a pairing code."""

    GIVEN = "given"
    UNSUPPORTED = "unsupported"  # a build whose pool lacks the method
    LIMITED = "limited"  # WhatsApp wants a pause


class NoCode(Exception):
    """The request is refused, with this status and this text. Whose fault: the gateway's."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


class PairingCodes:
    """Makes codes for sessions that show a QR."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.mode = Codes.GIVEN
        # Baileys writes the number into the credentials before anybody has agreed; others do not.
        self.leaves_claims = True

    async def issue(self, company: str, phone: str) -> str:
        """A new code for `phone`, or NoCode.

        Where it `leaves_claims`, a code that is never typed in leaves files that log in, and are
        refused.
        """
        if self.mode is Codes.UNSUPPORTED:
            raise NoCode(500, "sessionPool.requestPairingCode is not a function")
        if self.mode is Codes.LIMITED:
            raise NoCode(429, "Too many requests")
        session = await self._showing(company)
        session.pairing_phone, session.pairing_code = phone, letters()
        if self.leaves_claims:
            keys.claim(session.creds, phone)
            session.directory.save(session.creds)
        return session.pairing_code

    async def _showing(self, company: str) -> Session:
        """The company's session at the stage where a code can be had, begun if need be."""
        session = self._pool.sessions.get(company)
        if session is None or session.phase is not Phase.SHOWING:
            self._pool.drop(company)
            session = self._pool.begin(company)
        begun = session
        try:
            wait_s = self._pool.pace.initialize_wait_s
            await self._pool.until(lambda: self._has_settled(begun), wait_s)
        except TimeoutError:
            raise NoCode(500, "Timed out waiting for QR code") from None
        if session.phase is not Phase.SHOWING:
            raise NoCode(500, "Connection Closed")
        return session

    def _has_settled(self, session: Session) -> bool:
        return session.phase is Phase.SHOWING or self._pool.sessions.get(session.id) is not session


def letters() -> str:
    """A new random code: eight letters or digits, `ABCD-EFGH`."""
    chosen = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return f"{chosen[:4]}-{chosen[4:]}"
