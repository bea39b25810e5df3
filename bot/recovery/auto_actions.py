"""Notes what the bot does by itself: before it is done, and what came of it.

Each action is an attempt the ladder counts, a row of the audit in the bot's own name, and a line in
the incident's message and timeline.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.access import BOT_ITSELF
from bot.domain.company import CompanyId, GatewayName
from bot.domain.incident import Incident, IncidentId
from bot.domain.notice import ChatAddress, NoticeKind
from bot.domain.procedure import ProcedureOutcome
from bot.domain.session import CAUSES, Cause
from bot.domain.trouble import Symptom
from bot.recovery.control import SessionControl
from bot.recovery.ladder import RECONNECTABLE, Rung
from bot.recovery.lost_sessions import LostSession
from storage.alerts import incidents, outbox
from storage.alerts.incidents import IncidentEvent
from storage.database import Transaction
from storage.people import audit
from storage.recovery import attempts, procedures
from storage.recovery.attempts import AttemptRow
from storage.sessions import companies

NO_CHAT = ChatAddress(0)  # where the bot works for itself, nobody is shown the steps

# Then nothing was done, and there is nothing to tell of.
_NOT_DONE = (
    ProcedureOutcome.BUSY,
    ProcedureOutcome.ALREADY_CONNECTED,
    ProcedureOutcome.GAVE_WAY,
)


@dataclass(frozen=True, kw_only=True)
class AutoAction:
    """One act, as it was noted when it began."""

    attempt_id: int
    incident_id: IncidentId
    company_id: CompanyId
    rung: Rung

    @property
    def action(self) -> str:
        """Its name in the audit and the timeline."""
        return f"auto {self.rung}"


class AutoActions:
    """The bot's own acts. `on_written` is called when there is something to tell."""

    def __init__(self, control: SessionControl, on_written: Callable[[], None]) -> None:
        self._control = control
        self._db = control.database
        self._on_written = on_written

    async def begin(self, case: LostSession, rung: Rung) -> AutoAction:
        """Note an act that is about to begin."""
        company, incident, now = case.company, case.incident, self._control.clock()
        async with self._db.writing() as tx:
            attempt_id = await attempts.begin(tx, incident.id, company.id, rung, now)
            action = AutoAction(
                attempt_id=attempt_id, incident_id=incident.id, company_id=company.id, rung=rung
            )
            await audit.begin(
                tx,
                user_id=BOT_ITSELF,
                chat_id=NO_CHAT.chat_id,
                action=action.action,
                company_id=company.id,
                details={"incident": incident.id},
                update_key=None,
                now=now,
            )
        await self._tell(action, None)
        return action

    async def finish(self, action: AutoAction, outcome: str, *, spent: bool = False) -> None:
        """Note how it ended; `spent` when the day allows no further attempt."""
        now = self._control.clock()
        async with self._db.writing() as tx:
            await attempts.finish(tx, action.attempt_id, outcome)
            await audit.finish_open(tx, BOT_ITSELF, action.action, action.company_id, outcome, now)
        await self._tell(action, outcome, spent=spent)

    async def finish_cut_off(
        self, is_mine: Callable[[GatewayName], bool], but: Collection[CompanyId]
    ) -> None:
        """Note how those ended that a former life began, unless they are being taken up.

        The companies in `but` are being worked on here, those of other gateways elsewhere.
        """
        async with self._db.reading() as tx:
            left = [
                attempt
                for attempt in await attempts.unfinished(tx)
                if attempt.company_id not in but
            ]
            there = await companies.get_many(tx, [attempt.company_id for attempt in left])
            rows = [
                attempt
                for attempt in left
                if (company := there.get(attempt.company_id)) is None or is_mine(company.gateway)
            ]
            ends = [(row, await _end_of(tx, row)) for row in rows]
        for row, outcome in ends:
            if outcome is not None:
                await self.finish(_action(row), outcome)

    async def _tell(self, action: AutoAction, outcome: str | None, *, spent: bool = False) -> None:
        """Write it into the incident as it is now; somebody else may be writing there as well."""
        while not await self._told(action, outcome, spent=spent):
            continue
        self._on_written()

    async def _told(self, action: AutoAction, outcome: str | None, *, spent: bool) -> bool:
        """Whether it was written; a message about what is over is left as it is."""
        now = self._control.clock()
        async with self._db.writing() as tx:
            present = (await incidents.get_many(tx, [action.incident_id]))[action.incident_id]
            if present.company_id is None:
                return True  # one of many: their gateway's message counts them as they come back
            tries = (await attempts.of_incidents(tx, [present.id])).get(present.id, [])
            number = sum(1 for attempt in tries if attempt.rung == action.rung)
            facts: dict[str, Any] = {"rung": action.rung, "number": number, "outcome": outcome}
            facts |= {"spent": True} if spent else {}
            changed = _with(present, facts)
            if not await incidents.put(tx, changed, was=present.version):
                return False
            event = IncidentEvent(incident_id=present.id, at=now, event=action.action, facts=facts)
            await incidents.add_events(tx, [event])
            heard = await outbox.addresses_of(tx, present.id) if present.open else []
            rows = [(address, present.id, NoticeKind.CHANGED) for address in heard]
            await outbox.add(tx, rows, now)
        return True


async def _end_of(tx: Transaction, row: AttemptRow) -> str | None:
    """What its procedure came to; None while that goes on, or is about to be taken up."""
    procedure = await procedures.first_since(tx, row.company_id, BOT_ITSELF, row.at)
    if procedure is None:
        return ProcedureOutcome.INTERRUPTED
    return procedure.outcome


def _action(row: AttemptRow) -> AutoAction:
    return AutoAction(
        attempt_id=row.id,
        incident_id=row.incident_id,
        company_id=row.company_id,
        rung=Rung(row.rung),
    )


def _with(incident: Incident, facts: dict[str, Any]) -> Incident:
    """The incident with the action in it."""
    others = {name: fact for name, fact in incident.facts.items() if name != "auto"}
    done = facts["outcome"] not in _NOT_DONE
    symptom = _symptom_after(incident, facts["outcome"])
    refused = symptom is Symptom.REVOKED and incident.symptom is not Symptom.REVOKED
    return replace(
        incident,
        symptom=symptom,
        cause=_cause_after(incident) if refused else incident.cause,
        facts=others | ({"auto": facts} if done else {}),
        version=incident.version + (1 if incident.open else 0),
    )


def _symptom_after(incident: Incident, outcome: str | None) -> Symptom:
    """Credentials that WhatsApp takes no more belong to a device that was revoked.

    Said so, but no proof for a reset without a person: that takes the gateway's word, or a line of
    its log that came before.
    """
    refused = outcome == ProcedureOutcome.LOOKS_REVOKED and incident.open
    return Symptom.REVOKED if refused and incident.symptom in RECONNECTABLE else incident.symptom


def _cause_after(incident: Incident) -> Cause | None:
    """What the log had said of a link whose login has now been refused: two have said it."""
    log_says = incident.log_says
    confirmed = log_says is not None and CAUSES[log_says].revoked and incident.cause is None
    return log_says if confirmed else incident.cause
