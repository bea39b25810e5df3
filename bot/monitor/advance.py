"""Takes incidents on by what a look means, in the caller's transaction.

What a verdict makes of an incident is decided by `bot.monitor.incidents`; here it is found out
which incidents are open, and what concerns several of them at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.domain.company import GatewayName
from bot.domain.incident import Incident
from bot.domain.observation import CompanyStatus
from bot.domain.trouble import Symptom, Trouble
from bot.monitor.batches import in_turns
from bot.monitor.changes import Judged
from bot.monitor.edits import without_flicker
from bot.monitor.gateway_looks import ListLook
from bot.monitor.incidents import IncidentStep, IncidentSubject, advance
from bot.monitor.lost_again import BOUNCES, bounced, lost_soon
from bot.monitor.rules import Health, Verdict
from bot.monitor.rules.forgotten import JUST_AWAY, RestartSigns
from bot.monitor.rules.gateway_unreachable import judge_gateway, judge_list
from bot.monitor.rules.mass_drop import hushed
from bot.monitor.rules.together import judge_together
from bot.monitor.stragglers import left_behind
from storage.alerts import incidents
from storage.database import Transaction
from storage.recovery import restarts
from storage.sessions import gateways
from storage.sessions.gateways import GatewayLook

RESTART_TAKES = timedelta(minutes=1)  # so long its silence is a restart's

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class LookedAtCompanies:
    """The companies of a gateway at a look; `calm` counts those beside `statuses`.

    `by_hand` says that people start again what a restart of the gateway has ended.
    """

    statuses: Sequence[CompanyStatus]
    calm: int
    by_hand: bool = False


async def advance_reached(
    tx: Transaction,
    gateway: GatewayName,
    judged: Sequence[Judged],
    them: LookedAtCompanies,
    now: datetime,
) -> list[IncidentStep]:
    """The steps that follow where the gateway answered, in the order in which they are told.

    First the gateway's own, then whether many dropped together, for that changes what each
    company's verdict is worth. What people have to start after a restart is told at once.
    """
    steps = await _gateway_answered(tx, gateway, now)
    mass = await _mass(tx, gateway, judged, them, now)
    steps += await _gateway_steps(tx, gateway, mass, now)
    if mass.health is Health.BAD and not (them.by_hand and mass.symptom is Symptom.FORGOTTEN):
        judged = [_hushed(item) async for part in in_turns(judged) for item in part]
    steps += await _marked(tx, await _company_steps(gateway, judged, now), them.statuses)
    return left_behind(await without_flicker(tx, steps, now))


async def advance_list(
    tx: Transaction, gateway: GatewayName, of_list: ListLook | None, now: datetime
) -> list[IncidentStep]:
    """The steps that follow from how its list answered, None where nobody asked for it.

    While the gateway counts as silent the end of that is told first.
    """
    present = await _open_of_gateway(tx, gateway, Trouble.GATEWAY_UNREACHABLE)
    silent = present is not None and present.symptom is not Symptom.LIST_FAILED
    if of_list is None or silent:
        return []
    step = advance(
        present, judge_list(of_list.failures, of_list.fault), IncidentSubject(gateway=gateway), now
    )
    return await without_flicker(tx, [] if step is None else [step], now)


async def advance_missed(
    tx: Transaction,
    gateway: GatewayName,
    symptom: Symptom,
    reason: str,
    companies: int,
    now: datetime,
) -> list[IncidentStep]:
    """The steps that follow where it did not: nothing is known of its companies."""
    last = await gateways.get(tx, gateway)
    look = _one_more_failure(last, gateway, reason, now)
    await gateways.put(tx, look)
    if look.failures == 1:
        log.warning("gateway did not answer", gateway=gateway, reason=reason)
    if await restarts.is_under_way(tx, gateway, now - RESTART_TAKES):
        symptom = Symptom.RESTARTING
    verdict = judge_gateway(look.failures, symptom, look.since_at)
    verdict = replace(verdict, facts={"companies": companies})
    return await without_flicker(tx, await _gateway_steps(tx, gateway, verdict, now), now)


async def _company_steps(
    gateway: GatewayName, judged: Sequence[Judged], now: datetime
) -> list[IncidentStep]:
    return [
        replace(step, noticed=item.noticed)
        async for part in in_turns(judged)
        for item in part
        for verdict in item.verdicts
        if (step := _step(gateway, item.known, verdict, now)) is not None
    ]


def _step(
    gateway: GatewayName, known: CompanyStatus, verdict: Verdict, now: datetime
) -> IncidentStep | None:
    subject = IncidentSubject(gateway=gateway, company_id=known.company.id)
    return advance(known.incident(verdict.trouble), verdict, subject, now)


async def _marked(
    tx: Transaction, steps: list[IncidentStep], statuses: Sequence[CompanyStatus]
) -> list[IncidentStep]:
    """Mark what was lost soon after a pairing; the third time in a row it says so."""
    paired_at = {status.company.id: status.paired_at for status in statuses}
    marked = []
    for step in steps:
        company_id = step.incident.company_id
        if company_id is None or not lost_soon(step, paired_at.get(company_id)):
            marked.append(step)
            continue
        before = await incidents.last_of(tx, company_id, step.incident.trouble, BOUNCES - 1)
        marked.append(bounced(step, before))
    return marked


async def _gateway_answered(
    tx: Transaction, gateway: GatewayName, now: datetime
) -> list[IncidentStep]:
    last = await gateways.get(tx, gateway)
    was_silent = last is not None and last.failures > 0
    since = now if last is None or was_silent else last.since_at
    look = GatewayLook(name=gateway, failures=0, since_at=since, last_look_at=now, last_ok_at=now)
    await gateways.put(tx, look)
    if not was_silent:
        return []
    log.info("gateway_reached", gateway=gateway)
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
) -> list[IncidentStep]:
    present = await _open_of_gateway(tx, gateway, verdict.trouble)
    step = advance(present, verdict, IncidentSubject(gateway=gateway), now)
    return [] if step is None else [step]


async def _open_of_gateway(
    tx: Transaction, gateway: GatewayName, trouble: Trouble
) -> Incident | None:
    open_ones = await incidents.open_ones(tx, gateway=gateway)
    return next((incident for incident in open_ones if incident.trouble is trouble), None)


async def _mass(
    tx: Transaction,
    gateway: GatewayName,
    judged: Sequence[Judged],
    them: LookedAtCompanies,
    now: datetime,
) -> Verdict:
    if await restarts.is_under_way(tx, gateway, now - RESTART_TAKES):
        # It is known why they dropped together: no network has to be waited for.
        reason = "the gateway was restarted by command"
        return Verdict(trouble=Trouble.MASS_DROP, health=Health.WAIT, reason=reason)
    present = await _open_of_gateway(tx, gateway, Trouble.MASS_DROP)
    looks = {item.seen.company_id: item.seen for item in judged}
    last = await gateways.get(tx, gateway)
    was_silent = last is not None and now - last.since_at < JUST_AWAY
    restart = RestartSigns(present=present, was_silent=was_silent, by_hand=them.by_hand)
    return judge_together(them.statuses, looks, restart, now, calm=them.calm)


def _hushed(judged: Judged) -> Judged:
    verdicts = (hushed(judged.known, judged.seen, verdict) for verdict in judged.verdicts)
    return replace(judged, verdicts=tuple(verdicts))
