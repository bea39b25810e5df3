"""Companies, their states and files, and their gateways: what looks leave behind."""

from datetime import timedelta

import pytest
from rows import NOW, company
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from bot.domain.company import CompanyId
from bot.domain.files import CredsState, FileKind, FilesLook
from bot.domain.notice import ChatAddress
from bot.domain.session import Cause, State
from storage.recovery import pairings, procedures
from storage.sessions import companies, files, gateways, states
from storage.sessions.gateways import GatewayLook
from storage.sessions.states import Change
from storage.tables import session_states

ONE, TWO = CompanyId("962302"), CompanyId("962303")
PHONE = "79000000001"
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


async def lived(tx, company_id, *state_names, every=timedelta(minutes=10)):
    """The company goes through these states, one after another."""
    for n, state in enumerate(state_names):
        change = Change(company_id=company_id, state=state, cause=None, at=NOW + n * every)
        await states.write(tx, [change])


async def known(tx, company_id=ONE):
    return next(one for one in await states.known_of(tx, None, NOW) if one.company.id == company_id)


def look(company_id=ONE, at=NOW, total=31):
    return FilesLook(
        company_id=company_id,
        at=at,
        total=total,
        size_bytes=total * 100,
        by_kind={FileKind.CREDS: 1, FileKind.PRE_KEY: total - 1},
        oldest_at=NOW,
        newest_at=None,
        creds=CredsState.LINKED,
    )


async def test_only_new_companies_are_added(tx):
    renamed = company("962302", name="Salon North")
    assert await companies.add_new(tx, [renamed, company("5")], NOW) == [company("5")]
    assert [one.id for one in await companies.all_of(tx)] == ["5", ONE, TWO]
    assert (await companies.get(tx, ONE)).name == ""


async def test_companies_are_found_by_gateway_and_by_id(tx):
    other = company("7", gateway="second", expected_phone=PHONE, max_files=900)
    await companies.add_new(tx, [other], NOW)
    assert await companies.all_of(tx, "second") == [other]
    assert await companies.get_many(tx, ["7", "404"]) == {"7": other}
    assert await companies.get(tx, "404") is None


async def test_a_company_can_be_renamed(tx):
    await companies.tell(tx, ONE, {"name": "Салон «Север»"})
    assert (await companies.get(tx, ONE)).label == "962302 Салон «Север»"


async def test_a_company_that_goes_down_keeps_its_first_moment(tx):
    await companies.set_down(tx, [ONE], NOW)
    await companies.set_down(tx, [ONE, TWO], NOW + HOUR)
    assert (await known(tx, ONE)).down_since == NOW
    assert (await known(tx, TWO)).down_since == NOW + HOUR


async def test_a_company_that_connects_is_no_longer_down(tx):
    await companies.set_down(tx, [ONE], NOW)
    await companies.set_connected(tx, [ONE], NOW + HOUR)
    one = await known(tx)
    assert (one.down_since, one.was_connected) == (None, True)
    assert not (await known(tx, TWO)).was_connected


async def test_the_first_paired_number_becomes_the_expected_one(tx):
    await companies.set_paired(tx, ONE, PHONE, NOW)
    await companies.set_paired(tx, ONE, "79000000002", NOW + HOUR)
    assert (await companies.get(tx, ONE)).expected_phone == PHONE
    assert (await known(tx)).paired_at == NOW + HOUR


async def test_a_pairing_makes_the_baseline_be_learnt_anew(tx):
    await companies.set_baseline(tx, ONE, 31, NOW)
    assert await files.baselines(tx) == {ONE: 31}
    await companies.set_paired(tx, ONE, None, NOW)
    assert await files.baselines(tx) == {}


async def test_a_state_lasts_until_the_next_begins(tx):
    await lived(tx, ONE, State.CONNECTED, State.DISCONNECTED)
    rows = (await tx.execute(select(session_states).order_by(session_states.c.id))).all()
    assert [(row.state, row.until_at) for row in rows] == [
        (State.CONNECTED, NOW + timedelta(minutes=10)),
        (State.DISCONNECTED, None),
    ]


async def test_what_is_known_is_the_present_state_and_its_cause(tx):
    change = Change(company_id=ONE, state=State.LOGGED_OUT, cause=Cause.DEVICE_REMOVED, at=NOW)
    await states.write(tx, [change])
    one = await known(tx)
    assert (one.state, one.cause, one.since) == (State.LOGGED_OUT, Cause.DEVICE_REMOVED, NOW)
    assert (await known(tx, TWO)).state is None


async def test_a_company_has_one_present_state(tx):
    change = Change(company_id=ONE, state=State.CONNECTED, cause=None, at=NOW)
    with pytest.raises(IntegrityError):
        await states.write(tx, [change, change])


async def test_many_changes_are_written_at_once(tx):
    many = [company(str(n)) for n in range(1200)]
    await companies.add_new(tx, many, NOW)
    for state in (State.CONNECTED, State.DISCONNECTED):
        await states.write(
            tx, [Change(company_id=c.id, state=state, cause=None, at=NOW) for c in many]
        )
    present = select(func.count()).where(session_states.c.until_at.is_(None))
    assert (await tx.execute(present)).scalar_one() == 1200


