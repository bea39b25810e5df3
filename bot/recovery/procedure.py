"""What reset, restore and reconnect share: one at a time for a company, each step stored."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.authdir import AuthDirError, SessionsTemplate, StillWriting
from bot.domain.access import BOT_ITSELF, UserId
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
from bot.domain.timing import Timing
from bot.gateways.base import (
    GatewayAdapter,
    GatewayError,
    GatewayUnreachable,
    SessionInfo,
    Stuck,
    Unsupported,
)
from bot.gateways.look import look_at
from bot.recovery.copies import Copies
from bot.recovery.giving_way import WISH, GivingWay
from bot.recovery.quiet import until_quiet
from storage.database import Database
from storage.recovery import procedures
from storage.recovery.procedures import Procedure

Course = AsyncGenerator[Progress | Finished]


class _GaveWay(Exception):
    """A person wants the session, and the bot has not begun yet."""


class Site:
    """Where procedures work: the gateways, their directories, the stored row.

    A gateway without a template keeps its directories out of reach: nothing can be set aside.
    Both maps are the program's own: they change when the settings are read anew.
    """

    def __init__(
        self,
        database: Database,
        gateways: Mapping[GatewayName, GatewayAdapter],
        templates: Mapping[GatewayName, SessionsTemplate],
        *,
        timing: Timing,
        clock: Callable[[], datetime],
        is_alive: Callable[[], bool] = lambda: True,
    ) -> None:
        self._is_alive = is_alive
        self.database = database
        self.gateways = gateways
        self.templates = templates
        self.timing = timing
        self.clock = clock
        self.copies = Copies(database, self.template)
        self.turns = GivingWay(database, timing=timing, clock=clock)

    def gateway(self, company: Company) -> GatewayAdapter:
        """The company's gateway; GatewayUnreachable when it was taken out of the settings.

        CancelledError when this replica was frozen for so long that another has its duties.
        """
        if not self._is_alive():
            raise asyncio.CancelledError
        if company.gateway not in self.gateways:
            raise GatewayUnreachable("this gateway is not in the settings any more")
        return self.gateways[company.gateway]

    def template(self, company: Company) -> SessionsTemplate | None:
        """Where its gateway's directories lie; None where none is in reach."""
        template = self.templates.get(company.gateway)
        if template is None or not template.reaches(company):
            return None
        return template.knowing([company])

    async def run(
        self,
        kind: ProcedureKind,
        company: Company,
        asked_by: UserId,
        address: ChatAddress,
        course: Callable[[Company, Procedure], Course],
        facts: Mapping[str, Any] | None = None,
        *,
        after: int | None = None,
    ) -> Course:
        """Begin a procedure that knows these `facts`, unless one runs, and follow it to its end.

        What the bot does by itself gives way to a person, or is waited for. With `after`, BUSY as
        well where another procedure than that one was the last of the company.
        """
        begin = partial(
            self.turns.begin, kind, company, asked_by, address, facts=facts, after=after
        )
        row = await begin()
        if row is None and asked_by != BOT_ITSELF:
            async for waiting in self.turns.outwait(company):
                yield waiting
            row = await begin()
        if row is None:
            doing = await self.turns.under_way(company)
            told = {} if doing is None else {"doing": doing}
            yield Finished(outcome=ProcedureOutcome.BUSY, facts=told)
            return
        async with aclosing(self._follow(row, course(company, row))) as steps:
            async for step in steps:
                yield step

    async def resume(
        self,
        company: Company,
        row: Procedure,
        course: Callable[[Company, Procedure], Course],
    ) -> Course:
        """Go on with a procedure that a crash has cut off.

        While the bot was away somebody may have mended the session: then it is left alone.
        """
        if row.step in _BEFORE_THE_START and await self._is_connected(company):
            mended = Finished(outcome=ProcedureOutcome.ALREADY_CONNECTED, state=State.CONNECTED)
            await self._finish(row, mended.outcome)
            yield mended
            return
        async with aclosing(self._follow(row, course(company, row))) as steps:
            async for step in steps:
                yield step

    async def _follow(self, row: Procedure, course: Course) -> Course:
        """Pass the steps on; the end is stored before it is told.

        A procedure that is cancelled stays unfinished in the store: the next start goes on with it.
        """
        async with aclosing(course) as steps:
            try:
                async for step in steps:
                    if isinstance(step, Finished):
                        await self._finish(row, step.outcome)
                    yield step
            except _GaveWay:
                await self._finish(row, ProcedureOutcome.GAVE_WAY)
                yield Finished(outcome=ProcedureOutcome.GAVE_WAY)
            except Exception:
                # Left unfinished, it would hold the company's alarms back until the next start.
                await self.drop(row)
                raise

    async def begin_step(
        self, row: Procedure, step: ProcedureStep, facts: Mapping[str, Any] | None = None
    ) -> Progress:
        """Store that a step begins, before it does.

        The bot's own act ends here, before its first step, where a person wants the session.
        """
        row.facts.update(facts or {})
        now = self.clock()
        wish = now - WISH if row.asked_by == BOT_ITSELF else None
        async with self.database.writing() as tx:
            taken = await procedures.put_step(
                tx, row.id, step, row.facts, now, unless_wanted_since=wish
            )
        if not taken:
            raise _GaveWay
        return Progress(step=step)

    async def unfinished(self) -> list[Procedure]:
        """What a crash has left in the middle."""
        async with self.database.reading() as tx:
            return await procedures.unfinished(tx)

    async def drop(self, row: Procedure) -> None:
        """End what will not be taken up."""
        await self._finish(row, ProcedureOutcome.INTERRUPTED)

    async def look(self, company: Company) -> SessionInfo:
        """The session now; one the gateway does not know is stopped. Raises GatewayError."""
        return await look_at(self.gateway(company), company.session_key)

    async def start(self, company: Company) -> None:
        """Start it with what lies there; one that runs is left alone. Raises GatewayError."""
        if (await self.look(company)).state is State.STOPPED:
            await self.gateway(company).start(company.session_key)

    async def undo(self, company: Company, row: Procedure, was: State) -> None:
        """Undo a stop, as far as the gateway lets us, and that the good copy was forgotten."""
        with suppress(AuthDirError):
            await self.copies.remember(company, row.facts.get("device"))
        await self.start_again(company, was)

    async def start_again(self, company: Company, was: State) -> None:
        """Undo a stop, as far as the gateway lets us: nothing else has come of it."""
        if was is not State.STOPPED:
            with suppress(GatewayError):
                await self.start(company)

    async def quiet(self, company: Company) -> None:
        """Wait until nothing writes into the directory. StillWriting when that does not come.

        Raises AuthDirError.
        """
        template = self.template(company)
        if template is None:
            return
        await until_quiet(template, company.id, self.timing, self.clock)

    async def start_and_watch(self, company: Company, row: Procedure) -> Course:
        """Start the session on the directory that was brought back; see whether it connects."""
        yield await self.begin_step(row, ProcedureStep.STARTING)
        try:
            await self.start(company)
        except GatewayError as error:
            yield Finished(outcome=ProcedureOutcome.HALF_DONE, reason=str(error))
            return
        yield await self.begin_step(row, ProcedureStep.WATCHING)
        yield await self.watch(company, row)

    async def watch(self, company: Company, row: Procedure) -> Finished:
        """See whether a started session connects, as far as one can tell within the wait.

        The bot's own act ends where a person wants the session: watching may be left at any time.
        One that is gone again was refused, unless the gateway was silent in between: then it may
        have restarted, and forgotten it. One that shows a code has no credentials to connect with.
        """
        deadline = self.clock() + timedelta(seconds=self.timing.reconnect_wait_s)
        grace = self.clock() + timedelta(seconds=self.timing.start_grace_s)
        info: SessionInfo | None = None
        refused = ProcedureOutcome.LOOKS_REVOKED
        while self.clock() < deadline:
            try:
                info = await self.look(company)
            except GatewayError:
                info, refused = None, ProcedureOutcome.NOT_BACK
            if info is not None and info.state is State.CONNECTED:
                return Finished(outcome=ProcedureOutcome.DONE, state=info.state)
            if info is not None and _is_gone(info) and self.clock() >= grace:
                return Finished(outcome=refused, state=info.state)
            if info is not None and info.state is State.AWAITING_SCAN:
                return Finished(outcome=ProcedureOutcome.AWAITS_SCAN, state=info.state)
            if await self.turns.is_wanted_within(row, self.timing.qr_poll_s / 2):
                state = None if info is None else info.state
                return Finished(outcome=ProcedureOutcome.GAVE_WAY, state=state)
        state = None if info is None else info.state
        return Finished(outcome=ProcedureOutcome.NOT_BACK, state=state)

    async def _is_connected(self, company: Company) -> bool:
        try:
            return (await self.look(company)).state is State.CONNECTED
        except GatewayError:
            return False  # the course will meet the same error, and say so

    async def _finish(self, row: Procedure, outcome: ProcedureOutcome) -> None:
        async with self.database.writing() as tx:
            await procedures.finish(tx, row.id, outcome, self.clock())


def _is_gone(info: SessionInfo) -> bool:
    """Whether it is over with it. A gateway that gave up with a reason met trouble of its own."""
    gave_up = info.state is State.FAILED and info.cause is None
    return gave_up or info.state in (State.STOPPED, State.LOGGED_OUT)


_BEFORE_THE_START = (
    ProcedureStep.BEGUN,
    ProcedureStep.STOPPING,
    ProcedureStep.QUIETING,
    ProcedureStep.SETTING_ASIDE,
    ProcedureStep.SWAPPING,
    ProcedureStep.PUTTING_BACK,
)


def untouched(error: GatewayError | AuthDirError) -> Finished:
    """It failed before anything was changed."""
    match error:
        case StillWriting():
            reason = "still_writing"
        case Stuck():
            reason = "stuck"
        case Unsupported():
            reason = "unsupported"
        case _:
            reason = str(error)
    return Finished(outcome=ProcedureOutcome.UNTOUCHED, reason=reason)
