"""Reads the lost sessions, each with all that the ladder asks about it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.company import Company, GatewayName
from bot.domain.incident import Incident
from bot.domain.mute import Mute, hidden
from bot.domain.observation import CompanyStatus
from bot.domain.procedure import ProcedureOutcome
from bot.domain.session import State
from bot.domain.trouble import Symptom, Trouble
from bot.recovery.control import SessionControl
from bot.recovery.ladder import Attempt, Rung, Situation
from storage.alerts import incidents, mutes
from storage.batches import parts
from storage.database import Transaction
from storage.recovery import attempts, restarts
from storage.recovery.attempts import AttemptRow
from storage.sessions import gateways, states

DAY = timedelta(days=1)
AT_ONCE = timedelta(minutes=1)  # what dropped so long before a restart was told went with it

_HOPELESS = (ProcedureOutcome.LOOKS_REVOKED, ProcedureOutcome.AWAITS_SCAN)


@dataclass(frozen=True, kw_only=True)
class LostSession:
    """A company with its lost session."""

    company: Company
    situation: Situation

    @property
    def incident(self) -> Incident:
        """The incident of the loss."""
        return self.situation.incident

    @property
    def is_forgotten(self) -> bool:
        """Whether its gateway was restarted, and has forgotten it with all the others."""
        return self.incident.symptom is Symptom.FORGOTTEN


@dataclass(frozen=True, kw_only=True)
class _Gateways:
    """By name: which are silent, which came back lately or are being restarted, which dropped.

    `muted` is what of all this nobody wants to hear of now.
    """

    silent: frozenset[GatewayName]
    just_back: frozenset[GatewayName]
    restarting: frozenset[GatewayName]
    dropped: frozenset[GatewayName]
    muted: Sequence[Mute]


class LostSessions:
    """What the store knows of every lost session."""

    def __init__(self, control: SessionControl) -> None:
        self._control = control

    async def every(self) -> list[LostSession]:
        """One for each open incident of a lost session, the oldest first.

        Then one for each session that its gateway has forgotten, which the gateway's incident tells
        of.
        """
        async with self._control.database.reading() as tx:
            open_ones = await incidents.open_ones(tx)
            lost = await self._lost(tx, open_ones) if any(map(_is_lost, open_ones)) else []
            return lost + await self._forgotten(tx, open_ones)

    async def now(self, case: LostSession) -> LostSession | None:
        """The same case as it is now; None once it is over."""
        which = case.incident.id, case.company.id
        return next(
            (lost for lost in await self.every() if (lost.incident.id, lost.company.id) == which),
            None,
        )

    async def _lost(self, tx: Transaction, open_ones: list[Incident]) -> list[LostSession]:
        now = self._control.clock()
        lost = [incident for incident in open_ones if _is_lost(incident)]
        known = {status.company.id: status for status in await _known(tx, lost, now)}
        past = await attempts.of_incidents(tx, [incident.id for incident in lost])
        today = await attempts.count_since(tx, Rung.RECONNECT, now - DAY)
        them = await self._gateways(tx, open_ones, await mutes.active(tx, now), now)
        found = []
        for incident in lost:
            status = known.get(incident.company_id) if incident.company_id else None
            if status is None:
                continue
            tried = past.get(incident.id, [])
            found.append(self._case(incident, status, tried, today.get(status.company.id, 0), them))
        return found

    async def _forgotten(self, tx: Transaction, open_ones: list[Incident]) -> list[LostSession]:
        now = self._control.clock()
        restarts_told = [
            incident
            for incident in open_ones
            if incident.open and incident.symptom is Symptom.FORGOTTEN
        ]
        if not restarts_told:
            return []
        past = await attempts.of_incidents(tx, [incident.id for incident in restarts_told])
        today = await attempts.count_since(tx, Rung.RECONNECT, now - DAY)
        them = await self._gateways(tx, open_ones, await mutes.active(tx, now), now)
        lost_ids = {incident.company_id for incident in open_ones if _is_lost(incident)}
        return [
            self._case(
                incident,
                known,
                [row for row in past.get(incident.id, ()) if row.company_id == known.company.id],
                today.get(known.company.id, 0),
                them,
            )
            for incident in restarts_told
            for known in await states.known_of(tx, incident.gateway, now)
            if _went_with(known, incident) and known.company.id not in lost_ids
        ]

    def _case(
        self,
        incident: Incident,
        known: CompanyStatus,
        tried: Iterable[AttemptRow],
        today: int,
        them: _Gateways,
    ) -> LostSession:
        situation = Situation(
            incident=incident,
            state=known.state,
            cause=known.cause,
            attempts=tuple(map(_attempt, tried)),
            today=today,
            busy=known.pairing or incident.gateway in them.restarting,
            silent=incident.gateway in them.silent,
            just_back=incident.gateway in them.just_back,
            mass_drop=incident.gateway in them.dropped,
            creds=known.creds,
            has_copy=bool(incident.facts.get("copy")),
            can_set_aside=self._control.template(known.company) is not None,
            at_rest=known.rest is not None,
            shared=known.incident(Trouble.SHARED) is not None,
            # What was forgotten is told of its gateway; a mute is of the company itself.
            muted=hidden(them.muted, replace(incident, company_id=known.company.id)),
        )
        return LostSession(company=known.company, situation=situation)

    async def _gateways(
        self, tx: Transaction, open_ones: list[Incident], muted: Sequence[Mute], now: datetime
    ) -> _Gateways:
        since = now - timedelta(seconds=self._control.timing.gateway_settles_s)
        looks = await gateways.all_looks(tx)
        names = {look.name for look in looks}
        return _Gateways(
            silent=frozenset(look.name for look in looks if look.failures > 0),
            just_back=frozenset(
                [
                    *(look.name for look in looks if look.since_at > since),
                    *(
                        incident.gateway
                        for incident in open_ones
                        if incident.symptom is Symptom.FORGOTTEN and incident.opened_at > since
                    ),
                ]
            ),
            restarting=frozenset(
                [name for name in names if await restarts.is_under_way(tx, name, since)]
            ),
            dropped=frozenset(
                incident.gateway
                for incident in open_ones
                if incident.trouble is Trouble.MASS_DROP
                and incident.symptom is not Symptom.FORGOTTEN
            ),
            muted=muted,
        )


def _is_lost(incident: Incident) -> bool:
    return incident.trouble is Trouble.SESSION_DOWN


def _went_with(known: CompanyStatus, incident: Incident) -> bool:
    """Whether it worked until this restart, and has not begun to since."""
    down = known.down_since
    if down is None or not known.was_connected or known.state is not State.STOPPED:
        return False
    return known.cause is None and down >= incident.opened_at - AT_ONCE


def _attempt(row: AttemptRow) -> Attempt:
    return Attempt(
        rung=Rung(row.rung),
        at=row.at,
        hopeless=row.outcome in _HOPELESS,
        refused=row.outcome == ProcedureOutcome.LOOKS_REVOKED,
    )


async def _known(tx: Transaction, lost: Sequence[Incident], now: datetime) -> list[CompanyStatus]:
    ids = [incident.company_id for incident in lost if incident.company_id is not None]
    return [
        status for some in parts(ids) for status in await states.known_of(tx, None, now, ids=some)
    ]
