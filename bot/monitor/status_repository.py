"""Loads and stores company status, one transaction for each look."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.calm_query import Calm
from bot.domain.company import CompanyId, GatewayName
from bot.domain.incident import Incident
from bot.domain.notice import ChatAddress
from bot.domain.observation import CompanyStatus, Watched
from bot.domain.trouble import Symptom
from bot.monitor.advance import LookedAtCompanies, advance_list, advance_missed, advance_reached
from bot.monitor.announce import write_steps
from bot.monitor.batches import in_turns
from bot.monitor.changes import Judged, write_phones, write_states
from bot.monitor.gateway_looks import Reached
from bot.monitor.incidents import IncidentStep
from bot.monitor.journal import log_found
from bot.monitor.newcomers import Newcomers, Room
from bot.monitor.rules.calm import CALM
from storage.alerts import incidents
from storage.database import Database
from storage.recovery import procedures
from storage.sessions import gateways, states
from storage.sessions.gateways import GatewayLook

KEPT_FOR = timedelta(days=14)  # what is set aside

MANY = 500  # more ids than this are not worth naming one by one in a query


class StatusRepository:
    """What is known, and the one transaction in which a look changes it.

    `tell` hear of what is no incident. `by_hand` says that only people start what a restart of a
    gateway has ended.
    """

    def __init__(
        self,
        database: Database,
        tell: Sequence[ChatAddress] = (),
        room: Room | None = None,
        *,
        by_hand: bool = False,
    ) -> None:
        self._db, self._newcomers, self._by_hand = database, Newcomers(tell, room), by_hand

    async def known(self, gateway: GatewayName | None, now: datetime) -> list[CompanyStatus]:
        """What is remembered of each company of a gateway (None: of all)."""
        return await self._known(gateway, now)

    async def known_ones(
        self, gateway: GatewayName | None, ids: Sequence[CompanyId], now: datetime
    ) -> list[CompanyStatus]:
        """What is remembered of these companies of a gateway (None: of any)."""
        if not ids:
            return []
        if len(ids) > MANY:
            wanted = frozenset(ids)
            return [
                status for status in await self._known(gateway, now) if status.company.id in wanted
            ]
        return await self._known(gateway, now, ids=ids)

    async def restless(self, gateway: GatewayName, now: datetime) -> list[CompanyStatus]:
        """What is remembered of each company of a gateway that is not calm."""
        return await self._known(gateway, now, restless=CALM)

    async def calm(self, gateway: GatewayName, now: datetime) -> list[Watched]:
        """The companies of a gateway that are calm: a good look tells nothing new of them."""
        async with self._db.reading() as tx:
            return await states.calm_of(tx, gateway, CALM, now)

    async def _known(
        self,
        gateway: GatewayName | None,
        now: datetime,
        *,
        ids: Sequence[CompanyId] | None = None,
        restless: Calm | None = None,
    ) -> list[CompanyStatus]:
        async with self._db.reading() as tx:
            statuses = await states.known_of(tx, gateway, now, ids=ids, restless=restless)
            few = [status.company.id for status in statuses] if len(statuses) <= MANY else None
            day_ago = now - timedelta(days=1)
            reconnects = await states.reconnects_since(tx, gateway, day_ago, few)
            open_ones = await incidents.open_ones(tx, gateway=gateway, among=few)
            kept = await procedures.kept_since(tx, now - KEPT_FOR)
        by_company: dict[CompanyId | None, list[Incident]] = {}
        for incident in open_ones:
            by_company.setdefault(incident.company_id, []).append(incident)
        more = reconnects.keys() | by_company.keys() | kept
        return [
            replace(
                status,
                reconnects_today=reconnects.get(status.company.id, 0),
                incidents=tuple(by_company.get(status.company.id, ())),
                kept=status.company.id in kept,
            )
            if status.company.id in more
            else status
            async for part in in_turns(statuses)
            for status in part
        ]

    async def last_look(self, gateway: GatewayName) -> GatewayLook | None:
        """How the gateway answered last."""
        async with self._db.reading() as tx:
            return await gateways.get(tx, gateway)

    async def write_reached(
        self,
        gateway: GatewayName,
        judged: Sequence[Judged],
        *,
        look: Reached,
        statuses: Sequence[CompanyStatus],
        calm: Sequence[CompanyId],
        now: datetime,
    ) -> list[IncidentStep]:
        """The gateway answered: its states, incidents and notices, all or none.

        `statuses` are the companies to be judged, looked at or not; `calm` the others.
        """
        async with self._db.writing() as tx:
            them = LookedAtCompanies(statuses=statuses, calm=len(calm), by_hand=self._by_hand)
            steps = await advance_reached(tx, gateway, judged, them, now)
            steps += await advance_list(tx, gateway, look.of_list, now)
            log_found(gateway, await self._newcomers.meet(tx, gateway, look.listing, now))
            await write_states(tx, judged)
            await write_phones(tx, judged)
            everyone = [*(status.company.id for status in statuses), *calm]
            await write_steps(tx, steps, everyone, now)
        return steps

    async def write_missed(
        self,
        gateway: GatewayName,
        symptom: Symptom,
        reason: str,
        *,
        everyone: Sequence[CompanyId],
        now: datetime,
    ) -> list[IncidentStep]:
        """The gateway is silent: its own incident, while its companies' states stand still."""
        async with self._db.writing() as tx:
            steps = await advance_missed(tx, gateway, symptom, reason, len(everyone), now)
            await write_steps(tx, steps, everyone, now)
        return steps
