"""Taking incidents on: from then on nobody is reminded of them."""

from collections.abc import Sequence
from dataclasses import replace

from bot.actions.errors import BadRequest
from bot.actions.journal import Journal
from bot.actions.results import OpenIncident
from bot.actions.visibility import has_right
from bot.domain.access import Person, Right
from bot.domain.incident import Ack, Incident, IncidentId
from bot.domain.notice import NoticeKind
from storage.alerts import cards, incidents, outbox
from storage.alerts.incidents import IncidentEvent
from storage.database import Transaction
from storage.sessions import companies


class Acks:
    """Who has taken an incident on; its cards say so."""

    def __init__(self, journal: Journal) -> None:
        self._db = journal.database
        self._journal = journal
        self._clock = journal.clock

    async def choices(self, person: Person) -> list[OpenIncident]:
        """What the person could take on: open, and nobody has, the worst first."""
        async with self._db.reading() as tx:
            unacked = [
                incident for incident in await incidents.open_ones(tx) if incident.ack is None
            ]
            ids = [incident.company_id for incident in unacked if incident.company_id is not None]
            named = await companies.get_many(tx, list(dict.fromkeys(ids)))
        mine = [incident for incident in unacked if person.may(Right.ACK, incident.company_id)]
        if not mine and not person.may_somewhere(Right.ACK):
            person.must(Right.ACK)
        worst_first = sorted(mine, key=lambda incident: -incident.severity.rank)
        return [
            OpenIncident(
                incident=incident,
                company=named.get(incident.company_id) if incident.company_id else None,
            )
            for incident in worst_first
        ]

    async def one(
        self, person: Person, incident_id: IncidentId, chat_id: int, update_key: str
    ) -> None:
        """Take this incident on. BadRequest when it is over, taken, or was never there."""
        async with self._db.reading() as tx:
            found = (await incidents.get_many(tx, [incident_id])).get(incident_id)
            seen = found is not None and await has_right(tx, person, found, Right.LOOK)
        if found is None or not seen:
            raise BadRequest("ack.unknown")
        await self._take(person, [found], chat_id, update_key)

    async def card(self, person: Person, chat_id: int, message_id: int, update_key: str) -> int:
        """Take on every incident of a message that the person may; returns how many."""
        async with self._db.reading() as tx:
            card = await cards.by_message(tx, chat_id, message_id)
            found = {} if card is None else await incidents.get_many(tx, card.incident_ids)
            seen = [
                incident
                for incident in found.values()
                if await has_right(tx, person, incident, Right.LOOK)
            ]
        if not seen:
            raise BadRequest("ack.unknown")
        return await self._take(person, seen, chat_id, update_key)

    async def _take(
        self, person: Person, found: Sequence[Incident], chat_id: int, update_key: str
    ) -> int:
        free = _free(found)
        mine = [incident for incident in free if person.may(Right.ACK, incident.company_id)]
        if not mine:
            person.must(Right.ACK, free[0].company_id)
        audit_id = await self._journal.begin(
            person.user_id,
            chat_id,
            "ack",
            mine[0].company_id if len(mine) == 1 else None,
            update_key=update_key,
            incidents=[incident.id for incident in mine],
        )
        taken = 0
        async with self._db.writing() as tx:
            ack = Ack(person.display_name, self._clock())
            for incident in mine:
                taken += await _take(tx, incident, ack, person)
        await self._journal.finish(audit_id, "done" if taken else "already over")
        return taken


def _free(found: Sequence[Incident]) -> list[Incident]:
    """Those that can be taken on; BadRequest when there is none."""
    still = [incident for incident in found if incident.open]
    if not still:
        raise BadRequest("ack.over")
    free = [incident for incident in still if incident.ack is None]
    if not free:
        taken = still[0].ack
        raise BadRequest("ack.taken", who="" if taken is None else taken.by)
    return free


async def _take(tx: Transaction, incident: Incident, ack: Ack, person: Person) -> bool:
    """Write it over the incident as it is now; False when it is over or taken by now."""
    present = (await incidents.get_many(tx, [incident.id]))[incident.id]
    if not present.open or present.ack is not None:
        return False
    changed = replace(present, ack=ack, version=present.version + 1)
    await incidents.put(tx, changed, was=present.version)
    facts = {"user_id": person.user_id, "by": ack.by}
    event = IncidentEvent(incident_id=present.id, at=ack.at, event="acked", facts=facts)
    await incidents.add_events(tx, [event])
    heard = await outbox.addresses_of(tx, present.id)
    rows = [(address, present.id, NoticeKind.CHANGED) for address in heard]
    await outbox.add(tx, rows, ack.at)
    return True
