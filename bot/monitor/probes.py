"""Sends probes: one when a person asks, and one session after another where that is wanted."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.company import Company, CompanyId, GatewayName
from bot.domain.incident import Incident
from bot.domain.observation import CompanyStatus
from bot.domain.phone import masked
from bot.domain.probe import Probe, ProbeOutcome, message_mark
from bot.domain.session import State
from bot.domain.timing import Timing
from bot.domain.trouble import Symptom, Trouble
from bot.gateways.base import (
    GatewayAdapter,
    GatewayError,
    GatewayUnreachable,
    NotSent,
    RateLimited,
    Restricted,
    SessionInfo,
    Unsupported,
)
from bot.gateways.events import Receipt
from bot.gateways.look import look_at
from bot.monitor.announce import write_steps
from bot.monitor.incidents import IncidentSubject, advance
from bot.monitor.journal import log_steps
from bot.monitor.probe_tally import ProbeTally
from bot.monitor.receipts import ExpectedReceipt, Receipts
from bot.monitor.rules import Verdict
from bot.monitor.rules.good_news import SENT
from bot.monitor.rules.restricted import judge_refusal
from bot.monitor.rules.zombie import judge_probe
from bot.monitor.status_repository import StatusRepository
from storage.alerts import incidents
from storage.database import Database, Transaction
from storage.sessions import probes
from storage.sessions.probes import ProbeQueue

# What came of a send, and the look at the session that was taken afterwards, if any was.
_Sent = tuple[ProbeOutcome, SessionInfo | None]
_REFUSALS: dict[Receipt | None, ProbeOutcome] = {
    Receipt.REFUSED: ProbeOutcome.NOT_SENT,
    Receipt.RESTRICTED: ProbeOutcome.RESTRICTED,
}
_SOON_S = 3.0  # WhatsApp answers within a second, mostly


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
        self._tally = ProbeTally()
        self._receipts: Receipts | None = None

    def hear(self, receipts: Receipts) -> None:
        """Wait for acknowledgements from now on: gateways can push them to this program."""
        self._receipts = receipts

    async def probe(self, company: Company, *, hurried: bool = False) -> Probe:
        """Probe a company now; what that means is written down.

        Where somebody waits for more than the probe, it is `hurried`: an acknowledgement is waited
        for as long as one usually takes.
        """
        (known,) = await self._statuses.known_ones(None, [company.id], self._clock())
        wait_s = self._timing.receipt_wait_s
        return await self._probe(known, min(wait_s, _SOON_S) if hurried else wait_s)

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
                await self._probe(known, self._timing.receipt_wait_s)

    async def _probe(self, known: CompanyStatus, wait_s: float) -> Probe:
        probe = await self._send(known, wait_s)
        if probe.outcome is ProbeOutcome.NOT_SENT:
            # It may have met the very moment of a reconnect. What was not sent may be sent again.
            await asyncio.sleep(self._timing.confirm_after_s)
            probe = await self._send(known, wait_s)
        await self._write(known.company, probe)
        return probe

    async def _send(self, known: CompanyStatus, wait_s: float) -> Probe:
        company = known.company
        try:
            before = await self._look(company)
        except GatewayError:
            return self._result(company, ProbeOutcome.UNCLEAR)
        if before.state is not State.CONNECTED:
            return self._result(company, ProbeOutcome.NOT_CONNECTED, after=before)
        phone = before.owner_phone or known.linked_phone or company.expected_phone
        if phone is None:
            return self._result(company, ProbeOutcome.NO_NUMBER, after=before)
        outcome, after = await self._sent(company, phone, wait_s)
        return self._result(company, outcome, phone=phone, after=after)

    async def _sent(self, company: Company, phone: str, wait_s: float) -> _Sent:
        """What came of it; with a look at the session where that was taken afterwards."""
        gateway = self._gateways[company.gateway]
        receipts = self._receipts or Receipts()
        with receipts.expecting(company.gateway) as expected:
            try:
                message_id = await gateway.send_text(company.session_key, phone, self._text)
            except Restricted:
                return await self._refused(company, ProbeOutcome.RESTRICTED)
            except NotSent:
                return await self._refused(company, ProbeOutcome.NOT_SENT)
            except RateLimited:
                return ProbeOutcome.LIMITED, None
            except Unsupported:
                return ProbeOutcome.UNSUPPORTED, None
            except GatewayError:
                return ProbeOutcome.UNCLEAR, None
            return await self._acknowledged(company, message_id, expected, wait_s)

    async def _acknowledged(
        self, company: Company, message_id: str, expected: ExpectedReceipt, wait_s: float
    ) -> _Sent:
        """Whether WhatsApp says that it has it, where the gateway is one that hands this on."""
        caps, receipts = self._gateways[company.gateway].caps, self._receipts
        if caps.send_proves:
            return ProbeOutcome.ACKNOWLEDGED, None
        mark = message_mark(message_id)
        if receipts is None or not (caps.push_receipts and mark):
            return ProbeOutcome.SENT, None
        pushes = receipts.pushes(company.gateway)
        receipt = None if pushes is False else await expected.of(mark, wait_s)
        if receipt in _REFUSALS:
            return await self._refused(company, _REFUSALS[receipt])
        if receipt is not None:
            return ProbeOutcome.ACKNOWLEDGED, None
        if wait_s >= self._timing.receipt_wait_s:  # else nobody had the time to wait for it
            receipts.waited_in_vain(company.gateway)
            pushes = receipts.pushes(company.gateway)
            return ProbeOutcome.UNACKNOWLEDGED if pushes else ProbeOutcome.SENT, None
        return ProbeOutcome.SENT, None

    async def _refused(self, company: Company, outcome: ProbeOutcome) -> _Sent:
        """`outcome`, if the gateway, having failed to send, still calls the session connected."""
        try:
            after = await self._look(company)
        except GatewayError:
            unclear = ProbeOutcome.UNCLEAR if outcome is ProbeOutcome.NOT_SENT else outcome
            return unclear, None
        if after.state is State.CONNECTED:
            return outcome, after
        return ProbeOutcome.NOT_CONNECTED, after

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
        after: SessionInfo | None = None,
    ) -> Probe:
        told = None if after is None else after.restriction
        return Probe(
            company_id=company.id,
            at=self._clock(),
            outcome=outcome,
            phone=None if phone is None else masked(phone),
            state=None if after is None else after.state,
            restriction=told if told is not None and told.holds(self._clock()) else None,
        )

    async def _write(self, company: Company, probe: Probe) -> None:
        dead = judge_probe(probe, unclear=self._tally.counted(company.gateway, probe))
        subject = IncidentSubject(gateway=company.gateway, company_id=company.id)
        async with self._db.writing() as tx:
            await probes.put(tx, company.id, probe.outcome, probe.at)
            open_ones = await incidents.open_ones(tx, company_id=company.id)
            still = {incident.trouble: incident for incident in open_ones}
            if probe.went_out:
                await _bear_witness(tx, still.values())
            verdicts = (
                _clear_by_now(dead, still.get(dead.trouble)),
                judge_refusal(probe, still.get(Trouble.RESTRICTED)),
            )
            found = (
                advance(still.get(verdict.trouble), verdict, subject, self._clock())
                for verdict in verdicts
            )
            steps = [step for step in found if step is not None]
            await write_steps(tx, steps, [], self._clock())
        log_steps(steps)
        if steps:
            self._on_written()


def _clear_by_now(verdict: Verdict, present: Incident | None) -> Verdict:
    """The verdict; that nobody knows is over where it is known by now."""
    if present is not None and present.facts.get("unclear") and not verdict.facts:
        return replace(verdict, facts={"unclear": False})
    return verdict


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
