"""Sends probes: one when a person asks, and one session after another where that is wanted."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.company import Company, CompanyId, GatewayName
from bot.domain.incident import Incident
from bot.domain.observation import CompanyStatus
from bot.domain.phone import masked
from bot.domain.probe import Probe, ProbeOutcome
from bot.domain.session import State
from bot.domain.timing import Timing
from bot.domain.trouble import Symptom
from bot.gateways.base import (
    GatewayAdapter,
    GatewayError,
    GatewayUnreachable,
    NotSent,
    RateLimited,
    SessionInfo,
    Unsupported,
)
from bot.gateways.look import look_at
from bot.monitor.announce import write_steps
from bot.monitor.incidents import IncidentSubject, advance
from bot.monitor.journal import log_steps
from bot.monitor.rules.good_news import SENT
from bot.monitor.rules.zombie import judge_probe
from bot.monitor.status_repository import StatusRepository
from storage.alerts import incidents
from storage.database import Database, Transaction
from storage.sessions import probes
from storage.sessions.probes import ProbeQueue

# After one of these it is known how it stands, whatever was not known before.
_TELLING = (ProbeOutcome.SENT, ProbeOutcome.NOT_SENT, ProbeOutcome.NOT_CONNECTED)


class ProbeTally:
    """Counts the probes in a row of each company whose outcome is unknown."""

    def __init__(self) -> None:
        self._unclear: dict[CompanyId, int] = {}
        # Of each of these, whether another of its gateway has gone out since the first.
        self._others_went: set[CompanyId] = set()
        self._at: dict[CompanyId, GatewayName] = {}

    def counted(self, gateway: GatewayName, probe: Probe) -> int:
        """How many in a row, with this one; 0 as long as those of no other went out meanwhile."""
        company_id = probe.company_id
        if probe.outcome is ProbeOutcome.SENT:
            there = {
                candidate
                for candidate, at in self._at.items()
                if at == gateway and candidate != company_id
            }
            self._others_went |= there
        if probe.outcome in _TELLING:
            self._forget(company_id)
        if probe.outcome is not ProbeOutcome.UNCLEAR or probe.phone is None:
            return 0  # it did not get as far as sending
        self._at[company_id] = gateway
        self._unclear[company_id] = self._unclear.get(company_id, 0) + 1
        return self._unclear[company_id] if company_id in self._others_went else 0

    def _forget(self, company_id: CompanyId) -> None:
        self._unclear.pop(company_id, None)
        self._at.pop(company_id, None)
        self._others_went.discard(company_id)


class Prober:
    """Probes sessions. `text` is what a company writes to itself.

    `interval` is how often each connected session is probed without being asked to, None for never.
    """

    def __init__(
        self,
        database: Database,
        statuses: StatusRepository,
        gateways: Mapping[GatewayName, GatewayAdapter],
        *,
        text: str,
        interval: timedelta | None,
        timing: Timing,
        clock: Callable[[], datetime],
        on_written: Callable[[], None],
    ) -> None:
        self._db = database
        self._statuses = statuses
        self._gateways = gateways
        self._text = text
        self._interval = interval
        self._timing = timing
        self._clock = clock
        self._on_written = on_written
        # Not stored: after a start it is counted anew.
        self._tally = ProbeTally()

    async def probe(self, company: Company) -> Probe:
        """Probe a company now; what that means is written down."""
        (known,) = await self._statuses.known_ones(None, [company.id], self._clock())
        return await self._probe(known)

    async def tick(self, gateway: GatewayName) -> None:
        """Probe the one session of a gateway that has waited longest, if its time has come."""
        if self._interval is None:
            return
        now = self._clock()
        stable_for = timedelta(seconds=self._timing.stable_for_s)
        async with self._db.reading() as tx:
            queue = await probes.queue(tx, gateway, stable_for, now)
        due = whose_turn(queue, self._interval, now)
        if due is not None:
            for known in await self._statuses.known_ones(gateway, [due], now):
                await self._probe(known)

    async def _probe(self, known: CompanyStatus) -> Probe:
        probe = await self._send(known)
        if probe.outcome is ProbeOutcome.NOT_SENT:
            # It may have met the very moment of a reconnect. What was not sent may be sent again.
            await asyncio.sleep(self._timing.confirm_after_s)
            probe = await self._send(known)
        await self._write(known.company, probe)
        return probe

    async def _send(self, known: CompanyStatus) -> Probe:
        company = known.company
        try:
            before = await self._look(company)
        except GatewayError:
            return self._result(company, ProbeOutcome.UNCLEAR)
        if before.state is not State.CONNECTED:
            return self._result(company, ProbeOutcome.NOT_CONNECTED, state=before.state)
        phone = before.owner_phone or known.linked_phone or company.expected_phone
        if phone is None:
            return self._result(company, ProbeOutcome.NO_NUMBER, state=before.state)
        outcome, state = await self._sent(company, phone)
        return self._result(company, outcome, phone=phone, state=state)

    async def _sent(self, company: Company, phone: str) -> tuple[ProbeOutcome, State | None]:
        gateway = self._gateways[company.gateway]
        try:
            await gateway.send_text(company.session_key, phone, self._text)
        except NotSent:
            return await self._not_sent(company)
        except RateLimited:
            return ProbeOutcome.LIMITED, State.CONNECTED
        except Unsupported:
            return ProbeOutcome.UNSUPPORTED, State.CONNECTED
        except GatewayError:
            return ProbeOutcome.UNCLEAR, None
        return ProbeOutcome.SENT, State.CONNECTED

    async def _not_sent(self, company: Company) -> tuple[ProbeOutcome, State | None]:
        """Whether the gateway, having failed to send, still calls the session connected."""
        try:
            after = await self._look(company)
        except GatewayError:
            return ProbeOutcome.UNCLEAR, None
        if after.state is State.CONNECTED:
            return ProbeOutcome.NOT_SENT, after.state
        return ProbeOutcome.NOT_CONNECTED, after.state

    async def _look(self, company: Company) -> SessionInfo:
        if company.gateway not in self._gateways:
            raise GatewayUnreachable("this gateway is not in the settings any more")
        return await look_at(self._gateways[company.gateway], company.session_key)

    def _result(
        self,
        company: Company,
        outcome: ProbeOutcome,
        *,
        phone: str | None = None,
        state: State | None = None,
    ) -> Probe:
        return Probe(
            company_id=company.id,
            at=self._clock(),
            outcome=outcome,
            phone=None if phone is None else masked(phone),
            state=state,
        )

    async def _write(self, company: Company, probe: Probe) -> None:
        verdict = judge_probe(probe, unclear=self._tally.counted(company.gateway, probe))
        subject = IncidentSubject(gateway=company.gateway, company_id=company.id)
        async with self._db.writing() as tx:
            await probes.put(tx, company.id, probe.outcome, probe.at)
            still = await incidents.open_ones(tx, company_id=company.id)
            if probe.outcome is ProbeOutcome.SENT:
                await _bear_witness(tx, still)
            present = next(
                (incident for incident in still if incident.trouble is verdict.trouble), None
            )
            if present is not None and present.facts.get("unclear") and not verdict.facts:
                verdict = replace(verdict, facts={"unclear": False})
            step = advance(present, verdict, subject, self._clock())
            steps = [] if step is None else [step]
            await write_steps(tx, steps, [], self._clock())
        log_steps(steps)
        if steps:
            self._on_written()


async def _bear_witness(tx: Transaction, still: Iterable[Incident]) -> None:
    """A text went out: what the gateway calls connected, and nobody believed, is."""
    for incident in still:
        if incident.symptom is Symptom.UNWITNESSED:
            borne_out = replace(incident, facts=incident.facts | {SENT: True})
            await incidents.put(tx, borne_out, was=incident.version)


def whose_turn(queue: ProbeQueue, interval: timedelta, now: datetime) -> CompanyId | None:
    """The first of the queue, once its turn has come.

    Turns are spread over the interval: a hundred sessions do not write in the same minute.
    """
    if queue.first is None:
        return None
    if queue.last_at is not None and now - queue.last_at < interval / queue.length:
        return None
    waited = queue.first_at is None or now - queue.first_at >= interval
    return queue.first if waited else None
