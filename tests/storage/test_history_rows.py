"""What reports read, on both databases."""

from datetime import timedelta

from rows import NOW, incident
from sqlalchemy import insert

from bot.domain.company import CompanyId, GatewayName
from bot.domain.files import FilesLook
from bot.domain.report import Span, StateSpan
from bot.domain.session import State
from bot.domain.trouble import Trouble
from storage.alerts import incidents
from storage.sessions import companies, files, history, states
from storage.sessions.states import Change
from storage.tables import pairings

ONE, TWO = CompanyId("962302"), CompanyId("962303")
MAIN = GatewayName("main")


def at(hours):
    return NOW + timedelta(hours=hours)


async def live(tx, *changes, company_id=ONE):
    for hours, state in changes:
        change = Change(company_id=company_id, state=state, cause=None, at=at(hours))
        await states.write(tx, [change])


async def test_the_state_before_the_window_belongs_to_it(tx):
    await live(tx, (-9, State.CONNECTING), (-5, State.CONNECTED), (1, State.DISCONNECTED))
    await live(tx, (2, State.CONNECTED), company_id=TWO)
    found = await history.states(tx, [ONE], NOW, at(3))
    assert dict(found) == {
        ONE: [
            StateSpan(state=State.CONNECTED, begin=at(-5), end=at(1)),
            StateSpan(state=State.DISCONNECTED, begin=at(1), end=None),
        ]
    }


async def test_who_was_connected_before_is_known(tx):
    await live(tx, (-5, State.CONNECTED), (-4, State.DISCONNECTED))
    await live(tx, (2, State.CONNECTED), company_id=TWO)
    assert await history.connected_before(tx, [ONE, TWO], NOW) == {ONE}


async def test_incidents_that_reach_into_the_window_are_found(tx):
    old = incident(opened_at=at(-9), began_at=at(-9))
    (gone, _) = await incidents.add(tx, [old, incident(trouble=Trouble.ZOMBIE)])
    found = await history.incidents_of(tx, [ONE], at(-1), at(1))
    assert [one.trouble for one in found[ONE]] == [Trouble.SESSION_DOWN, Trouble.ZOMBIE]
    stored = (await incidents.get_many(tx, [gone]))[gone]
    closed = {**vars(stored), "closed_at": at(-2), "version": 2}
    assert await incidents.put(tx, type(stored)(**closed), was=1)
    found = await history.incidents_of(tx, [ONE], at(-1), at(1))
    assert [one.trouble for one in found[ONE]] == [Trouble.ZOMBIE]


async def test_a_silent_gateway_is_told_by_its_incident(tx):
    silent = incident("", trouble=Trouble.GATEWAY_UNREACHABLE, began_at=at(-2))
    await incidents.add(tx, [silent])
    found = await history.silences(tx, at(-1), at(1))
    assert dict(found) == {MAIN: [Span(begin=at(-2), end=None)]}


async def test_a_pairing_is_known_by_its_end(tx):
    for outcome in ("paired", "expired"):
        row = {"company_id": ONE, "asked_by": 1, "chat_id": 1, "started_at": NOW}
        await tx.execute(insert(pairings).values(**row, ended_at=at(1), outcome=outcome))
    assert dict(await history.paired(tx, [ONE], NOW)) == {ONE: [at(1)]}


async def test_counts_of_files_come_with_the_one_before(tx):
    for hours, total in ((-30, 30), (-20, 31), (2, 40)):
        await files.put(tx, [FilesLook(company_id=ONE, at=at(hours), total=total, size_bytes=1)])
    found = await history.files(tx, [ONE], NOW, at(3))
    assert dict(found) == {ONE: [(at(-20), 31), (at(2), 40)]}
    await companies.set_baseline(tx, ONE, 31, NOW)
    assert await history.baselines(tx, [ONE, TWO]) == {ONE: 31}
