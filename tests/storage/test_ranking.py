"""All companies in order: the database sorts and counts as one would by reading each of them."""

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from rows import NOW, company, incident

from bot.domain.company import CompanyId, WhyAbsent
from bot.domain.session import State
from bot.domain.trouble import Severity, Trouble
from storage.alerts import incidents
from storage.sessions import companies, ranking, states
from storage.sessions.ranking import GatewayCompanies
from storage.sessions.states import Change

# Upper case, digits and a dash: every language sorts these in another way.
NAMES = ["962302", "962310", "97", "Anna", "anna", "a-b", "ab", "B_1", "b1", "Z", "a", "A-C"]


async def live(tx, chance):
    """Companies to which anything may have happened."""
    every = [
        company(key, gateway=chance.choice(["one", "two", "three"]))
        for key in [*NAMES, *(str(chance.randrange(10**6)) for _ in range(30))]
    ]
    await companies.add_new(tx, every, NOW)
    for at, share in ((NOW, 0.9), (NOW + timedelta(hours=1), 0.5)):
        seen = [one for one in every if chance.random() < share]
        changes = [
            Change(company_id=one.id, state=chance.choice(list(State)), cause=None, at=at)
            for one in seen
        ]
        await states.write(tx, changes)
    for trouble in (Trouble.SESSION_DOWN, Trouble.FILES_JUMPED):
        for one in every:
            if chance.random() < 0.4:
                new = incident(one.id, trouble=trouble, severity=chance.choice(list(Severity)))
                (added,) = await incidents.add(tx, [replace(new, gateway=one.gateway)])
                if chance.random() < 0.5:
                    await close(tx, added)
    for one in every[:4]:
        await companies.set_absence(tx, one.id, chance.choice(list(WhyAbsent)))
    return [one.id for one in every]


async def close(tx, incident_id):
    (stored,) = (await incidents.get_many(tx, [incident_id])).values()
    await incidents.put(tx, replace(stored, closed_at=NOW, version=2), was=1)


async def the_plain_way(tx, only):
    """Every company read in full, and sorted."""
    open_ones = await incidents.open_ones(tx)
    known = [
        replace(one, incidents=tuple(it for it in open_ones if it.company_id == one.company.id))
        for one in await states.known_of(tx, None, NOW)
        if only is None or one.company.id in only
    ]
    return sorted(known, key=lambda one: one.rank)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("all_of_them", [True, False])
async def test_the_database_counts_and_sorts_as_the_plain_way_does(db, seed, all_of_them):
    chance = random.Random(seed)
    async with db.writing() as tx:
        ids = await live(tx, chance)
        only = None if all_of_them else frozenset(chance.sample(ids, k=15))
        known = await the_plain_way(tx, only)
        found = await ranking.page(tx, only, 0, 1000)
        assert found == [one.company.id for one in known]
        assert await ranking.page(tx, only, 7, 5) == found[7:12]
        gateways = dict.fromkeys(one.company.gateway for one in known)
        total = Counter(one.company.gateway for one in known)
        well = Counter(
            one.company.gateway
            for one in known
            if one.state is State.CONNECTED and not one.incidents
        )
        unseen = Counter(
            one.company.gateway for one in known if one.state is None and not one.incidents
        )
        assert await ranking.shares(tx, only) == [
            GatewayCompanies(gateway=name, total=total[name], well=well[name], unseen=unseen[name])
            for name in gateways
        ]
        assert await ranking.by_state(tx, only) == {
            name: Counter(one.state for one in known if one.company.gateway == name)
            for name in gateways
        }


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("silent", [(), ("two",)])
async def test_who_is_not_well_is_found_as_the_plain_way_does(db, seed, silent):
    async with db.writing() as tx:
        await live(tx, random.Random(seed))
        every = await the_plain_way(tx, None)
        unwell = {
            one.company.id
            for one in every
            if one.state is not State.CONNECTED or one.incidents or one.company.gateway in silent
        }
        found = {one.company.id for one in await states.unwell(tx, silent, NOW)}
        assert found == unwell
        assert await companies.totals(tx) == Counter(one.company.gateway for one in every)


async def test_who_may_see_nothing_finds_nothing(tx):
    assert await ranking.page(tx, frozenset(), 0, 10) == []
    assert await ranking.shares(tx, frozenset()) == []
    assert await ranking.page(tx, frozenset({CompanyId("nobody")}), 0, 10) == []
