"""Incidents as people look back at them: a list, one with its story, notes, a document."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.actions.errors import BadRequest
from bot.actions.journal import Journal
from bot.actions.status import Status
from bot.actions.visibility import as_seen, has_right
from bot.domain.access import Person, Right
from bot.domain.company import Company, CompanyId
from bot.domain.incident import Incident, IncidentId
from bot.domain.incident_timeline import (
    Document,
    IncidentPage,
    IncidentTimeline,
    TimelineEntry,
    What,
    places_of,
)
from bot.domain.notice import ChatAddress
from bot.domain.paging import which_page
from bot.domain.report import Figures, TimeShare
from bot.reports.postmortem import markdown
from bot.reports.reporter import Reporter
from bot.reports.timeline import Sources, sign_of, timeline, times_of
from storage.alerts import incidents
from storage.alerts.incidents import IncidentEvent, VisibleIncidents
from storage.chats import place_names, subscriptions
from storage.chats.subscriptions import Subscription
from storage.database import Transaction
from storage.people import audit
from storage.people import names as people
from storage.recovery import pairings, procedures
from storage.sessions import companies, history

PAGE = 8
NOTE_LIMIT = 1_000
_EARLIER = 10
_DAYS = 30


class Incidents:
    """What happened. Only notes are written."""

    def __init__(self, journal: Journal, looking: Status, reporter: Reporter) -> None:
        self._db = journal.database
        self._journal = journal
        self._status = looking
        self._reporter = reporter
        self._clock = journal.clock

    async def page(
        self, person: Person, company: Company | None, page: int, *, only_open: bool
    ) -> IncidentPage:
        """A page of those that the person may see: of one company, or of all."""
        if company is not None:
            person.must(Right.LOOK, company.id)
        seen = (
            await self._seen(person)
            if company is None
            else VisibleIncidents(company_ids=(company.id,))
        )
        async with self._db.reading() as tx:
            total = await incidents.count(tx, seen, only_open=only_open)
            page, pages = which_page(page, total, PAGE)
            found = await incidents.page(
                tx, seen, only_open=only_open, limit=PAGE, offset=page * PAGE
            )
            named = await companies.get_many(tx, _ids(found))
        return IncidentPage(
            incidents=tuple(found),
            companies=named,
            company=company,
            only_open=only_open,
            page=page,
            pages=pages,
            total=total,
            now=self._clock(),
        )

    async def timeline(
        self, person: Person, incident_id: IncidentId, zone: ZoneInfo
    ) -> IncidentTimeline:
        """One incident with its timeline. BadRequest when there is none of this number."""
        incident = await self._find(person, incident_id, Right.LOOK)
        now = self._clock()
        async with self._db.reading() as tx:
            sources = await _sources(tx, incident, now)
            moments = await _seen(tx, person, incident, timeline(sources))
            company_id = incident.company_id
            named = {} if company_id is None else await companies.get_many(tx, [company_id])
            names = await people.names(tx)
            titles, topics = await _titles(tx, moments)
            earlier: list[Incident] = []
            if company_id is not None:
                earlier = await incidents.before(tx, company_id, incident_id, _EARLIER)
        company = None if company_id is None else named.get(company_id)
        return IncidentTimeline(
            incident=incident,
            company=company,
            sign=sign_of(sources),
            times=times_of(sources),
            moments=moments,
            names=names,
            chats=titles,
            topics=topics,
            earlier=tuple(earlier),
            month=await self._month(company, incident.closed_at or now, zone),
            now=now,
            apart=await self._apart(company, incident, now, zone),
        )

    async def note(
        self, person: Person, incident_id: IncidentId, text: str, chat_id: int, update_key: str
    ) -> None:
        """Write a note into an incident's timeline, over or not. BadRequest when it is too long."""
        incident = await self._find(person, incident_id, Right.NOTE)
        if len(text) > NOTE_LIMIT:
            raise BadRequest("note.too_long", limit=str(NOTE_LIMIT))
        audit_id = await self._journal.begin(
            person.user_id,
            chat_id,
            "note",
            incident.company_id,
            update_key=update_key,
            incident=incident.id,
        )
        facts = {"user_id": person.user_id, "by": person.display_name, "text": text}
        event = IncidentEvent(incident_id=incident.id, at=self._clock(), event="note", facts=facts)
        async with self._db.writing() as tx:
            await incidents.add_events(tx, [event])
        await self._journal.finish(audit_id, "done")

    def file(self, document: Document) -> bytes:
        """A post-mortem as it is sent."""
        return markdown(document)

    async def _find(self, person: Person, incident_id: IncidentId, right: Right) -> Incident:
        """The incident, where the person has this right. A gateway's belongs to its companies."""
        async with self._db.reading() as tx:
            found = (await incidents.get_many(tx, [incident_id])).get(incident_id)
            # A number tells nothing of what they may not see: it sounds like one not there.
            if found is None or not await has_right(tx, person, found, Right.LOOK):
                raise BadRequest("incident.unknown")
            if not await has_right(tx, person, found, right):
                person.must(right, found.company_id)
            return await as_seen(tx, person, found)

    async def _seen(self, person: Person) -> VisibleIncidents | None:
        """What the person may see, None for everything. NotAllowed when that is nothing."""
        if person.may(Right.LOOK):
            return None
        mine = await self._status.choices(person, Right.LOOK)
        if not mine:
            person.must(Right.LOOK)
        gateways = tuple(dict.fromkeys(company.gateway for company in mine))
        return VisibleIncidents(
            company_ids=tuple(company.id for company in mine), gateways=gateways
        )

    async def _apart(
        self, company: Company | None, incident: Incident, now: datetime, zone: ZoneInfo
    ) -> TimeShare:
        if company is None:
            return TimeShare()
        until = incident.closed_at or now
        return await self._reporter.share_of(company, incident.began_at, until, zone)

    async def _month(
        self, company: Company | None, until: datetime, zone: ZoneInfo
    ) -> Figures | None:
        if company is None:
            return None
        return (await self._reporter.of_company(company, _DAYS, until, zone)).total


