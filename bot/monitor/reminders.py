"""Says again what nobody has taken on; ends mutes and quiet hours whose time is over.

When something is due follows from the database alone: a restart loses nothing and repeats nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

import structlog

from bot.domain.company import CompanyId, GatewayName
from bot.domain.incident import Incident, IncidentId
from bot.domain.mute import Silence, hidden
from bot.domain.notice import NoticeKind
from bot.domain.trouble import Severity
from bot.monitor.announce import concerned
from bot.monitor.deferred import release
from bot.monitor.notice_routing import NoticeRouting, tell
from storage.alerts import deferred, incidents, mutes, outbox, silences
from storage.alerts.incidents import IncidentEvent
from storage.chats import chats, subscriptions
from storage.chats.subscriptions import Audience
from storage.database import Database, Transaction
from storage.sessions import companies

log = structlog.get_logger()


class Reminder:
    """Looks every few seconds whether something has to be said again."""

    def __init__(
        self,
        database: Database,
        interval: timedelta,
        *,
        clock: Callable[[], datetime],
        on_written: Callable[[], None],
    ) -> None:
        self._db = database
        self._interval = interval
        self._clock = clock
        self._on_written = on_written

    async def tick(self) -> None:
        """Say everything that is due, each incident once in an interval."""
        now = self._clock()
        async with self._db.reading() as tx:
            due = await self._due(tx, now)
            over = await mutes.over(tx, now)
            awake = await deferred.chats_with_any(tx) - await chats.quiet_at(tx, now)
        if not due and not over and not awake:
            return
        async with self._db.writing() as tx:
            for mute in await mutes.over(tx, now):
                await mutes.remove(tx, mute.company_id, now)
                log.info("mute_ended", company=mute.company_id)
                await tell_what_is_on(tx, mute, now)
            await release(tx, awake, now)
            due = await self._due(tx, now)
            await _say_again(tx, due, now)
        self._on_written()

    async def _due(self, tx: Transaction, now: datetime) -> list[Incident]:
        """What calls for somebody, aloud since an interval ago or longer, and is not muted."""
        waiting = await incidents.not_told_since(tx, now - self._interval)
        active = await silences.active(tx, now)
        return [
            incident
            for incident in waiting
            if incident.calls
            and incident.severity is not Severity.INFO
            and not hidden(active, incident)
        ]


async def tell_what_is_on(tx: Transaction, ended: Silence, now: datetime) -> int:
    """After a mute or a rest: say aloud what it hid and is still on; how many that are."""
    active = await silences.active(tx, now)
    still = [
        incident
        for incident in await incidents.open_ones(tx)
        if ended.covers(incident) and incident.ack is None and not hidden(active, incident)
    ]
    await _say_again(tx, still, now)
    return len(still)


async def _say_again(tx: Transaction, open_ones: Sequence[Incident], now: datetime) -> None:
    """A chat that has the card is reminded of it; one that was never told is told now."""
    if not open_ones:
        return
    ids = [incident.id for incident in open_ones]
    opened_at = await outbox.opened_at(tx, ids)
    audience = Audience(await subscriptions.heard(tx))
    families = await _families(tx)
    words = [
        NoticeRouting(
            address,
            incident,
            NoticeKind.REPEATED if (address, incident.id) in opened_at else NoticeKind.OPENED,
        )
        for incident in open_ones
        for address in audience.of(
            concerned(incident, families[incident.gateway]), incident.severity
        )
    ]
    await tell(tx, words, now)
    await incidents.set_told(tx, ids, now)
    await incidents.add_events(tx, _events(ids, now))


def _events(ids: Iterable[IncidentId], now: datetime) -> list[IncidentEvent]:
    return [
        IncidentEvent(incident_id=incident_id, at=now, event="repeated", facts={})
        for incident_id in ids
    ]


async def _families(tx: Transaction) -> defaultdict[GatewayName, set[CompanyId]]:
    """The companies of each gateway."""
    found: defaultdict[GatewayName, set[CompanyId]] = defaultdict(set)
    for company in await companies.all_of(tx):
        found[company.gateway].add(company.id)
    return found
