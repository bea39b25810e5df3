"""Loads and stores company status, one transaction for each look."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.domain.company import CompanyId, GatewayName
from bot.domain.incident import Incident, Symptom, Trouble
from bot.domain.notice import ChatAddress
from bot.domain.observation import CompanyStatus, Watched
from bot.domain.roster import Listing
from bot.monitor.announce import write_steps
from bot.monitor.batches import in_turns
from bot.monitor.changes import Judged, write_phones, write_states
from bot.monitor.incidents import Step, Subject, advance
from bot.monitor.journal import log_found
from bot.monitor.lost_again import BOUNCES, bounced, lost_soon
from bot.monitor.mass import as_seen, hushed, judge_mass
from bot.monitor.newcomers import Newcomers, Room
from bot.monitor.rules import Health, Verdict, judge_gateway
from bot.monitor.stragglers import left_behind
from storage.alerts import incidents
from storage.database import Database, Transaction
from storage.recovery import procedures, restarts
from storage.sessions import gateways, states
from storage.sessions.gateways import GatewayLook

KEPT_FOR = timedelta(days=14)  # what is set aside
RESTART_TAKES = timedelta(minutes=1)  # so long its silence is a restart's

MANY = 500  # more ids than this are not worth naming one by one in a query

log = structlog.get_logger()


class StatusRepository:
    """What is known, and the one transaction in which a look changes it.

    `tell` hear of what is no incident.
    """

    def __init__(
        self, database: Database, tell: Sequence[ChatAddress] = (), room: Room | None = None
    ) -> None:
        self._db, self._newcomers = database, Newcomers(tell, room)

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
        return await self._known(gateway, now, restless=True)

    async def calm(self, gateway: GatewayName, now: datetime) -> list[Watched]:
        """The companies of a gateway about which a good look tells nothing new."""
        async with self._db.reading() as tx:
            return await states.calm_of(tx, gateway, now)

    async def _known(
        self,
        gateway: GatewayName | None,
        now: datetime,
        *,
        ids: Sequence[CompanyId] | None = None,
        restless: bool = False,
    ) -> list[CompanyStatus]:
        async with self._db.reading() as tx:
            every = await states.known_of(tx, gateway, now, ids=ids, restless=restless)
            few = [status.company.id for status in every] if len(every) <= MANY else None
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
            async for part in in_turns(every)
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
        listing: Listing | None,
        every: Sequence[CompanyStatus],
        calm: Sequence[CompanyId],
        now: datetime,
    ) -> list[Step]:
        """The gateway answered: its states, incidents and notices, all or none.

        `every` are the companies of which something was to be thought, looked at or not; `calm` the
        others.
        """
        async with self._db.writing() as tx:
            steps = await _gateway_answered(tx, gateway, now)
            mass = await _mass(tx, gateway, every, judged, len(calm), now)
            steps += await _gateway_steps(tx, gateway, mass, now)
            if mass.health is Health.BAD:
                judged = [_hushed(item) async for part in in_turns(judged) for item in part]
            steps += await _marked(tx, await _company_steps(gateway, judged, now), every)
            steps = left_behind(steps)
            log_found(gateway, await self._newcomers.meet(tx, gateway, listing, now))
            await write_states(tx, judged)
            await write_phones(tx, judged)
            everyone = [*(status.company.id for status in every), *calm]
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
    ) -> list[Step]:
        """The gateway is silent: its own incident, while its companies' states stand still."""
        async with self._db.writing() as tx:
            last = await gateways.get(tx, gateway)
            look = _one_more_failure(last, gateway, reason, now)
            await gateways.put(tx, look)
            if await restarts.is_under_way(tx, gateway, now - RESTART_TAKES):
                symptom = Symptom.RESTARTING
            verdict = judge_gateway(look.failures, symptom, look.since_at)
            verdict = replace(verdict, facts={"companies": len(everyone)})
            steps = await _gateway_steps(tx, gateway, verdict, now)
            await write_steps(tx, steps, everyone, now)
        if look.failures == 1:
            log.warning("gateway did not answer", gateway=gateway, reason=reason)
        return steps


