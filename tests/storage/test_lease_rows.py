"""Who holds a duty: one replica at a time, and for as long as it says so."""

import asyncio

from storage import leases
from storage.database import Database

DUTY = "gateway:main"


async def take(tx, holder, now_s, ttl_s=10, duty=DUTY):
    return await leases.take(tx, duty, holder, now_s=now_s, until_s=now_s + ttl_s)


async def test_the_first_who_asks_holds_a_duty(tx):
    assert await take(tx, "a", 0)
    assert not await take(tx, "b", 1)


async def test_who_holds_it_renews_it(tx):
    await take(tx, "a", 0)
    assert await take(tx, "a", 9)
    assert not await take(tx, "b", 15)


async def test_who_falls_silent_loses_it(tx):
    await take(tx, "a", 0)
    assert await take(tx, "b", 10)
    assert not await take(tx, "a", 11)


async def test_what_is_given_back_is_free_at_once(tx):
    await take(tx, "a", 0)
    await leases.give_back(tx, [DUTY], "a")
    assert await take(tx, "b", 1)


async def test_nobody_gives_back_what_is_anothers(tx):
    await take(tx, "a", 0)
    await leases.give_back(tx, [DUTY], "b")
    assert not await take(tx, "b", 1)


async def test_replicas_are_counted_while_they_are_alive(tx):
    for holder, now_s in (("a", 0), ("b", 5)):
        await take(tx, holder, now_s, duty=leases.PRESENT + holder)
    every = await leases.all_ones(tx)
    assert [leases.hands(every, now_s) for now_s in (6, 12, 16)] == [2, 1, 0]


async def test_the_databases_clock_goes_on(tx):
    first = await leases.now_s(tx)
    assert 1_700_000_000 < first <= await leases.now_s(tx)


async def test_of_many_who_ask_at_once_one_gets_it(db, database_url):
    programs = [Database(database_url) for _ in range(4)]

    async def ask(database, holder):
        async with database.writing() as tx:
            return await take(tx, holder, 0)

    got = await asyncio.gather(*(ask(one, str(n)) for n, one in enumerate(programs)))
    assert sorted(got) == [False, False, False, True]
    for one in programs:
        await one.close()