async def _sources(tx: Transaction, incident: Incident, now: datetime) -> Sources:
    until = incident.closed_at or now
    events = await incidents.events_of(tx, incident.id)
    sources = Sources(incident=incident, until=until, events=events)
    begin, company_id = times_of(sources).lost_at, incident.company_id
    acts = await audit.within(tx, company_id, begin, until)
    if company_id is None:
        return Sources(incident=incident, until=until, events=events, acts=acts)
    states = await history.states(tx, [company_id], begin, until)
    return Sources(
        incident=incident,
        until=until,
        events=events,
        acts=acts,
        runs=await procedures.since(tx, company_id, begin),
        pairings=await pairings.within(tx, company_id, begin, until),
        states=states.get(company_id, ()),
    )


async def _seen(
    tx: Transaction, person: Person, incident: Incident, moments: tuple[TimelineEntry, ...]
) -> tuple[TimelineEntry, ...]:
    """The same; a gateway's incident without chats whose companies the person may not see."""
    if incident.company_id is not None or person.may(Right.LOOK):
        return moments
    own = {
        subscription.address.chat_id
        for subscription in await subscriptions.heard(tx)
        if _covers(person, subscription)
    }
    kept = []
    for moment in moments:
        if moment.what is not What.TOLD:
            kept.append(moment)
        elif own_chats := tuple(chat_id for chat_id in moment.facts["chats"] if chat_id in own):
            kept.append(replace(moment, facts={**moment.facts, "chats": own_chats}))
    return tuple(kept)


def _covers(person: Person, heard: Subscription) -> bool:
    return heard.company_id is None or person.may(Right.LOOK, heard.company_id)


async def _titles(
    tx: Transaction, moments: Sequence[TimelineEntry]
) -> tuple[dict[int, str], dict[ChatAddress, str]]:
    """What the chats and topics are called that were told."""
    told = [
        place for moment in moments if moment.what is What.TOLD for place in places_of(moment.facts)
    ]
    named = await place_names.of_chats(tx, (place.chat_id for place in told))
    chats = {place.chat_id: named.get(place.chat_id, "") for place in told}
    return chats, await place_names.of_topics(tx, told)


def _ids(found: Sequence[Incident]) -> list[CompanyId]:
    return list(
        dict.fromkeys(incident.company_id for incident in found if incident.company_id is not None)
    )
