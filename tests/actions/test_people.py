"""Who lets whom in, and who stays out."""

from dataclasses import replace

import pytest
from desk import ANNA, BORIS, GROUP, NORTH, OWNER, SOUTH, STRANGER

from bot.actions.errors import BadRequest, DoneAlready
from bot.domain.access import NotAllowed, Right, Role, UserId

NEW = UserId(9)


async def test_an_owner_by_settings_may_do_everything_without_a_grant(desk):
    owner = await desk.who(OWNER)
    assert all(owner.may(right, None) for right in Right)


async def test_whom_nobody_let_in_is_a_stranger(desk):
    assert not (await desk.who(STRANGER)).known


async def test_a_grant_holds_from_the_next_moment_on(desk):
    await desk.grant(await desk.who(OWNER), NEW, Role.OPERATOR, NORTH, SOUTH)
    new = await desk.who(NEW)
    assert [new.may(Right.RESET, one) for one in (NORTH, SOUTH, None)] == [True, True, False]


async def test_a_grant_without_companies_holds_for_all(desk):
    await desk.grant(await desk.who(OWNER), NEW, Role.VIEWER)
    assert (await desk.who(NEW)).may(Right.LOOK, None)


async def test_a_later_grant_for_the_same_company_replaces_the_earlier(desk):
    owner = await desk.who(OWNER)
    await desk.grant(owner, NEW, Role.OPERATOR, NORTH)
    await desk.grant(owner, NEW, Role.VIEWER, NORTH)
    assert [grant.role for grant in (await desk.who(NEW)).grants] == [Role.VIEWER]


async def test_a_granted_owner_may_let_others_in(desk):
    await desk.grant(await desk.who(OWNER), ANNA, Role.OWNER)
    await desk.grant(await desk.who(ANNA), NEW, Role.VIEWER)
    assert (await desk.who(NEW)).known


async def test_an_owner_of_one_company_lets_nobody_in(desk):
    await desk.grant(await desk.who(OWNER), BORIS, Role.OWNER, NORTH)
    with pytest.raises(NotAllowed):
        await desk.grant(await desk.who(BORIS), NEW, Role.VIEWER, NORTH)


@pytest.mark.parametrize("user_id", [ANNA, BORIS, STRANGER])
async def test_who_is_no_owner_changes_nobodys_rights(desk, user_id):
    person, people = await desk.who(user_id), desk.actions.people
    for act in (
        people.grant(person, user_id, Role.OWNER, [], GROUP.chat_id, desk.update()),
        people.revoke(person, BORIS, GROUP.chat_id, desk.update()),
        people.admins(person),
    ):
        with pytest.raises(NotAllowed):
            await act
    assert await desk.journal() == []
    assert (await desk.who(BORIS)).known


async def test_a_revoke_takes_back_every_grant(desk):
    owner = await desk.who(OWNER)
    await desk.grant(owner, NEW, Role.OPERATOR, NORTH)
    await desk.grant(owner, NEW, Role.VIEWER)
    assert await desk.actions.people.revoke(owner, NEW, GROUP.chat_id, desk.update())
    assert not (await desk.who(NEW)).known


async def test_revoking_whom_nobody_let_in_takes_nothing_back(desk):
    owner = await desk.who(OWNER)
    assert await desk.actions.people.revoke(owner, NEW, GROUP.chat_id, desk.update()) is None


async def test_an_owner_by_settings_cannot_be_revoked(desk):
    owner = await desk.who(OWNER)
    with pytest.raises(BadRequest) as refusal:
        await desk.actions.people.revoke(owner, OWNER, GROUP.chat_id, desk.update())
    assert refusal.value.key == "revoke.owner_by_settings"
    assert (await desk.who(OWNER)).may(Right.GRANT)


async def test_every_change_of_rights_is_noted(desk):
    owner = await desk.who(OWNER)
    await desk.grant(owner, NEW, Role.OPERATOR, NORTH)
    row = await desk.last_entry()
    assert (row.user_id, row.chat_id, row.outcome) == (OWNER, GROUP.chat_id, "done")
    assert row.details == {"to": NEW, "role": "operator", "companies": [NORTH]}
    await desk.actions.people.revoke(owner, NEW, GROUP.chat_id, desk.update())
    assert await desk.journal() == ["grant done", "revoke done"]


async def test_the_same_grant_twice_is_obeyed_once(desk):
    owner, people = await desk.who(OWNER), desk.actions.people
    await people.grant(owner, NEW, Role.VIEWER, [], GROUP.chat_id, "update:5")
    await people.revoke(owner, NEW, GROUP.chat_id, "update:6")
    with pytest.raises(DoneAlready):
        await people.grant(owner, NEW, Role.VIEWER, [], GROUP.chat_id, "update:5")
    assert not (await desk.who(NEW)).known


async def test_the_list_names_owners_by_settings_first(desk):
    anna = replace(await desk.who(ANNA), name="Anna")
    await desk.actions.people.remember_name(anna)
    rows = await desk.actions.people.admins(await desk.who(OWNER))
    assert [(row.user_id, row.name, row.by_settings) for row in rows] == [
        (OWNER, "", True),
        (ANNA, "Anna", False),
        (BORIS, "", False),
    ]
    assert [grant.company_id for grant in rows[2].grants] == [NORTH]


async def test_a_stranger_is_answered_once_an_hour(desk):
    answered = []
    for minutes in (0, 1, 58, 1, 1, 1):
        desk.clock.push(minutes=minutes)
        answered.append(await desk.actions.people.may_answer_stranger(STRANGER))
    assert answered == [True, False, False, False, True, False]


async def test_two_strangers_are_answered_apart(desk):
    people = desk.actions.people
    assert await people.may_answer_stranger(STRANGER)
    assert await people.may_answer_stranger(NEW)
