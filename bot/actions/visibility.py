"""Which incidents a person has a right for: a gateway's belongs to those who have its companies."""

from bot.domain.access import Person, Right
from bot.domain.incident import Incident
from storage.database import Transaction
from storage.sessions import companies


async def has_right(tx: Transaction, person: Person, incident: Incident, right: Right) -> bool:
    """Whether the person holds this right for what the incident is about."""
    if incident.company_id is not None or person.may(right):
        return person.may(right, incident.company_id)
    watched = await companies.all_of(tx, incident.gateway)
    return any(person.may(right, company.id) for company in watched)


async def as_seen(tx: Transaction, person: Person, incident: Incident) -> Incident:
    """The incident without counts of companies that the person may not see."""
    if incident.company_id is not None or person.may(Right.LOOK):
        return incident
    watched = await companies.all_of(tx, incident.gateway)
    sees_all = all(person.may(Right.LOOK, company.id) for company in watched)
    return incident if sees_all else incident.uncounted()
