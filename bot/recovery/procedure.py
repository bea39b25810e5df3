"""What reset, restore and reconnect share: one at a time for a company, each step stored."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Any

from bot import authdir
from bot.authdir import AuthDirError, SessionsTemplate, StillWriting
from bot.domain.access import UserId
from bot.domain.company import Company, GatewayName
from bot.domain.notice import ChatAddress
from bot.domain.procedure import (
    Finished,
    ProcedureKind,
    ProcedureOutcome,
    ProcedureStep,
    Progress,
)
from bot.domain.session import State
from bot.domain.tempo import Tempo
from bot.gateways.base import GatewayAdapter, GatewayError, SessionInfo, SessionNotFound
from storage import procedures
from storage.database import Database
from storage.procedures import Procedure

Course = AsyncGenerator[Progress | Finished]


class Site:
    """Where procedures work: the gateway, the directory, the stored row.

    `template` is None where no directory can be reached; then nothing can be set aside.
    """

    def __init__(
        self,
        database: Database,
        gateways: Mapping[GatewayName, GatewayAdapter],
        template: SessionsTemplate | None,
        *,
        tempo: Tempo,
        clock: Callable[[], datetime],
    ) -> None:
        self.database = database
        self._gateways = gateways
        self.template = template
        self.tempo = tempo
        self.clock = clock

    def gateway(self, company: Company) -> GatewayAdapter:
        """The company's gateway."""
        return self._gateways[company.gateway]

    async def run(
        self,
        kind: ProcedureKind,
        company: Company,
        asked_by: UserId,
        address: ChatAddress,
        course: Callable[[Company, Procedure], Course],
    ) -> AsyncIterator[Progress | Finished]:
        """Begin a procedure, unless one is running, and follow it to its end."""
        async with self.database.writing() as tx:
            row = await procedures.begin(
                tx,
                kind=kind,
                company_id=company.id,
                step=ProcedureStep.BEGUN,
                asked_by=asked_by,
                address=address,
                now=self.clock(),
            )
        if row is None:
            yield Finished(outcome=ProcedureOutcome.BUSY)
            return
        async with aclosing(course(company, row)) as steps:
            async for step in self.follow(row, steps):
                yield step

    async def follow(
        self, row: Procedure, steps: AsyncIterator[Progress | Finished]
    ) -> AsyncIterator[Progress | Finished]:
        """Pass the steps on; the end is stored before it is told.

        A procedure that is cancelled stays unfinished in the store: the next start goes on with it.
        """
        async for step in steps:
            if isinstance(step, Finished):
                async with self.database.writing() as tx:
                    await procedures.finish(tx, row.id, step.outcome, self.clock())
            yield step

    async def begin_step(
        self, row: Procedure, step: ProcedureStep, facts: Mapping[str, Any] | None = None
    ) -> Progress:
        """Store that a step begins, before it does."""
        row.facts.update(facts or {})
        async with self.database.writing() as tx:
            await procedures.put_step(tx, row.id, step, row.facts, self.clock())
        return Progress(step=step)

    async def unfinished(self) -> list[Procedure]:
        """What a crash has left in the middle."""
        async with self.database.reading() as tx:
            return await procedures.unfinished(tx)

    async def drop(self, row: Procedure) -> None:
        """End what will not be taken up."""
        async with self.database.writing() as tx:
            await procedures.finish(tx, row.id, ProcedureOutcome.INTERRUPTED, self.clock())

    async def look(self, company: Company) -> SessionInfo:
        """The session now; one the gateway does not know is stopped. Raises GatewayError."""
        try:
            return await self.gateway(company).get_session(company.session_key)
        except SessionNotFound:
            return SessionInfo(key=company.session_key, state=State.STOPPED, raw_state="")

    async def quiet(self, company: Company) -> bool:
        """Wait until nothing writes into the directory; False when that does not come in time.

        Raises AuthDirError.
        """
        if self.template is None:
            return True
        deadline = self.clock() + timedelta(seconds=self.tempo.quiet_wait_s)
        while True:
            newest = await asyncio.to_thread(authdir.newest_write, self.template, company.id)
            still = timedelta(seconds=self.tempo.quiet_for_s)
            if newest is None or abs(self.clock() - newest) >= still:
                return True
            if self.clock() >= deadline:
                return False
            await asyncio.sleep(self.tempo.quiet_for_s / 4)

    async def watch(self, company: Company) -> Finished:
        """See whether a started session connects, as far as one can tell within the wait."""
        deadline = self.clock() + timedelta(seconds=self.tempo.reconnect_wait_s)
        grace = self.clock() + timedelta(seconds=self.tempo.start_grace_s)
        info: SessionInfo | None = None
        while self.clock() < deadline:
            try:
                info = await self.look(company)
            except GatewayError:
                info = None
            if info is not None and info.state is State.CONNECTED:
                return Finished(outcome=ProcedureOutcome.DONE, state=info.state)
            if info is not None and info.state in _GONE and self.clock() >= grace:
                return Finished(outcome=ProcedureOutcome.LOOKS_REVOKED, state=info.state)
            await asyncio.sleep(self.tempo.qr_poll_s / 2)
        state = None if info is None else info.state
        return Finished(outcome=ProcedureOutcome.NOT_BACK, state=state)


_GONE = (State.STOPPED, State.LOGGED_OUT)


def untouched(error: GatewayError | AuthDirError) -> Finished:
    """It failed before anything was changed."""
    reason = "still_writing" if isinstance(error, StillWriting) else str(error)
    return Finished(outcome=ProcedureOutcome.UNTOUCHED, reason=reason)
