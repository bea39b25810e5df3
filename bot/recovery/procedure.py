"""What the lists of steps of all procedures have in common: stop, wait, start, watch, undo."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import ClassVar, Concatenate, ParamSpec, TypeAlias, TypeVar

from bot.authdir import AuthDirError, NotReadable, SessionsTemplate, StillWriting
from bot.domain.company import Company, CompanyId
from bot.domain.procedure import Finished, ProcedureKind, ProcedureOutcome, ProcedureStep
from bot.domain.session import State
from bot.gateways.base import GatewayAdapter, GatewayError, SessionInfo, Stuck, Unsupported
from bot.recovery.control import SessionControl
from bot.recovery.steps import Failure, Stage, Step
from storage.recovery.procedures import Procedure

Acts: TypeAlias = tuple[Step[ProcedureStep, Finished], ...]
Stages: TypeAlias = Sequence[Stage[ProcedureStep, Finished]]

P = ParamSpec("P")
T = TypeVar("T")


class Steps(ABC):
    """One run of a procedure on a company: its stages, and what its steps share.

    What one step has to tell a later one stands in `row.facts`, which is stored with the next step
    and with the end, or in an attribute where a crash may forget it.
    """

    kind: ClassVar[ProcedureKind]
    is_taken_up: ClassVar[bool] = True  # by the next start, where a crash has cut it off

    def __init__(self, control: SessionControl, company: Company, row: Procedure) -> None:
        self.control = control
        self.company = company
        self.row = row
        self.template = control.template(company)
        self.was = State.STOPPED  # before it was stopped: what an undo goes back to

    @abstractmethod
    def stages(self) -> Stages:
        """The list, as it is for this company."""

    @property
    def gateway(self) -> GatewayAdapter:
        """The company's gateway. Raises GatewayUnreachable."""
        return self.control.gateway(self.company)

    async def on_disk(
        self,
        act: Callable[Concatenate[SessionsTemplate, CompanyId, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Do this with the company's directory, in a thread. Raises AuthDirError."""
        if self.template is None:
            raise NotReadable("its directory is not in reach")
        return await asyncio.to_thread(act, self.template, self.company.id, *args, **kwargs)

    async def look(self) -> SessionInfo:
        """The session now. Raises GatewayError."""
        return await self.control.look(self.company)

    async def stop(self) -> None:
        """Stop it. Raises GatewayError."""
        await self.gateway.stop(self.company.session_key)

    async def quiet(self) -> None:
        """Wait until nothing writes into the directory. Raises AuthDirError."""
        await self.control.quiet(self.company)

    async def start(self) -> None:
        """Start it with what lies there. Raises GatewayError."""
        await self.control.start(self.company)

    async def start_again(self) -> None:
        """Undo a stop, as far as the gateway lets us: nothing else has come of it."""
        if self.was is not State.STOPPED:
            with suppress(GatewayError):
                await self.start()

    async def undo(self) -> None:
        """Undo a stop, and that the good copy was forgotten."""
        with suppress(AuthDirError):
            await self.control.copies.remember(self.company, self.row.facts.get("device"))
        await self.start_again()

    async def watch(self) -> Finished:
        """See whether a started session connects, as far as one can tell within the wait.

        The bot's own act ends where a person wants the session: watching may be left at any time.
        One that is gone again was refused, unless the gateway was silent in between: then it may
        have restarted, and forgotten it. One that shows a code has no credentials to connect with.
        """
        clock, timing = self.control.clock, self.control.timing
        deadline = clock() + timedelta(seconds=timing.reconnect_wait_s)
        grace = clock() + timedelta(seconds=timing.start_grace_s)
        info: SessionInfo | None = None
        refused = ProcedureOutcome.LOOKS_REVOKED
        while clock() < deadline:
            try:
                info = await self.look()
            except GatewayError:
                info, refused = None, ProcedureOutcome.NOT_BACK
            if info is not None and info.state is State.CONNECTED:
                return Finished(outcome=ProcedureOutcome.DONE, state=info.state)
            if info is not None and _is_gone(info) and clock() >= grace:
                return Finished(outcome=refused, state=info.state)
            if info is not None and info.state is State.AWAITING_SCAN:
                return Finished(outcome=ProcedureOutcome.AWAITS_SCAN, state=info.state)
            if await self.control.turns.is_wanted_within(self.row, timing.qr_poll_s / 2):
                state = None if info is None else info.state
                return Finished(outcome=ProcedureOutcome.GAVE_WAY, state=state)
        state = None if info is None else info.state
        return Finished(outcome=ProcedureOutcome.NOT_BACK, state=state)

    def starting(self) -> Stage[ProcedureStep, Finished]:
        """Start the session on the directory that was brought back; see whether it connects."""
        return Stage(
            (Step(self.start, ProcedureStep.STARTING), Step(self.watch, ProcedureStep.WATCHING)),
            failed=half_done,
        )


async def no_directory() -> Finished:
    """The only step where no directory is in reach."""
    return Finished(outcome=ProcedureOutcome.NO_DIRECTORY)


async def untouched(error: Failure) -> Finished:
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


async def half_done(error: Failure) -> Finished:
    """The directory is as it shall be, and the session did not start."""
    return Finished(outcome=ProcedureOutcome.HALF_DONE, reason=str(error))


def _is_gone(info: SessionInfo) -> bool:
    """Whether it is over with it. A gateway that gave up with a reason met trouble of its own."""
    gave_up = info.state is State.FAILED and info.cause is None
    return gave_up or info.state in (State.STOPPED, State.LOGGED_OUT)
