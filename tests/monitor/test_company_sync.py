"""The roll: who is added, moved, missed, and what becomes of whom nobody watches any more."""

from doubles import START
from watching import GROUP, KEY, ONE, OTHER, TWO, Watch

from bot.domain.company import Company, CompanyId, WhyAbsent
from bot.domain.roster import CompanySetup, Roster
from bot.domain.session import State
from bot.monitor.company_sync import CompanySync, drop, sync_companies, take_in
from storage.alerts import system_notices
from storage.sessions import companies, gateways

AUTO = Roster(gateway=ONE)


def only(*ids, gateway=ONE, **more):
    return Roster(gateway=gateway, wanted=ids, **more)


async def call(db, *rosters):
    async with db.writing() as tx:
        return await sync_companies(tx, rosters, START)


async def stored(db, key=KEY):
    async with db.reading() as tx:
        return await companies.get(tx, key)


async def said(db):
    async with db.reading() as tx:
        return await system_notices.pending(tx)


async def watched(db):
    async with db.reading() as tx:
        return [one.id for one in await companies.all_of(tx)]


async def test_who_is_named_is_added_once(db):
    assert (await call(db, only(KEY, OTHER))).added == (KEY, OTHER)
    assert await call(db, only(KEY, OTHER)) == CompanySync()


async def test_what_is_said_of_a_company_is_stored_and_silence_changes_nothing(db):
    await call(db, only(KEY))
    said = CompanySetup(id=KEY, name="Salon", phone="79000962302", max_reconnects_per_day=3)
    assert (await call(db, only(KEY, about={KEY: said}))).retold == (KEY,)
    assert await call(db, only(KEY)) == CompanySync()
    company = await stored(db)
    assert (company.name, company.expected_phone) == ("Salon", "79000962302")
    assert company.max_reconnects_per_day == 3


async def test_who_is_named_no_more_is_told_once_and_stays_watched(db):
    await call(db, only(KEY, OTHER))
    assert (await call(db, only(OTHER))).unnamed == (KEY,)
    assert await call(db, only(OTHER)) == CompanySync()
    assert await watched(db) == [KEY, OTHER]


async def test_who_is_named_again_is_as_before(db):
    await call(db, only(KEY, OTHER))
    await call(db, only(OTHER))
    await call(db, only(KEY, OTHER))
    assert (await stored(db)).absence is None


async def test_who_was_discovered_is_missed_by_no_roll(db):
    watch = Watch(db, [ONE])
    await watch.add(KEY)
    assert await call(db, AUTO) == CompanySync()


async def test_whose_gateway_has_gone_is_watched_no_more(db):
    await call(db, only(KEY), only(OTHER, gateway=TWO))
    assert (await call(db, only(KEY))).unwatched == (OTHER,)
    assert await watched(db) == [KEY]
    assert (await stored(db, OTHER)).absence is WhyAbsent.GATEWAY_GONE


async def test_a_gateway_under_another_name_keeps_its_companies(db):
    await call(db, only(KEY, gateway=TWO))
    assert (await call(db, AUTO)).moved == (KEY,)
    assert (await stored(db)).gateway == ONE


async def test_a_company_that_moves_takes_its_open_incidents_along(db):
    watch = Watch(db, [ONE, TWO])
    await watch.add(KEY)
    await watch.settle()
    watch.gateway.says(KEY, State.STOPPED)
    await watch.tick()
    await call(db, only(OTHER), only(KEY, gateway=TWO))
    assert [incident.gateway for incident in await watch.open_incidents()] == [TWO]


async def test_what_is_open_of_whom_nobody_watches_ends_without_a_recovery(db):
    watch = Watch(db, [ONE, TWO])
    await watch.subscribe()
    await watch.add(KEY)
    await watch.settle()
    watch.gateway.says(KEY, State.STOPPED)
    assert await watch.tick() == "opened gone"
    assert (await call(db, only(OTHER, gateway=TWO))).unwatched == (KEY,)
    assert await watch.told() == "changed gone"
    [incident] = await watch.closed_incidents()
    assert incident.unwatched
    async with db.reading() as tx:
        assert await gateways.all_looks(tx) == []


async def test_who_is_dropped_is_watched_no_more_and_not_found_again(db):
    watch = Watch(db, [ONE], discover=True)
    await watch.subscribe(GROUP)
    watch.gateway.says(KEY, State.CONNECTED)
    await watch.tick()
    async with db.writing() as tx:
        await drop(tx, await companies.get(tx, KEY), START)
    await watch.tick()
    assert await call(db, AUTO) == CompanySync()
    assert await watched(db) == []


async def test_who_is_dropped_and_named_again_is_watched(db):
    await call(db, only(KEY))
    async with db.writing() as tx:
        await drop(tx, await companies.get(tx, KEY), START)
    assert (await call(db, only(KEY))).added == (KEY,)
    assert await watched(db) == [KEY]


async def test_who_is_watched_elsewhere_is_not_watched_twice(db):
    watch = Watch(db, [ONE, TWO], discover=True)
    await watch.add(KEY)
    twin = Company(id=KEY, gateway=TWO, session_key=KEY, name="")
    async with db.writing() as tx:
        taken, elsewhere = await take_in(tx, [twin], START)
    assert (taken, [one.gateway for one in elsewhere]) == ([], [ONE])
    assert (await stored(db)).gateway == ONE


async def test_a_twin_on_another_gateway_is_told_once_and_never_watched(db):
    watch = Watch(db, [ONE, TWO], discover=True, tell=[GROUP])
    await watch.add(KEY)
    watch.gateways[ONE].says(KEY, State.CONNECTED)
    watch.gateways[TWO].says(KEY, State.CONNECTED)
    await watch.tick(ONE)
    for _ in range(3):
        await watch.tick(TWO)
    [told] = await said(db)
    assert (told.system_notice.company_id, told.system_notice.facts) == (
        KEY,
        {"watched": ONE, "also": TWO},
    )
    assert await watched(db) == [KEY]


async def test_owners_hear_once_who_is_missing(db):
    await call(db, only(KEY, OTHER), only("three", gateway=TWO))
    for _ in range(2):
        async with db.writing() as tx:
            await sync_companies(tx, [only(OTHER)], START, [GROUP])
    assert [(one.system_notice.kind, one.system_notice.facts) for one in await said(db)] == [
        ("companies_unnamed", {"count": 1, "names": KEY}),
        ("companies_unwatched", {"count": 1, "names": "three"}),
    ]


async def test_who_lost_its_gateway_goes_on_where_it_is_found(db):
    three = CompanyId("three")
    await call(db, only(KEY), only(three, gateway=TWO))
    await call(db, only(KEY))
    found = Company(id=three, gateway=ONE, session_key="s3", name="")
    async with db.writing() as tx:
        taken, _ = await take_in(tx, [found], START)
    assert [one.id for one in taken] == [three]
    assert (await stored(db, three)).session_key == "s3"