async def test_coming_back_counts_as_a_reconnect_and_the_first_time_does_not(tx):
    up, down = State.CONNECTED, State.DISCONNECTED
    await lived(tx, ONE, up, down, up, down, up)
    await lived(tx, TWO, up)
    assert await states.reconnects_since(tx, None, NOW) == {ONE: 2}
    assert await states.reconnects_since(tx, "main", NOW + timedelta(minutes=30)) == {ONE: 1}
    assert await states.reconnects_since(tx, "second", NOW) == {}


async def test_connecting_through_a_pairing_is_no_reconnect(tx):
    await lived(tx, ONE, State.CONNECTED, State.LOGGED_OUT, State.CONNECTED)
    await companies.set_paired(tx, ONE, PHONE, NOW + timedelta(minutes=20, seconds=20))
    assert await states.reconnects_since(tx, None, NOW) == {}


async def test_work_that_hangs_keeps_no_alarm_back(tx):
    await companies.add_new(tx, [company(ONE)], NOW)
    await pairings.begin(tx, ONE, 1001, ChatAddress(-1001), NOW - states.LONGEST_WORK)
    assert not (await known(tx, ONE)).pairing


async def test_a_company_is_busy_while_it_is_paired_or_reset(tx):
    pairing = await pairings.begin(tx, ONE, 1001, ChatAddress(-1001), NOW)
    procedure = await begun(tx, TWO)
    assert [(await known(tx, one)).pairing for one in (ONE, TWO)] == [True, True]
    await pairings.end(tx, pairing, "paired", NOW)
    await procedures.finish(tx, procedure.id, "done", NOW)
    assert [(await known(tx, one)).pairing for one in (ONE, TWO)] == [False, False]


async def begun(tx, company_id=ONE, kind="reset"):
    return await procedures.begin(
        tx,
        kind=kind,
        company_id=company_id,
        step="stop",
        asked_by=1001,
        address=ChatAddress(-1001, 45),
        now=NOW,
    )


async def test_a_company_has_one_procedure_at_a_time(tx):
    first = await begun(tx)
    assert await begun(tx, kind="restore") is None
    await procedures.finish(tx, first.id, "done", NOW)
    assert await begun(tx, kind="restore") is not None


async def test_an_unfinished_procedure_is_found_at_its_last_step(tx):
    procedure = await begun(tx)
    await procedures.put_step(tx, procedure.id, "set_aside", {"path": "x"}, NOW + SECOND)
    (found,) = await procedures.unfinished(tx)
    assert (found.step, found.facts, found.step_at) == ("set_aside", {"path": "x"}, NOW + SECOND)
    assert found.address == ChatAddress(-1001, 45)


async def test_a_second_live_code_of_a_company_takes_the_place_of_the_first(tx):
    first = await pairings.begin(tx, ONE, 1001, ChatAddress(-1001), NOW)
    second = await pairings.begin(tx, ONE, 1002, ChatAddress(1002), NOW + SECOND)
    assert await pairings.outcome_of(tx, first) is not None
    assert [one.id for one in await pairings.left_over(tx)] == [second]


async def test_a_live_code_is_found_with_its_photo_after_a_crash(tx):
    pairing = await pairings.begin(tx, ONE, 1001, ChatAddress(-1001), NOW)
    await pairings.set_message(tx, pairing, 77)
    assert [one.message_id for one in await pairings.left_over(tx)] == [77]
    await pairings.end(tx, pairing, "expired", NOW)
    assert [one.message_id for one in await pairings.left_over(tx)] == [77]
    await pairings.set_message(tx, pairing, None)
    assert await pairings.left_over(tx) == []


async def test_a_code_still_on_show_elsewhere_is_known(tx):
    first = await pairings.begin(tx, ONE, 1001, ChatAddress(-1001), NOW)
    await pairings.set_message(tx, first, 77)
    second = await pairings.begin(tx, ONE, 1002, ChatAddress(1002), NOW + SECOND)
    assert await pairings.on_show(tx, ONE, but=second)
    await pairings.set_message(tx, first, None)
    assert not await pairings.on_show(tx, ONE, but=second)


async def test_looks_within_an_hour_are_one_row(tx):
    await files.put(tx, [look(total=31), look(TWO)])
    await files.put(tx, [look(total=45, at=NOW + timedelta(minutes=5))])
    assert (await files.last(tx, ONE)).total == 45
    assert len(await files.history(tx, ONE, NOW - HOUR)) == 1


async def test_a_look_comes_back_as_it_went_in(tx):
    await files.put(tx, [look()])
    assert await files.last_ones(tx) == {ONE: look()}
    assert await files.last(tx, TWO) is None


async def test_the_last_look_is_that_of_the_last_hour(tx):
    later = look(total=60, at=NOW + HOUR)
    await files.put(tx, [look()])
    await files.put(tx, [later])
    assert await files.last(tx, ONE) == later
    assert await files.as_of(tx, NOW + timedelta(minutes=30)) == {ONE: look()}
    assert await files.history(tx, ONE, NOW - HOUR) == [look(), later]


async def test_a_gateway_has_one_row_however_often_it_is_looked_at(tx):
    first = GatewayLook(name="main", failures=0, since_at=NOW, last_look_at=NOW, last_ok_at=NOW)
    second = GatewayLook(
        name="main",
        failures=2,
        since_at=NOW,
        last_look_at=NOW + SECOND,
        last_ok_at=NOW,
        reason="refused",
    )
    await gateways.put(tx, first)
    await gateways.put(tx, second)
    assert await gateways.all_looks(tx) == [second]
    assert await gateways.get(tx, "second") is None
