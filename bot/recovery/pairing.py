"""Shows a QR until it is scanned, and then proves that the session works.

Enters: a company whose session needs a person. Leaves: steps, the last of them Paired,
WrongNumber or Ended. Nothing here destroys credentials: `start` and `stop` keep them.
"""

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import timedelta

from bot.domain.access import UserId
from bot.domain.company import Company
from bot.domain.notice import ChatAddress
from bot.domain.pairing import Ended, Ending, Paired, Step, Waiting, WrongNumber
from bot.domain.session import Cause, State
from bot.gateways.base import (
    GatewayAdapter,
    GatewayError,
    Qr,
    QrNotReady,
    SessionInfo,
    SessionNotFound,
    Unsupported,
    WouldDestroy,
)
from bot.recovery.procedure import Site
from bot.recovery.window import Sight, Window
from storage import companies, pairings
from storage.pairings import PairingRow

_LAST = (Paired, WrongNumber, Ended)


class Pairing:
    """Live QRs, at most one for each company."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._db = site.database
        self._tempo = site.tempo
        self._clock = site.clock

    async def begin(self, company: Company, asked_by: UserId, address: ChatAddress) -> int:
        """Claim the company's live QR; one that was showing elsewhere ends as moved."""
        async with self._db.writing() as tx:
            return await pairings.begin(tx, company.id, asked_by, address, self._clock())

    async def set_message(self, pairing_id: int, message_id: int | None) -> None:
        """Remember which message may show a code, so that a crash does not leave it there."""
        async with self._db.writing() as tx:
            await pairings.set_message(tx, pairing_id, message_id)

    async def steps(
        self, pairing_id: int, company: Company, *, opened: bool = False
    ) -> AsyncGenerator[Step]:
        """The steps until the end, which is stored before it is told.

        `opened` when a new session was just started, so that a code is due. Closed or cancelled
        before the end, the pairing is stored as interrupted.
        """
        last: Step | None = None
        try:
            async with aclosing(self._run(pairing_id, company, opened=opened)) as steps:
                async for step in steps:
                    told = step if await self._is_live(pairing_id) else Ended(ending=Ending.MOVED)
                    if told is None:
                        continue
                    last = told
                    await self._store(pairing_id, company, last)
                    yield last
                    if isinstance(last, _LAST):
                        return
        finally:
            if not isinstance(last, _LAST):
                await self._end(pairing_id, Ending.INTERRUPTED)

    async def end_leftovers(self) -> list[PairingRow]:
        """End the live QRs that a crash left behind; their messages may still show a code."""
        async with self._db.writing() as tx:
            rows = await pairings.left_over(tx)
            for row in rows:
                await pairings.end(tx, row.id, Ending.INTERRUPTED, self._clock())
        return rows

    async def _run(
        self, pairing_id: int, company: Company, *, opened: bool
    ) -> AsyncGenerator[Step | None]:
        """One value for each poll: the step that follows, or None."""
        gateway, key = self._site.gateway(company), company.session_key
        refusal = None if opened else await self._open(company)
        if refusal is not None:
            yield refusal
            return
        yield Waiting()
        await self._handed_over(pairing_id, company)
        window = Window(self._clock(), company.expected_phone, self._tempo)
        while True:
            yield await self._poll(gateway, key, window)
            await asyncio.sleep(self._tempo.qr_poll_s)

    async def _open(self, company: Company) -> Ended | None:
        # A reset stops, moves and starts; a start of ours in between would spoil it.
        if any(row.company_id == company.id for row in await self._site.unfinished()):
            return Ended(ending=Ending.BUSY)
        return await _open(self._site.gateway(company), company.session_key)

    async def _handed_over(self, pairing_id: int, company: Company) -> None:
        """Wait until no other message shows a code of this company: never two at once."""
        deadline = self._clock() + timedelta(seconds=self._tempo.qr_handover_s)
        while self._clock() < deadline:
            async with self._db.reading() as tx:
                if not await pairings.on_show(tx, company.id, but=pairing_id):
                    return
            await asyncio.sleep(self._tempo.qr_poll_s / 2)

    async def _poll(self, gateway: GatewayAdapter, key: str, window: Window) -> Step | None:
        try:
            info = await _look(gateway, key)
            code = await _code(gateway, key) if info.state is State.AWAITING_SCAN else None
        except Unsupported:
            return Ended(ending=Ending.UNSUPPORTED)
        except GatewayError:
            return window.silence(self._clock())
        return window.advance(
            Sight(
                at=self._clock(),
                state=info.state,
                cause=info.cause,
                phone=info.owner_phone,
                code=code,
                fingerprint=b"" if code is None else _fingerprint(code),
            )
        )

    async def _is_live(self, pairing_id: int) -> bool:
        async with self._db.reading() as tx:
            return await pairings.is_live(tx, pairing_id)

    async def _store(self, pairing_id: int, company: Company, step: Step) -> None:
        if isinstance(step, Paired):
            async with self._db.writing() as tx:
                await companies.set_paired(tx, company.id, step.phone, self._clock())
                await pairings.end(tx, pairing_id, "paired", self._clock())
        elif isinstance(step, WrongNumber):
            await self._end(pairing_id, "wrong_number")
        elif isinstance(step, Ended):
            await self._end(pairing_id, step.ending)

    async def _end(self, pairing_id: int, outcome: str) -> None:
        async with self._db.writing() as tx:
            await pairings.end(tx, pairing_id, outcome, self._clock())


async def _open(gateway: GatewayAdapter, key: str) -> Ended | None:
    """Make the gateway show codes without harming credentials; Ended when that cannot be."""
    try:
        info = await _look(gateway, key)
        ending = _needs_no_code(info)
        if ending is not None:
            return Ended(ending=ending, state=info.state)
        if info.state is State.AWAITING_SCAN and await _code(gateway, key) is not None:
            return None
        if info.state is not State.STOPPED:
            await gateway.stop(key)
        await gateway.start(key)
    except WouldDestroy:
        return Ended(ending=Ending.NEEDS_RESET)
    except Unsupported:
        return Ended(ending=Ending.UNSUPPORTED)
    except GatewayError:
        return Ended(ending=Ending.UNREACHABLE)
    return None


def _needs_no_code(info: SessionInfo) -> Ending | None:
    """Why no code is due: it is connected, or on its way with credentials of its own."""
    if info.state is State.CONNECTED:
        return Ending.ALREADY_CONNECTED
    away = info.state in (State.CONNECTING, State.DISCONNECTED)
    return Ending.STILL_TRYING if away and info.cause is not Cause.QR_WINDOW_OVER else None


async def _look(gateway: GatewayAdapter, key: str) -> SessionInfo:
    try:
        return await gateway.get_session(key)
    except SessionNotFound:
        return SessionInfo(key=key, state=State.STOPPED, raw_state="")


async def _code(gateway: GatewayAdapter, key: str) -> Qr | None:
    """The code, if there is one whose age is known: another may be stale."""
    try:
        code = await gateway.get_qr(key)
    except QrNotReady:
        return None
    return code if code.not_older_than is not None else None


def _fingerprint(code: Qr) -> bytes:
    return hashlib.sha256(code.png or (code.raw or "").encode()).digest()
