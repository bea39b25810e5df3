"""Leaving a company alone until somebody wakes it: watched, not touched, not alarmed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.actions.journal import Journal
from bot.actions.rest_results import PutToRest, Woken
from bot.domain.access import BOT_ITSELF, Person, Right
from bot.domain.company import Company, CompanyId
from bot.domain.notice import NoticeKind
from bot.domain.rest import Rest
from bot.monitor.reminders import tell_what_is_on
from storage.alerts import incidents, outbox, rests
from storage.database import Transaction
from storage.recovery import procedures


class Rests:
    """Puts companies to rest, and wakes them."""

    def __init__(self, journal: Journal, *, on_written: Callable[[], None]) -> None:
        self._db = journal.database
        self._journal = journal
        self._clock = journal.clock
        self._on_written = on_written

    async def rest(
        self, person: Person, company: Company, chat_id: int, update_key: str
    ) -> PutToRest:
        """Put a company to rest; one that is at rest stays so, as whoever did it has it.

        What the bot is doing to it by itself ends.
        """
        person.must(Right.REST, company.id)
        audit_id = await self._journal.begin(
            person.user_id, chat_id, "rest", company.id, update_key=update_key
        )
        now = self._clock()
        async with self._db.writing() as tx:
            present = await rests.of_company(tx, company.id)
            rest = present or Rest(company_id=company.id, since_at=now, by=person.display_name)
            if present is None:
                await rests.begin(tx, rest, person.user_id)
                await _end_own_act(tx, company.id, now)
                await _show(tx, company.id, rest, now)
        await self._journal.finish(audit_id, "done")
        self._on_written()
        return PutToRest(rest=rest, already=present is not None)

    async def wake(self, person: Person, company: Company, chat_id: int, update_key: str) -> Woken:
        """End a rest: what is on is told now. `rest` is None when it was awake."""
        person.must(Right.REST, company.id)
        audit_id = await self._journal.begin(
            person.user_id, chat_id, "wake", company.id, update_key=update_key
        )
        ended, on = await self._end(company.id)
        await self._journal.finish(audit_id, "done")
        return Woken(rest=ended, on=on)

    async def wake_by_act(self, person: Person, company: Company, chat_id: int) -> bool:
        """Wake it, for a person is about to mend it: whether it was at rest.

        Were it left at rest, nobody would hear of its next loss.
        """
        async with self._db.reading() as tx:
            if await rests.of_company(tx, company.id) is None:
                return False
        audit_id = await self._journal.begin(person.user_id, chat_id, "wake", company.id)
        ended, _ = await self._end(company.id)
        await self._journal.finish(audit_id, "done")
        return ended is not None

    async def _end(self, company_id: CompanyId) -> tuple[Rest | None, int]:
        now = self._clock()
        async with self._db.writing() as tx:
            ended = await rests.end(tx, company_id, now)
            if ended is not None:
                await _show(tx, company_id, None, now)
            on = 0 if ended is None else await tell_what_is_on(tx, ended, now)
        self._on_written()
        return ended, on


async def _end_own_act(tx: Transaction, company_id: CompanyId, now: datetime) -> None:
    row = await procedures.running(tx, company_id)
    if row is not None and row.asked_by == BOT_ITSELF:
        await procedures.want(tx, row.id, now)


async def _show(tx: Transaction, company_id: CompanyId, rest: Rest | None, now: datetime) -> None:
    """Update the cards of open incidents: at rest, or no longer."""
    for incident in await incidents.open_ones(tx, company_id=company_id):
        facts = {name: fact for name, fact in incident.facts.items() if name != "rest"}
        facts |= {} if rest is None else {"rest": rest.by}
        changed = replace(incident, facts=facts, version=incident.version + 1)
        if await incidents.put(tx, changed, was=incident.version):
            heard = await outbox.addresses_of(tx, incident.id)
            rows = [(address, incident.id, NoticeKind.CHANGED) for address in heard]
            await outbox.add(tx, rows, now)
