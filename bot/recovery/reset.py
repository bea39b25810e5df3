"""Reset: stop the session, set its directory aside, start a new one that shows a code.

Each step is stored before it begins, so that a crash at any point can be taken up: stopping a
stopped session, setting aside a directory that is gone, starting what runs are all harmless.
"""

import asyncio
from datetime import timedelta
from typing import Any

from bot import authdir
from bot.authdir import AuthDirError, SessionsTemplate, SetAside
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
from bot.gateways.base import GatewayError, GatewayUnreachable
from bot.recovery.procedure import Course, SessionControl, untouched
from storage.recovery.procedures import Procedure


class Reset:
    """Ends in a new session that waits for a scan, or says where it stands."""

    def __init__(self, control: SessionControl) -> None:
        self._control = control

    def run(
        self,
        company: Company,
        asked_by: UserId,
        address: ChatAddress,
        *,
        after: int | None = None,
    ) -> Course:
        """Reset the company. A person, or proof of a revocation, stands behind this call.

        With `after` only if that procedure was the company's last: what was asked still holds.
        """
        return self._control.run(
            ProcedureKind.RESET, company, asked_by, address, self._course, after=after
        )

    def resume(self, company: Company, row: Procedure) -> Course:
        """Go on with a reset that a crash has cut off."""
        return self._control.resume(company, row, self._course)

    async def _course(self, company: Company, row: Procedure) -> Course:
        template = self._control.template(company)
        if template is None:
            async for step in self._without_directory(company, row):
                yield step
            return
        if row.step != ProcedureStep.STARTING:
            async for step in self._clear_the_place(template, company, row):
                yield step
                if isinstance(step, Finished):
                    return
        yield await self._control.begin_step(row, ProcedureStep.STARTING)
        try:
            await self._control.start(company)
        except GatewayError as error:
            yield _half_done(row, error)
            return
        yield Finished(outcome=ProcedureOutcome.DONE, facts=_facts(row))

    async def _clear_the_place(
        self, template: SessionsTemplate, company: Company, row: Procedure
    ) -> Course:
        """Stop, set aside; a Finished only where that failed."""
        was = State.STOPPED
        try:
            was = (await self._control.look(company)).state
            yield await self._control.begin_step(row, ProcedureStep.STOPPING)
            await self._control.gateway(company).stop(company.session_key)
            yield await self._control.begin_step(row, ProcedureStep.QUIETING)
            await self._control.quiet(company)
            # Whose keys they are, for the day a damaged file tells it no more.
            device = row.facts.get("device") or await self._control.copies.device(company)
            facts = {"device": device}
            yield await self._control.begin_step(row, ProcedureStep.SETTING_ASIDE, facts)
            # Before it moves: a crash in between must not leave copies that look like its own.
            await self._control.copies.forget(company)
            _note(row, await self._set_aside(template, company, row))
        except (GatewayError, AuthDirError) as error:
            if await self._was_set_aside(template, company, row):
                yield _half_done(row, error)
                return
            await self._control.undo(company, row, was)
            yield untouched(error)

    async def _set_aside(
        self, template: SessionsTemplate, company: Company, row: Procedure
    ) -> SetAside | None:
        kept = await asyncio.to_thread(
            authdir.set_aside,
            template,
            company.id,
            self._control.clock(),
            quiet_for_s=self._control.timing.quiet_for_s,
        )
        return kept or await self._kept_before(template, company, row)

    async def _was_set_aside(
        self, template: SessionsTemplate, company: Company, row: Procedure
    ) -> bool:
        """Whether the life before a crash had come so far; false where that cannot be seen."""
        try:
            kept = await self._kept_before(template, company, row)
        except AuthDirError:
            return False
        _note(row, kept)
        return kept is not None

    async def _kept_before(
        self, template: SessionsTemplate, company: Company, row: Procedure
    ) -> SetAside | None:
        """What this reset has set aside already, just before a crash."""
        every = await asyncio.to_thread(authdir.list_set_aside, template, company.id, spent=True)
        begun = row.started_at - timedelta(seconds=1)  # names hold whole seconds
        return next((set_aside for set_aside in every if set_aside.at >= begun), None)

    async def _without_directory(self, company: Company, row: Procedure) -> Course:
        """The gateway wipes its own directory: nothing is kept, as the confirmation said."""
        taken_up = row.step == ProcedureStep.STARTING
        yield await self._control.begin_step(row, ProcedureStep.STARTING)
        try:
            if not (taken_up and await self._has_begun(company)):
                await self._control.gateway(company).reset(company.session_key)
        except GatewayUnreachable as error:
            # The order may have arrived, and the directory may be wiped: nobody can tell from here.
            yield Finished(outcome=ProcedureOutcome.UNCLEAR, reason=str(error))
            return
        except GatewayError as error:
            yield untouched(error)
            return
        yield Finished(outcome=ProcedureOutcome.DONE, facts={"kept": False, "files": 0})

    async def _has_begun(self, company: Company) -> bool:
        """Whether a new session shows its code, or is paired already: nobody may wipe that."""
        state = (await self._control.look(company)).state
        return state in (State.AWAITING_SCAN, State.CONNECTED)


def _note(row: Procedure, kept: SetAside | None) -> None:
    """What is told at the end. Spent keys are none that could be brought back."""
    if kept is not None:
        row.facts.update(aside=kept.path.name)
    useful = kept is not None and not kept.spent
    row.facts.update(kept=useful, files=(kept.total or 0) if kept else 0)


def _facts(row: Procedure) -> dict[str, Any]:
    """What people are told of."""
    return {name: row.facts[name] for name in ("kept", "files") if name in row.facts}


def _half_done(row: Procedure, error: GatewayError | AuthDirError) -> Finished:
    return Finished(outcome=ProcedureOutcome.HALF_DONE, reason=str(error), facts=_facts(row))
