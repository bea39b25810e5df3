"""Which id each session keeps: the one that it was given first, told apart from all others."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.domain.company import Company, CompanyId, GatewayName, WhyAbsent
from bot.domain.roster import CompanySetup, Roster
from bot.domain.session_names import Numbering
from storage.database import Transaction
from storage.sessions import companies


async def as_stored(
    tx: Transaction, listed: Sequence[Company], most_new: int
) -> tuple[list[Company], int]:
    """The sessions that a gateway lists, each with its own id: the stored one, or a new one.

    A session is known again by its name on its gateway, and where that went by another name before.
    Ids that are no other's are taken as they are wanted, those first that the gateway itself gave.
    Of the new ones so many get one; how many do not is told beside.
    """
    known = await companies.known_by_keys(tx, [company.session_key for company in listed])
    by_name: defaultdict[str, list[Company]] = defaultdict(list)
    for company in known:
        by_name[company.session_key].append(company)
    found, new = [], []
    for company in listed:
        before = _before(company, by_name.get(company.session_key, ()))
        if before is None:
            new.append(company)
        else:
            found.append(replace(company, id=before.id, made=before.made))
    new.sort(key=lambda company: company.made)
    named = await _named_anew(tx, new[:most_new], by_name) if new else []
    return [*found, *named], len(new) - len(named)


def _before(listed: Company, same_name: Iterable[Company]) -> Company | None:
    """What is stored of a session of this name on its gateway, or on one that has gone."""
    here = [company for company in same_name if company.gateway == listed.gateway]
    called = [company for company in here if company.id == listed.id]
    left = [company for company in same_name if company.absence is WhyAbsent.GATEWAY_GONE]
    return next(iter([*called, *here, *left]), None)


async def _named_anew(
    tx: Transaction, new: Sequence[Company], by_name: Mapping[str, Sequence[Company]]
) -> list[Company]:
    """New sessions with ids of their own.

    One that another gateway has as well, under the same name or as the same id, keeps the id: it is
    one company in two places, and people have to be told.
    """
    numbering = Numbering(await companies.ids(tx))
    there = await companies.get_many(tx, [company.id for company in new])
    named = []
    for company in new:
        twin = there.get(company.id)
        if company.made and by_name.get(company.session_key):
            company_id = by_name[company.session_key][0].id
        elif twin is not None and not company.made and not twin.made:
            company_id = company.id
        else:
            company_id = numbering.next(company.id)
        made = company.made or company_id != company.id
        named.append(replace(company, id=company_id, made=made))
    return named


def as_known(
    rosters: Sequence[Roster], there: Mapping[CompanyId, Company]
) -> dict[CompanyId, Company]:
    """The companies that the settings name, by id, with what is known of their sessions.

    An id that was made keeps the session it was made of, and a session that is named the id it had.
    """
    made = {(known.gateway, known.session_key): known for known in there.values() if known.made}
    every = [
        _as_it_was(company, roster.about.get(company.id), there.get(company.id), made)
        for roster in rosters
        for company in roster.named()
    ]
    return {company.id: company for company in every}


def _as_it_was(
    named: Company,
    setup: CompanySetup | None,
    known: Company | None,
    made: Mapping[tuple[GatewayName, str], Company],
) -> Company:
    if named.made:
        before = made.get((named.gateway, named.session_key))
        return named if before is None else replace(named, id=before.id)
    if known is not None and known.made and (setup is None or setup.session_key is None):
        return replace(named, session_key=known.session_key, made=True)
    return named
