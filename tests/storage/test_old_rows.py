"""What is forgotten in time, and what stays, on both databases."""

from datetime import timedelta

from rows import NOW, incident
from sqlalchemy import func, select

from bot.domain.access import BOT_ITSELF
from bot.domain.company import CompanyId
from bot.domain.files import FilesLook
from bot.domain.notice import ChatAddress, NoticeKind
from bot.domain.session import State
from storage.alerts import incidents, outbox
from storage.people import audit
from storage.sessions import files, states
from storage.sessions.states import Change
from storage.tables import file_counts, session_states
from storage.tables import outbox as outbox_table

ONE, TWO = CompanyId("962302"), CompanyId("962303")
DAY = timedelta(days=1)


async def count(tx, company_id, at, total):
    await files.put(tx, [FilesLook(company_id=company_id, at=at, total=total, size_bytes=1)])


async def kept(tx):
    query = select(file_counts.c.company_id, file_counts.c.total).order_by(file_counts.c.hour)
    return [(row.company_id, row.total) for row in await tx.execute(query)]


async def test_of_an_old_day_two_counts_stay_for_each_of_the_named(tx):
    for hour, total in enumerate((40, 90, 50, 60)):
        await count(tx, ONE, NOW - 20 * DAY + timedelta(hours=hour), total)
    await count(tx, TWO, NOW - 20 * DAY, 7)
    await files.thin_out(tx, [ONE, TWO], NOW - 14 * DAY)
    assert sorted(await kept(tx)) == [(ONE, 60), (ONE, 90), (TWO, 7)]


async def test_the_last_count_before_a_moment_still_holds(tx):
    for days, total in ((9, 1), (8, 2), (1, 3)):
        await count(tx, ONE, NOW - days * DAY, total)
    await files.forget(tx, [ONE], NOW - 5 * DAY)
    assert await kept(tx) == [(ONE, 2), (ONE, 3)]


async def test_states_that_ended_long_ago_go(tx):
    for days, state in ((9, State.CONNECTING), (8, State.CONNECTED), (1, State.STOPPED)):
        await states.write(
            tx, [Change(company_id=ONE, state=state, cause=None, at=NOW - days * DAY)]
        )
    await states.forget(tx, NOW - 5 * DAY)
    query = select(session_states.c.state).order_by(session_states.c.since_at)
    assert list(await tx.scalars(query)) == [State.CONNECTED, State.STOPPED]


async def test_what_was_told_of_an_open_incident_is_not_forgotten(tx):
    over, on = await incidents.add(tx, [incident(), incident("962303")])
    stored = (await incidents.get_many(tx, [over]))[over]
    ended = {**vars(stored), "closed_at": NOW, "version": 2}
    await incidents.put(tx, type(stored)(**ended), was=1)
    rows = [(ChatAddress(-1001), one, NoticeKind.OPENED) for one in (over, on)]
    await outbox.add(tx, rows, NOW - 9 * DAY)
    every = list(await tx.scalars(select(outbox_table.c.id)))
    await outbox.settle(tx, every, "delivered", NOW - 9 * DAY)
    await outbox.forget_settled(tx, NOW - 5 * DAY)
    assert await tx.scalar(select(func.count()).select_from(outbox_table)) == 1
    assert await outbox.addresses_of(tx, on) == [ChatAddress(-1001)]


async def test_an_act_is_unfinished_until_it_ends(tx):
    row_id = await audit.begin(
        tx,
        user_id=BOT_ITSELF,
        chat_id=0,
        action="prune",
        company_id=ONE,
        details={"name": "x"},
        update_key="prune:x",
        now=NOW,
    )
    (found,) = await audit.unfinished(tx, "prune")
    assert (found.id, found.at, found.update_key) == (row_id, NOW, "prune:x")
    await audit.finish(tx, row_id, "done", NOW)
    assert await audit.unfinished(tx, "prune") == []


async def test_a_database_knows_its_size(db):
    assert 50_000 < await db.size_bytes() < 50_000_000
