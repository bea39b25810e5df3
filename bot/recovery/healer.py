"""Climbs the ladder by itself, as far as the settings and the proof allow.

Enters: the lost sessions. Leaves: procedures run in the bot's own name, each announced in the
incident's message and timeline before it begins, and with its outcome after.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.domain.access import BOT_ITSELF
from bot.domain.auto_recovery import AutoRecovery
from bot.domain.company import Company, CompanyId, GatewayName
from bot.domain.incident import Incident, Symptom, Trouble
from bot.domain.notice import ChatAddress, NoticeKind
from bot.domain.observation import Known
from bot.domain.procedure import Finished, ProcedureOutcome, Progress
from bot.recovery.ladder import Attempt, Rung, Situation, decide
from bot.recovery.procedure import Site
from storage import attempts, audit, gateways, incidents, outbox, states
from storage.attempts import AttemptRow
from storage.incidents import IncidentEvent

NO_CHAT = ChatAddress(0)  # where the bot works for itself, nobody is shown the steps
AT_ONCE = 2  # after an outage a gateway is not to be stormed by its own watcher
PAUSE_S = 60.0  # between two failures of the loop itself

Run = Callable[[Company], AsyncIterator[Progress | Finished]]

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Case:
    """One lost session, with all that the ladder asks about it."""

    known: Known
    situation: Situation


class Healer:
    """The bot's own hand. `runs` says how each rung is done, `look` looks at a company after it."""

    def __init__(
        self,
        site: Site,
        runs: Mapping[Rung, Run],
        setting: AutoRecovery,
        max_reconnects_per_day: int,
        *,
        look: Callable[[GatewayName, CompanyId], Awaitable[None]],
        on_written: Callable[[], None],
        wake: asyncio.Event,
    ) -> None:
        self._site = site
        self._runs = runs
        self._setting = setting
        self._budget = max_reconnects_per_day
        self._look = look
        self._on_written = on_written
        self._wake = wake
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._under_way: dict[CompanyId, asyncio.Task[None]] = {}
        self._told: dict[CompanyId, str] = {}

    async def run(self) -> None:
        """Heal until cancelled. What is under way is cut off, and taken up at the next start."""
        if self._setting is AutoRecovery.OFF:
            return
        try:
            while True:
                pause_s = self._site.tempo.unstable_interval_s
                try:
                    await self.heal_once()
                except Exception:  # the loop's edge: the next breath is planned
                    log.exception("healing failed; tried again later")
                    pause_s = PAUSE_S
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(pause_s):
                        await self._wake.wait()
                self._wake.clear()
        finally:
            for task in self._under_way.values():
                task.cancel()
            await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def heal_once(self) -> None:
        """Begin whatever is due now; does not wait for its end."""
        now = self._site.clock()
        for case in await self._cases(now):
            company = case.known.company
            if company.id in self._under_way:
                continue
            decision = decide(case.situation, self._setting, self._budget, now)
            if decision.rung is not Rung.NOTHING and decision.rung in self._runs:
                self._begin(company, case.situation.incident, decision.rung)
            self._say_once(company.id, decision.rung, decision.reason)

    def _begin(self, company: Company, incident: Incident, rung: Rung) -> None:
        def ended(task: asyncio.Task[None]) -> None:
            self._under_way.pop(company.id, None)
            if not task.cancelled() and task.exception() is not None:
                log.error(
                    "an automatic act broke off", company=company.id, exc_info=task.exception()
                )

        task = asyncio.create_task(self._climb(company, incident, rung))
        self._under_way[company.id] = task
        task.add_done_callback(ended)

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        await asyncio.gather(*self._under_way.values())

    async def _cases(self, now: datetime) -> list[Case]:
        async with self._site.database.reading() as tx:
            every = await incidents.open_ones(tx)
            lost = [one for one in every if one.trouble is Trouble.SESSION_DOWN]
            if not lost:
                return []
            known = {one.company.id: one for one in await states.known_of(tx, None, now)}
            past = await attempts.of_incidents(tx, [one.id for one in lost])
            today = await attempts.count_since(tx, Rung.RECONNECT, now - timedelta(days=1))
            silent = {one.name for one in await gateways.all_looks(tx) if one.failures > 0}
        dropped = {one.gateway for one in every if one.trouble is Trouble.MASS_DROP}
        cases = []
        for incident in lost:
            if incident.company_id is None or incident.company_id not in known:
                continue
            one = known[incident.company_id]
            situation = Situation(
                incident=incident,
                state=one.state,
                attempts=tuple(map(_attempt, past.get(incident.id, []))),
                today=today.get(one.company.id, 0),
                busy=one.pairing,
                silent=incident.gateway in silent,
                mass_drop=incident.gateway in dropped,
                has_copy=bool(incident.facts.get("copy")),
                can_set_aside=self._site.template is not None,
            )
            cases.append(Case(known=one, situation=situation))
        return cases

    async def _climb(self, company: Company, incident: Incident, rung: Rung) -> None:
        """Do one act: noted before, noted after, with the message edited each time."""
        async with self._at_once:
            attempt_id, audit_id = await self._note_begun(company, incident, rung)
            outcome = ProcedureOutcome.INTERRUPTED
            async for step in self._runs[rung](company):
                if isinstance(step, Finished):
                    outcome = step.outcome
            await self._note_ended(incident, rung, outcome, attempt_id, audit_id)
        await self._look(company.gateway, company.id)

    async def _note_begun(
        self, company: Company, incident: Incident, rung: Rung
    ) -> tuple[int, int | None]:
        now = self._site.clock()
        async with self._site.database.writing() as tx:
            attempt_id = await attempts.begin(tx, incident.id, company.id, rung, now)
            audit_id = await audit.begin(
                tx,
                user_id=BOT_ITSELF,
                chat_id=NO_CHAT.chat_id,
                action=f"auto {rung}",
                company_id=company.id,
                details={"incident": incident.id},
                update_key=None,
                now=now,
            )
        await self._announce(incident, rung, None)
        return attempt_id, audit_id

    async def _note_ended(
        self,
        incident: Incident,
        rung: Rung,
        outcome: ProcedureOutcome,
        attempt_id: int,
        audit_id: int | None,
    ) -> None:
        async with self._site.database.writing() as tx:
            await attempts.finish(tx, attempt_id, outcome)
            if audit_id is not None:
                await audit.finish(tx, audit_id, outcome, self._site.clock())
        await self._announce(incident, rung, outcome)

    async def _announce(
        self, incident: Incident, rung: Rung, outcome: ProcedureOutcome | None
    ) -> None:
        """Write the act into the incident as it is now; a closed one keeps what it says."""
        now = self._site.clock()
        async with self._site.database.writing() as tx:
            present = (await incidents.get_many(tx, [incident.id])).get(incident.id)
            if present is None or not present.open:
                return
            count = len((await attempts.of_incidents(tx, [incident.id])).get(incident.id, []))
            told = {"rung": rung, "number": count, "outcome": outcome}
            changed = replace(
                present,
                symptom=_symptom_after(present, outcome),
                facts={**present.facts, "auto": told},
                version=present.version + 1,
            )
            await incidents.put(tx, changed, was=present.version)
            event = IncidentEvent(incident_id=incident.id, at=now, event=f"auto {rung}", facts=told)
            await incidents.add_events(tx, [event])
            heard = await outbox.addresses_of(tx, incident.id)
            rows = [(address, incident.id, NoticeKind.CHANGED) for address in heard]
            await outbox.add(tx, rows, now)
        self._on_written()

    def _say_once(self, company_id: CompanyId, rung: Rung, reason: str) -> None:
        said = f"{rung}: {reason}"
        if self._told.get(company_id) != said:
            log.info("ladder", company=company_id, rung=rung, reason=reason)
            self._told[company_id] = said


def _attempt(row: AttemptRow) -> Attempt:
    refused = row.outcome == ProcedureOutcome.LOOKS_REVOKED
    return Attempt(rung=Rung(row.rung), at=row.at, refused=refused)


def _symptom_after(incident: Incident, outcome: ProcedureOutcome | None) -> Symptom:
    """Credentials that WhatsApp takes no more belong to a device that was revoked.

    Said so, but no proof for a reset without a person: that takes the gateway's or its log's word.
    """
    if outcome is ProcedureOutcome.LOOKS_REVOKED and incident.symptom is Symptom.GONE:
        return Symptom.REVOKED
    return incident.symptom
