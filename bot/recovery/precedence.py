"""A person outranks the bot: what it does by itself ends, or is waited for.

The wish stands in the store, for another replica may be at work. Where a procedure ends for it:
`procedure.py`, `runner.py`.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from datetime import datetime, timedelta

from bot.domain.access import BOT_ITSELF
from bot.domain.company import Company, CompanyId
from bot.domain.procedure import ProcedureKind, ProcedureOrder, ProcedureStep, Progress, UnderWay
from bot.domain.timing import Timing
from storage.alerts import rests
from storage.database import Database, Transaction
from storage.people import names as people
from storage.recovery import procedures
from storage.recovery.procedures import Procedure

WISH = timedelta(seconds=60)  # an older one is nobody's any more: its replica died
_TURN = timedelta(seconds=5)  # so long the bot begins nothing where a person has asked for the turn


class Precedence:
    """Whose turn it is with a session."""

    def __init__(
        self, database: Database, *, timing: Timing, clock: Callable[[], datetime]
    ) -> None:
        self._db = database
        self._timing = timing
        self._clock = clock

    async def begin(self, order: ProcedureOrder) -> Procedure | None:
        """The row of a procedure that begins; None where it is somebody else's turn."""
        company_id, asked_by, now = order.company.id, order.asked_by, self._clock()
        async with self._db.writing() as tx:
            if asked_by == BOT_ITSELF and await _is_anothers(tx, company_id, now):
                return None
            return await procedures.begin(
                tx,
                kind=order.kind,
                company_id=company_id,
                step=ProcedureStep.BEGUN,
                asked_by=asked_by,
                address=order.address,
                now=now,
                facts={} if order.which is None else {"wanted": order.which},
                after=order.after,
            )

    async def under_way(self, company: Company) -> UnderWay | None:
        """What is being done to the session now, and by whose order."""
        async with self._db.reading() as tx:
            row = await procedures.running(tx, company.id)
            names = {} if row is None else await people.names(tx)
        if row is None:
            return None
        return UnderWay(
            kind=ProcedureKind(row.kind),
            by=row.asked_by,
            name=names.get(row.asked_by, ""),
            since=row.started_at,
        )

    async def outwait(self, company: Company) -> AsyncGenerator[Progress]:
        """Have what the bot does by itself end, and wait for that; told when it takes a while.

        Over at once where a person's procedure is running, or none. A clearing is the bot's own:
        nobody has asked for it. The wish is in the store: another replica may be at work.
        """
        loop = asyncio.get_running_loop()
        began, announced = loop.time(), False
        while loop.time() - began < self._timing.give_way_limit_s:
            async with self._db.writing() as tx:
                row = await procedures.running(tx, company.id)
                if row is None or not is_own(row):
                    return
                await procedures.want(tx, row.id, self._clock())
            if not announced and loop.time() - began >= self._timing.give_way_told_s:
                announced = True
                yield Progress(step=ProcedureStep.OUTWAITING)
            await asyncio.sleep(self._timing.give_way_poll_s)

    async def is_wanted_within(self, row: Procedure, pause_s: float) -> bool:
        """Let `pause_s` pass; True as soon as a person wants what the bot does by itself."""
        if row.asked_by != BOT_ITSELF:
            await asyncio.sleep(pause_s)
            return False
        loop = asyncio.get_running_loop()
        end = loop.time() + pause_s
        while True:
            async with self._db.reading() as tx:
                if await procedures.is_wanted(tx, row.id, self._clock() - WISH):
                    return True
            left = end - loop.time()
            if left <= 0:
                return False
            await asyncio.sleep(min(self._timing.give_way_poll_s, left))


async def _is_anothers(tx: Transaction, company_id: CompanyId, now: datetime) -> bool:
    """Whether a person wants the turn, or nothing to be done at all."""
    if await rests.of_company(tx, company_id) is not None:
        return True
    return await procedures.was_wanted(tx, company_id, now - _TURN)


def is_own(row: Procedure) -> bool:
    """Whether nobody has ordered it: the bot's own act, or the clearing away of an unused code."""
    return row.asked_by == BOT_ITSELF or row.kind == ProcedureKind.CLEAR
