"""Shows a QR or a code until it is used, and then proves that the session works.

Enters: a company whose session needs a person. Leaves: steps, the last of them Paired,
WrongNumber or Ended. Nothing here destroys credentials: `start` and `stop` keep them, and what is
set aside never was linked.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.access import UserId
from bot.domain.company import Company
from bot.domain.notice import ChatAddress
from bot.domain.pairing import (
    WINDOW_OVER,
    Ended,
    Ending,
    MessageLocation,
    Paired,
    Proving,
    Scanned,
    Step,
    Tidying,
    Waiting,
    WrongNumber,
)
from bot.domain.probe import Probe
from bot.domain.procedure import ProcedureOutcome
from bot.domain.session import Cause, State
from bot.gateways.base import GatewayError, Unsupported
from bot.gateways.look import look_at
from bot.recovery.code_leftovers import Clearing
from bot.recovery.code_requests import CodeOrder, Coding
from bot.recovery.open_window import code_shown, ending_of, fingerprint, open_window
from bot.recovery.pairing_end import ended, shut
from bot.recovery.runner import ProcedureRunner
from bot.recovery.window import PairingWindow, PollSight
from storage.recovery import pairings
from storage.recovery.pairings import PairingRow
from storage.sessions import companies, states

_LAST = (Paired, WrongNumber, Ended)


class Pairing:
    """Live QRs and codes, at most one of them for each company."""

    def __init__(
        self, runner: ProcedureRunner, probe: Callable[[Company], Awaitable[Probe]] | None = None
    ) -> None:
        """`probe` sends the test message that ends a proof; None where none is wanted."""
        self._control = control = runner.control
        self._probe = probe
        self._db = control.database
        self._timing = control.timing
        self._clock = control.clock
        self.coding = Coding(control)
        self._clearing = Clearing(runner)

    async def begin(
        self,
        company: Company,
        asked_by: UserId,
        address: ChatAddress,
        *,
        order: CodeOrder | None = None,
    ) -> int:
        """Claim the company's pairing; one that was showing elsewhere ends as moved."""
        phone = None if order is None else order.phone
        now = self._clock()
        async with self._db.writing() as tx:
            return await pairings.begin(tx, company.id, asked_by, address, now, phone)

    async def set_message(
        self, pairing_id: int, message_id: int | None, location: MessageLocation | None = None
    ) -> None:
        """Remember which message may show a code, so that a crash does not leave it there."""
        async with self._db.writing() as tx:
            await pairings.set_message(tx, pairing_id, message_id, location)

    async def steps(
        self,
        pairing_id: int,
        company: Company,
        *,
        opened: bool = False,
        order: CodeOrder | None = None,
    ) -> AsyncGenerator[Step]:
        """The steps until the end, which is stored before it is told.

        `opened` when a new session was just started, so that a QR is due. With an `order` a code
        is asked for and shown instead. Closed or cancelled before the end, the pairing is stored
        as interrupted.
        """
        last: Step | None = None
        run = _PairingRun(pairing_id, company, order)
        try:
            async with aclosing(self._run(run, opened=opened)) as steps:
                async for step in steps:
                    ending = await ended(self._db, pairing_id) or step
                    if ending is None:
                        continue
                    if isinstance(ending, Paired) and self._probe is not None:
                        ending = replace(ending, probe=(await self._probe(company)).outcome)
                    if run.asked and isinstance(ending, Ended) and ending.ending in WINDOW_OVER:
                        yield Tidying()
                        ending = replace(ending, tidied=await self._tidy(pairing_id, company))
                    last = ending
                    await self._store(pairing_id, company, last)
                    yield last
                    if isinstance(last, _LAST):
                        if last == Ended(ending=Ending.NOT_ALLOWED):
                            await shut(self._control.gateway(company), company.session_key)
                        return
        finally:
            if order is not None and not run.asked:
                await self.coding.cancel(order)
            if not isinstance(last, _LAST):
                await self._end(pairing_id, Ending.INTERRUPTED)

    async def end_leftovers(self) -> list[PairingRow]:
        """End the pairings that a crash left behind.

        Their messages may still show a code, and those that are half linked need tidying.
        """
        async with self._db.writing() as tx:
            rows = await pairings.left_over(tx)
            for row in rows:
                await pairings.end(tx, row.id, Ending.INTERRUPTED, self._clock())
        return rows

    async def tidy(self, company: Company, row: PairingRow) -> None:
        """Set aside what an unused code of a former life has left."""
        if await self._clearing.is_due(company):
            await self._clearing.clear(company, row.asked_by, row.location.address)
            return
        async with self._db.writing() as tx:
            await pairings.set_tidy(tx, company.id)

    async def _run(self, run: "_PairingRun", *, opened: bool) -> AsyncGenerator[Step | None]:
        """One value for each poll: the step that follows, or None."""
        company = run.company
        refusal = None if opened else await self._open(run)
        if refusal is not None:
            yield refusal
            return
        yield Waiting()
        await self._handed_over(run.id, company)
        window = PairingWindow(self._clock(), company.expected_phone, self._timing)
        while True:
            yield await self._poll(run, window)
            await asyncio.sleep(window.pause_s(self._clock()))

    async def _open(self, run: "_PairingRun") -> Ended | None:
        company = run.company
        if await self._is_busy(company):
            return Ended(ending=Ending.BUSY)
        while await self._clearing.is_due(company):
            refusal = await self._clear(run)
            if refusal is None:
                break
            # Another clearing may have come first: what it leaves is looked at anew.
            if refusal.ending is not Ending.BUSY or await self._is_busy(company):
                return refusal
        gateway, key = self._control.gateway(company), company.session_key
        # A code lives as long as its window: it gets one from the beginning.
        return await open_window(gateway, key, self._timing, anew=run.order is not None)

    async def _is_busy(self, company: Company) -> bool:
        """Whether a person has something else done with the session; the bot's own is waited for.

        A reset stops, moves and starts: a start of ours in between would spoil it.
        """
        async for _ in self._control.turns.outwait(company):
            continue
        return await self._control.turns.under_way(company) is not None

    async def _clear(self, run: "_PairingRun") -> Ended | None:
        """Make room after a code that nobody used; Ended where that failed."""
        async with self._db.reading() as tx:
            row = await pairings.get(tx, run.id)
        outcome = await self._clearing.clear(run.company, row.asked_by, row.location.address)
        match outcome:
            case ProcedureOutcome.DONE | ProcedureOutcome.ALREADY_CONNECTED:
                return None
            case ProcedureOutcome.BUSY:
                return Ended(ending=Ending.BUSY)
        return Ended(ending=Ending.UNREACHABLE)

    async def _tidy(self, pairing_id: int, company: Company) -> bool | None:
        """Whether what the unused code has left was set aside; None when it left nothing."""
        async with self._db.reading() as tx:
            row = await pairings.get(tx, pairing_id)
        in_reach = self._control.template(company) is not None
        if in_reach and not await self._clearing.is_due(company):
            async with self._db.writing() as tx:
                await pairings.set_tidy(tx, company.id)
            return None
        outcome = await self._clearing.clear(company, row.asked_by, row.location.address)
        return None if outcome is ProcedureOutcome.BUSY else outcome is ProcedureOutcome.DONE

    async def _handed_over(self, pairing_id: int, company: Company) -> None:
        """Wait until no other message shows a code of this company: never two at once."""
        deadline = self._clock() + timedelta(seconds=self._timing.qr_handover_s)
        while self._clock() < deadline:
            async with self._db.reading() as tx:
                if not await pairings.on_show(tx, company.id, but=pairing_id):
                    return
            await asyncio.sleep(self._timing.qr_poll_s / 2)

    async def _poll(self, run: "_PairingRun", window: PairingWindow) -> Step | None:
        gateway, key = self._control.gateway(run.company), run.company.session_key
        try:
            info = await look_at(gateway, key)
            # Beside a code to be typed in no QR is asked for, for some gateways would begin anew;
            # others tell with it that the code has changed.
            asks = gateway.caps.renews_pairing_code or not run.asked
            wanted = info.state is State.AWAITING_SCAN and asks
            code = await code_shown(gateway, key) if wanted else None
        except Unsupported:
            return Ended(ending=Ending.UNSUPPORTED)
        except GatewayError as error:
            return window.silence(self._clock(), ending_of(error))
        if code is not None and run.order is not None and not run.asked:
            return await self._ask(run, run.order, window)
        return window.advance(
            PollSight(
                at=self._clock(),
                state=info.state,
                cause=info.cause or await self._told_cause(run, window),
                phone=info.owner_phone,
                code=code,
                fingerprint=b"" if code is None else fingerprint(code),
            )
        )

    async def _told_cause(self, run: "_PairingRun", window: PairingWindow) -> Cause | None:
        """What the gateway's log has said since the first code, by way of the checker.

        What was noted before that may be the end of the window before this one.
        """
        if window.shown_at is None:
            return None
        async with self._db.reading() as tx:
            return await states.cause_since(tx, run.company.id, window.shown_at)

    async def _ask(self, run: "_PairingRun", order: CodeOrder, window: PairingWindow) -> Step:
        """The session can take a code to be typed in: get one."""
        elsewhere = await ended(self._db, run.id)
        if elsewhere is not None:
            return elsewhere
        run.asked = True
        # Before it is asked for: whatever happens then, the directory may need tidying.
        async with self._db.writing() as tx:
            await pairings.set_half_linked(tx, run.id)
        answer = await self.coding.ask(run.company, order)
        return answer if isinstance(answer, Ended) else window.show(answer, self._clock())

    async def _store(self, pairing_id: int, company: Company, step: Step) -> None:
        if isinstance(step, Proving) or (isinstance(step, Scanned) and step.sure):
            async with self._db.writing() as tx:
                await pairings.set_used(tx, pairing_id, self._clock())
        elif isinstance(step, Paired):
            async with self._db.writing() as tx:
                await companies.set_paired(tx, company.id, step.phone, self._clock())
                await pairings.set_tidy(tx, company.id)
                await pairings.end(tx, pairing_id, "paired", self._clock())
        elif isinstance(step, WrongNumber):
            await self._end(pairing_id, "wrong_number")
        elif isinstance(step, Ended):
            await self._end(pairing_id, step.ending)

    async def _end(self, pairing_id: int, outcome: str) -> None:
        async with self._db.writing() as tx:
            await pairings.end(tx, pairing_id, outcome, self._clock())


@dataclass
class _PairingRun:
    """One pairing under way. `asked` once a code to be typed in was asked for."""

    id: int
    company: Company
    order: CodeOrder | None
    asked: bool = False
