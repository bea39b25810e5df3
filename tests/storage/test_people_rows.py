"""People: their names and grants, what they were asked, and what they did."""

from datetime import timedelta

from rows import NOW
from sqlalchemy import select

from bot.domain.access import Grant, Role
from bot.domain.company import CompanyId
from storage.people import audit, confirmations, grants
from storage.people import names as people
from storage.people.confirmations import Confirmation
from storage.tables import audit as audit_table
from storage.tables import grants as grants_table

ANNA, BORIS = 1001, 1002
ONE = CompanyId("962302")
MINUTE = timedelta(minutes=1)


def question(nonce="n1", asked_at=NOW):
    return Confirmation(
        nonce=nonce,
        user_id=BORIS,
        action="reset",
        company_id=ONE,
        asked_at=asked_at,
        expires_at=asked_at + MINUTE,
    )


def grant(role=Role.OPERATOR, company_id=None):
    return Grant(user_id=BORIS, role=role, company_id=company_id)


async def begin(tx, update_key="7"):
    return await audit.begin(
        tx,
        user_id=BORIS,
        chat_id=-1001,
        action="reset",
        company_id=ONE,
        details={"why": "revoked"},
        update_key=update_key,
        now=NOW,
    )


async def test_grants_are_given_to_one_person(tx):
    await grants.add(tx, grant(), ANNA, NOW)
    assert await grants.of_user(tx, BORIS) == (grant(),)
    assert await grants.of_user(tx, ANNA) == ()


async def test_a_new_grant_for_the_same_companies_replaces_the_old(tx):
    await grants.add(tx, grant(Role.OPERATOR), ANNA, NOW)
    await grants.add(tx, grant(Role.OPERATOR, ONE), ANNA, NOW)
    await grants.add(tx, grant(Role.VIEWER), ANNA, NOW + MINUTE)
    assert await grants.all_ones(tx) == [grant(Role.OPERATOR, ONE), grant(Role.VIEWER)]


async def test_what_was_revoked_is_kept_with_who_did_it(tx):
    await grants.add(tx, grant(), ANNA, NOW)
    assert await grants.revoke_all(tx, BORIS, ANNA, NOW + MINUTE) == 1
    assert await grants.revoke_all(tx, BORIS, ANNA, NOW + MINUTE) == 0
    (row,) = await tx.execute(select(grants_table))
    assert (row.revoked_by, row.revoked_at) == (ANNA, NOW + MINUTE)


async def test_the_last_name_somebody_showed_is_known(tx):
    await people.remember(tx, BORIS, "Boris")
    await people.remember(tx, BORIS, "Борис")
    assert await people.names(tx) == {BORIS: "Борис"}


async def test_a_stranger_is_answered_once_in_a_while(tx):
    hour = timedelta(hours=1)
    told = [
        await people.may_tell_stranger(tx, 5, NOW + after - hour, NOW + after)
        for after in (timedelta(), MINUTE, hour + MINUTE)
    ]
    assert told == [True, False, True]


async def test_answering_a_stranger_keeps_the_name(tx):
    await people.remember(tx, 5, "Gleb")
    await people.may_tell_stranger(tx, 5, NOW, NOW)
    assert await people.names(tx) == {5: "Gleb"}


async def test_a_question_can_be_answered_once(tx):
    await confirmations.add(tx, question())
    assert await confirmations.get(tx, "n1") == question()
    assert await confirmations.use(tx, "n1", NOW)
    assert not await confirmations.use(tx, "n1", NOW)
    assert (await confirmations.get(tx, "n1")).used_at == NOW


async def test_a_question_nobody_asked_cannot_be_answered(tx):
    assert await confirmations.get(tx, "forged") is None
    assert not await confirmations.use(tx, "forged", NOW)


async def test_old_questions_are_swept_out_by_new_ones(tx):
    await confirmations.add(tx, question("old"))
    await confirmations.add(tx, question("new", asked_at=NOW + 2 * MINUTE))
    assert await confirmations.get(tx, "old") is None
    assert await confirmations.get(tx, "new") is not None


async def test_an_act_is_written_before_and_finished_after(tx):
    row_id = await begin(tx)
    await audit.finish(tx, row_id, "done", NOW + MINUTE)
    (row,) = await tx.execute(select(audit_table))
    assert (row.user_id, row.action, row.company_id) == (BORIS, "reset", ONE)
    assert (row.at, row.finished_at, row.outcome) == (NOW, NOW + MINUTE, "done")


async def test_the_same_update_begins_an_act_once(tx):
    assert await begin(tx) is not None
    assert await begin(tx) is None
    assert await begin(tx, update_key="8") is not None


async def test_acts_without_an_update_are_all_kept(tx):
    assert None not in [await begin(tx, update_key=None) for _ in range(3)]
