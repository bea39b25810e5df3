"""Stores the companies that the settings name, and tells which are missing.

Nobody is dropped in silence. Who is only no longer named stays watched; whose gateway has gone
cannot be watched any more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from bot.domain.company import Company, CompanyId, GatewayName, WhyAbsent
from bot.domain.incident import Incident
from bot.domain.notice import ChatAddress
from bot.domain.phone import same_number
from bot.domain.roster import Roster
from bot.domain.system_notice import SystemNotice, SystemNoticeKind
from bot.domain.words import is_word, typed
from bot.monitor.announce import write_steps
from bot.monitor.incidents import IncidentStep, StepKind
from bot.monitor.made_ids import as_known
from storage.alerts import incidents, system_notices
from storage.database import Transaction
from storage.sessions import companies, gateways

_NAMED = 8

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class CompanySync:
    """What the call has changed. `unnamed` stay watched, `unwatched` do not."""

    added: tuple[CompanyId, ...] = ()
    moved: tuple[CompanyId, ...] = ()
    retold: tuple[CompanyId, ...] = ()
    unnamed: tuple[CompanyId, ...] = ()
    unwatched: tuple[CompanyId, ...] = ()


async def sync_companies(
    tx: Transaction, rosters: Sequence[Roster], now: datetime, tell: Sequence[ChatAddress] = ()
) -> CompanySync:
    """Make the store agree with the settings; `tell` hear who is missing."""
    there = {company.id: company for company in await companies.every(tx)}
    named = as_known(rosters, there)
    kept_out = {
        key
        for key, company in there.items()
        if company.absence is WhyAbsent.DROPPED and key not in named
    }
    added = [company for company in named.values() if _is_new(there.get(company.id))]
    await companies.add_new(tx, added, now)
    placed = {
        key: named.get(key) or _place(company, rosters)
        for key, company in there.items()
        if key not in kept_out
    }
    moved = await _move(tx, there, placed)
    retold = await _retell(tx, there, rosters)
    absent = await _mark_absent(tx, there, placed, rosters)
    unnamed = [key for key, why in absent.items() if why is WhyAbsent.UNNAMED]
    unwatched = [key for key, why in absent.items() if why is WhyAbsent.GATEWAY_GONE]
    company_sync = CompanySync(
        added=tuple(company.id for company in added),
        moved=tuple(moved),
        retold=tuple(company_id for company_id in retold if company_id not in moved),
        unnamed=tuple(unnamed),
        unwatched=tuple(unwatched),
    )
    await _close_left(tx, {roster.gateway for roster in rosters}, unwatched, now)
    await say_missing(tx, SystemNoticeKind.COMPANIES_UNNAMED, unnamed, tell, now)
    await say_missing(tx, SystemNoticeKind.COMPANIES_UNWATCHED, unwatched, tell, now)
    await _say_old_words(tx, await companies.all_of(tx), tell, now)
    return company_sync


async def take_in(
    tx: Transaction, listed: Sequence[Company], now: datetime
) -> tuple[list[Company], list[Company]]:
    """Take in what a gateway lists and nobody had told of; these, and those known elsewhere.

    Who is watched on another gateway stays there. Who lost its gateway goes on here. Who was
    dropped stays dropped.
    """
    known = await companies.get_many(tx, [company.id for company in listed])
    taken = await companies.add_new(
        tx, [company for company in listed if company.id not in known], now
    )
    elsewhere = []
    for company in listed:
        before = known.get(company.id)
        if before is None or before.absence is WhyAbsent.DROPPED:
            continue
        if before.absence is WhyAbsent.GATEWAY_GONE:
            await companies.move(tx, company.id, company.gateway, company.session_key)
            await companies.set_absence(tx, company.id, None)
            taken.append(company)
        elif before.gateway != company.gateway:
            elsewhere.append(before)
    return taken, elsewhere


async def tell_twice(
    tx: Transaction,
    gateway: GatewayName,
    elsewhere: Iterable[Company],
    tell: Sequence[ChatAddress],
    now: datetime,
) -> None:
    """Say once of each that this gateway has a session of it as well, which is not watched."""
    for company in elsewhere:
        system_notice = SystemNotice(
            kind=SystemNoticeKind.COMPANY_TWICE,
            facts={"watched": company.gateway, "also": gateway},
            company_id=company.id,
            gateway=gateway,
        )
        if not await system_notices.was_made(tx, system_notice):
            log.warning("company_on_two_gateways", company=company.id, gateway=gateway)
            await system_notices.add(tx, tell, system_notice, now)


async def say_words(
    tx: Transaction,
    gateway: GatewayName,
    ids: Sequence[CompanyId],
    tell: Sequence[ChatAddress],
    now: datetime,
) -> None:
    """Say of those among them whose ids are words of commands how they are named in one."""
    words = [company_id for company_id in ids if is_word(company_id)]
    if words:
        log.warning("ids that are words of commands", gateway=gateway, count=len(words))
        facts = {"count": len(words), "names": _names(words), "example": typed(words[0])}
        kind = SystemNoticeKind.COMPANIES_WORDS
        await system_notices.add(
            tx, tell, SystemNotice(kind=kind, facts=facts, gateway=gateway), now
        )


async def _say_old_words(
    tx: Transaction, watched: Sequence[Company], tell: Sequence[ChatAddress], now: datetime
) -> None:
    """The same, once for each gateway, of those taken in by a version that did not say it."""
    by_gateway: dict[GatewayName, list[CompanyId]] = {}
    for company in watched:
        by_gateway.setdefault(company.gateway, []).append(company.id)
    for gateway, ids in by_gateway.items():
        notice = SystemNotice(kind=SystemNoticeKind.COMPANIES_WORDS, gateway=gateway)
        if any(map(is_word, ids)) and not await system_notices.was_made(tx, notice):
            await say_words(tx, gateway, ids, tell, now)


def _names(ids: Sequence[CompanyId]) -> str:
    """The first few of them, for a sentence."""
    shown = ", ".join(ids[:_NAMED])
    return shown if len(ids) <= _NAMED else f"{shown}…"


async def drop(tx: Transaction, company: Company, now: datetime) -> None:
    """Watch this company no more, for an owner said so."""
    await companies.set_absence(tx, company.id, WhyAbsent.DROPPED)
    open_ones = await incidents.open_ones(tx, company_id=company.id)
    await write_steps(tx, [_unwatched(incident, now) for incident in open_ones], [], now)


def _is_new(known: Company | None) -> bool:
    return known is None or known.absence in (WhyAbsent.DROPPED, WhyAbsent.GATEWAY_GONE)


def _place(known: Company, rosters: Sequence[Roster]) -> Company | None:
    """Where a company that nobody names belongs; None where no gateway, or more than one, fits.

    One whose gateway goes by another name now is found on the only gateway that would have it.
    """
    own = next((roster for roster in rosters if roster.gateway == known.gateway), None)
    if own is not None and own.keeps(known):
        return known
    fitting = [roster for roster in rosters if roster.keeps(known)]
    if len(fitting) != 1:
        return None
    place = fitting[0].company(known.id)
    return replace(place, session_key=known.session_key) if known.made else place


async def _mark_absent(
    tx: Transaction,
    there: dict[CompanyId, Company],
    placed: dict[CompanyId, Company | None],
    rosters: Sequence[Roster],
) -> dict[CompanyId, WhyAbsent | None]:
    """Store which companies differ from the settings; returns those whose difference changed."""
    changed = {}
    for company_id, place in placed.items():
        absence = None if place is not None else _absence(there[company_id], rosters)
        if absence is not there[company_id].absence:
            await companies.set_absence(tx, company_id, absence)
            changed[company_id] = absence
    return changed


async def say_missing(
    tx: Transaction,
    kind: SystemNoticeKind,
    missing: Sequence[CompanyId],
    tell: Sequence[ChatAddress],
    now: datetime,
) -> None:
    """One system notice that names the first few of them, where there are any."""
    if missing:
        facts = {"count": len(missing), "names": _names(missing)}
        await system_notices.add(tx, tell, SystemNotice(kind=kind, facts=facts), now)


async def _move(
    tx: Transaction,
    there: dict[CompanyId, Company],
    placed: dict[CompanyId, Company | None],
) -> list[CompanyId]:
    moved = []
    for company_id, place in placed.items():
        company = there[company_id]
        if place is None:
            continue
        if (place.gateway, place.session_key) != (company.gateway, company.session_key):
            await companies.move(tx, company_id, place.gateway, place.session_key)
            await incidents.move(tx, company_id, place.gateway)
            moved.append(company_id)
    return moved


async def _retell(
    tx: Transaction, there: dict[CompanyId, Company], rosters: Iterable[Roster]
) -> list[CompanyId]:
    """Store what the settings say of companies; where they are silent, what is stored holds."""
    about = {key: setup for roster in rosters for key, setup in roster.about.items()}
    retold = []
    for company_id, setup in about.items():
        known = there.get(company_id)
        if known is None:
            continue
        changed = {key: value for key, value in setup.told().items() if _is_news(known, key, value)}
        if changed:
            await companies.tell(tx, company_id, changed)
            retold.append(company_id)
    return retold


def _is_news(known: Company, key: str, value: str | int) -> bool:
    """Whether the settings say another thing than is stored; a number in another form is none."""
    stored = getattr(known, key)
    if key == "expected_phone" and isinstance(stored, str):
        return not same_number(stored, str(value))
    return bool(stored != value)


def _absence(known: Company, rosters: Sequence[Roster]) -> WhyAbsent:
    there = any(roster.gateway == known.gateway for roster in rosters)
    return WhyAbsent.UNNAMED if there else WhyAbsent.GATEWAY_GONE


async def _close_left(
    tx: Transaction, present: set[GatewayName], unwatched: Sequence[CompanyId], now: datetime
) -> None:
    """End what nobody will see the end of, and forget the gateways that have gone."""
    everyone = await incidents.open_ones(tx)
    left = [
        incident
        for incident in everyone
        if incident.company_id in unwatched
        or (incident.company_id is None and incident.gateway not in present)
    ]
    await write_steps(tx, [_unwatched(incident, now) for incident in left], unwatched, now)
    for look in await gateways.all_looks(tx):
        if look.name not in present:
            await gateways.forget(tx, look.name)


def _unwatched(incident: Incident, now: datetime) -> IncidentStep:
    facts = incident.facts | {"unwatched": True}
    ended = replace(incident, closed_at=now, facts=facts, version=incident.version + 1)
    return IncidentStep(kind=StepKind.CLOSED, incident=ended, reason="nobody watches it any more")