async def _company_steps(
    gateway: GatewayName, judged: Sequence[Judged], now: datetime
) -> list[Step]:
    return [
        replace(step, noticed=item.noticed)
        async for part in in_turns(judged)
        for item in part
        for verdict in item.verdicts
        if (step := _step(gateway, item.known, verdict, now)) is not None
    ]


def _step(
    gateway: GatewayName, known: CompanyStatus, verdict: Verdict, now: datetime
) -> Step | None:
    subject = Subject(gateway=gateway, company_id=known.company.id)
    return advance(known.incident(verdict.trouble), verdict, subject, now)


async def _marked(tx: Transaction, steps: list[Step], every: Sequence[CompanyStatus]) -> list[Step]:
    """Mark what was lost soon after a pairing; the third time in a row it says so."""
    paired_at = {status.company.id: status.paired_at for status in every}
    marked = []
    for step in steps:
        company_id = step.incident.company_id
        if company_id is None or not lost_soon(step, paired_at.get(company_id)):
            marked.append(step)
            continue
        before = await incidents.last_of(tx, company_id, step.incident.trouble, BOUNCES - 1)
        marked.append(bounced(step, before))
    return marked


async def _gateway_answered(tx: Transaction, gateway: GatewayName, now: datetime) -> list[Step]:
    last = await gateways.get(tx, gateway)
    was_silent = last is not None and last.failures > 0
    since = now if last is None or was_silent else last.since_at
    look = GatewayLook(name=gateway, failures=0, since_at=since, last_look_at=now, last_ok_at=now)
    await gateways.put(tx, look)
    if not was_silent:
        return []
    log.info("gateway answers again", gateway=gateway)
    return await _gateway_steps(tx, gateway, judge_gateway(0, Symptom.UNREACHABLE, now), now)


def _one_more_failure(
    last: GatewayLook | None, gateway: GatewayName, reason: str, now: datetime
) -> GatewayLook:
    silent_already = last is not None and last.failures > 0
    return GatewayLook(
        name=gateway,
        failures=last.failures + 1 if last is not None else 1,
        since_at=last.since_at if last is not None and silent_already else now,
        last_look_at=now,
        last_ok_at=last.last_ok_at if last is not None else None,
        reason=reason,
    )


async def _gateway_steps(
    tx: Transaction, gateway: GatewayName, verdict: Verdict, now: datetime
) -> list[Step]:
    present = await _open_of_gateway(tx, gateway, verdict.trouble)
    step = advance(present, verdict, Subject(gateway=gateway), now)
    return [] if step is None else [step]


async def _open_of_gateway(
    tx: Transaction, gateway: GatewayName, trouble: Trouble
) -> Incident | None:
    open_ones = await incidents.open_ones(tx, gateway=gateway)
    return next((incident for incident in open_ones if incident.trouble is trouble), None)


async def _mass(
    tx: Transaction,
    gateway: GatewayName,
    every: Sequence[CompanyStatus],
    judged: Sequence[Judged],
    calm: int,
    now: datetime,
) -> Verdict:
    if await restarts.is_under_way(tx, gateway, now - RESTART_TAKES):
        # It is known why they dropped together: no network has to be waited for.
        reason = "the gateway was restarted by command"
        return Verdict(trouble=Trouble.MASS_DROP, health=Health.WAIT, reason=reason)
    present = await _open_of_gateway(tx, gateway, Trouble.MASS_DROP)
    seen = {item.seen.company_id: as_seen(item.seen) for item in judged}
    open_since = None if present is None else present.opened_at
    return judge_mass(every, seen, open_since, now, calm=calm)


def _hushed(judged: Judged) -> Judged:
    verdicts = (hushed(judged.known, judged.seen, verdict) for verdict in judged.verdicts)
    return replace(judged, verdicts=tuple(verdicts))
