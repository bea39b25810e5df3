"""Which id a session keeps: the one it was given first, wherever it goes and comes back from."""

import pytest
from doubles import START

from bot.domain.company import CompanyId, GatewayName, WhyAbsent
from bot.domain.notice import ChatAddress
from bot.domain.roster import CompanySetup, Roster
from bot.domain.session import State
from bot.monitor.company_sync import sync_companies
from bot.monitor.newcomers import Newcomers, Room
from storage.alerts import system_notices
from storage.sessions import companies, states
from storage.sessions.states import Change

ONE, TWO = GatewayName("one"), GatewayName("two")
OWNER = ChatAddress(1)
PIZZA = "🍕 Pizza"


async def listed(db, *names, roster=None):
    """A look at a list that brings these."""
    roster = roster or Roster(gateway=ONE)
    async with db.writing() as tx:
        there = {company.session_key for company in await companies.all_of(tx, roster.gateway)}
        listing = roster.sorted_out(dict.fromkeys(names, State.CONNECTED), there)
        await Newcomers([OWNER], Room()).meet(tx, roster.gateway, listing, START)
    return await ids(db, roster.gateway)


async def ids(db, gateway=ONE):
    async with db.reading() as tx:
        every = await companies.every(tx)
    return {company.session_key: company.id for company in every if company.gateway == gateway}


async def told(db):
    async with db.reading() as tx:
        return [
            (notice.system_notice.kind, notice.system_notice.facts)
            for notice in await system_notices.pending(tx)
        ]


async def test_names_that_are_alike_are_told_apart_and_stay_so(db):
    before = await listed(db, "Shop", "shop", "Shop!")
    assert before == {"Shop": "Shop", "shop": "shop-2", "Shop!": "shop-3"}
    after = await listed(db, "Shop!", "shop", "Shop", "SHOP")
    assert after == before | {"SHOP": "SHOP-4"}


async def test_a_name_that_is_an_id_comes_first(db):
    assert await listed(db, "Loja Centro", "loja-centro") == {
        "Loja Centro": "loja-centro-2",
        "loja-centro": "loja-centro",
    }


async def test_a_later_name_never_takes_the_id_of_an_earlier_one(db):
    await listed(db, "Loja Centro")
    assert await listed(db, "Loja Centro", "loja-centro") == {
        "Loja Centro": "loja-centro",
        "loja-centro": "loja-centro-2",
    }


async def test_whom_an_owner_has_dropped_stays_dropped(db):
    await listed(db, PIZZA)
    async with db.writing() as tx:
        await companies.set_absence(tx, CompanyId("pizza"), WhyAbsent.DROPPED)
    assert await listed(db, PIZZA) == {PIZZA: "pizza"}
    async with db.reading() as tx:
        assert await companies.all_of(tx) == []


async def test_a_gateway_of_another_name_brings_its_sessions_back_with_their_ids(db):
    await listed(db, PIZZA, "Loja Centro")
    async with db.writing() as tx:
        await sync_companies(tx, [Roster(gateway=TWO)], START, [OWNER])
    assert await listed(db, PIZZA, "Loja Centro", roster=Roster(gateway=TWO)) == {
        PIZZA: "pizza",
        "Loja Centro": "loja-centro",
    }


async def test_one_name_on_two_gateways_is_watched_once_and_told(db):
    await listed(db, PIZZA)
    assert await listed(db, PIZZA, roster=Roster(gateway=TWO)) == {}
    assert await told(db) == []  # nobody knows yet whether it works at the first
    async with db.writing() as tx:
        seen = Change(company_id=CompanyId("pizza"), state=State.CONNECTED, cause=None, at=START)
        await states.write(tx, [seen])
    await listed(db, PIZZA, roster=Roster(gateway=TWO))
    assert [kind for kind, _ in await told(db)] == ["company_twice"]


async def test_other_names_on_another_gateway_are_other_companies(db):
    await listed(db, "Shop!")
    found = await listed(db, "shop", "Shop?", roster=Roster(gateway=TWO))
    assert found == {"shop": "shop-2", "Shop?": "shop-3"}


async def test_the_settings_may_speak_of_a_made_id_without_naming_its_session(db):
    await listed(db, PIZZA)
    about = {"pizza": CompanySetup(id="pizza", name="Pizzeria", gateway=ONE)}
    async with db.writing() as tx:
        changed = await sync_companies(tx, [Roster(gateway=ONE, about=about)], START, [OWNER])
        (company,) = await companies.all_of(tx)
    assert (company.session_key, company.name, company.made) == (PIZZA, "Pizzeria", True)
    assert changed.moved == ()


async def test_a_session_named_by_hand_keeps_the_id_it_has(db):
    await listed(db, "pizza", PIZZA)  # so it is pizza-2
    setup = CompanySetup(id=CompanyId("pizza"), gateway=ONE, session_key=PIZZA, made=True)
    roster = Roster(gateway=ONE, wanted=("pizza",), about={"pizza": setup})
    async with db.writing() as tx:
        await sync_companies(tx, [roster], START, [OWNER])
    assert (await ids(db))[PIZZA] == "pizza-2"


@pytest.mark.parametrize("wanted", [("*",), ("Loja*",), ("loja*",)])
async def test_a_start_loses_nobody_that_a_pattern_wants(db, wanted):
    roster = Roster(gateway=ONE, wanted=wanted)
    await listed(db, "Loja Centro", roster=roster)
    async with db.writing() as tx:
        changed = await sync_companies(tx, [roster], START, [OWNER])
    assert (changed.unnamed, changed.unwatched, changed.moved) == ((), (), ())


async def test_what_cannot_be_watched_is_told_again_only_when_there_is_more_of_it(db):
    for names in (["a\nb"], ["a\nb"], [], ["a\nb"], ["a\nb", ".."], ["..", "a\nb"]):
        await listed(db, *names)
    assert [facts["count"] for kind, facts in await told(db) if kind == "sessions_unusable"] == [
        1,
        2,
    ]


async def test_two_thousand_nameless_sessions_at_a_look_are_no_burden(db):
    names = [chr(0x4E00 + number) for number in range(3_000)]
    assert len(await listed(db, *names)) == 2_000
    found = await listed(db, *names)
    assert len(set(found.values())) == len(found) == 3_000
