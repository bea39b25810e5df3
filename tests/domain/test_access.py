"""Who may do what: every role, every right, every company."""

import itertools

import pytest

from bot.domain.access import RIGHT_FOR, RIGHTS, Grant, NotAllowed, Person, Right, Role, UserId
from bot.domain.company import CompanyId
from handlers.render.menu import MenuCommand

NORTH, SOUTH = CompanyId("962302"), CompanyId("962303")
ME = UserId(1)

OPERATORS = (
    "look subscribe check reconnect pair reset restore restart probe recover ack mute rest note"
)
ALLOWED = {
    Role.VIEWER: {"look", "subscribe"},
    Role.OPERATOR: set(OPERATORS.split()),
    Role.OWNER: {right.value for right in Right},
}


def person(*grants):
    return Person(
        user_id=ME,
        name="Anna",
        grants=tuple(Grant(user_id=ME, role=role, company_id=where) for role, where in grants),
    )


@pytest.mark.parametrize(("role", "right"), list(itertools.product(Role, Right)))
@pytest.mark.parametrize("company_id", [NORTH, SOUTH, None])
def test_a_grant_for_all_companies_holds_everywhere(role, right, company_id):
    assert person((role, None)).may(right, company_id) == (right in ALLOWED[role])


def test_a_right_reaches_the_companies_of_the_grants_that_give_it():
    some = person((Role.VIEWER, NORTH), (Role.OPERATOR, SOUTH))
    assert some.reach(Right.LOOK) == {NORTH, SOUTH}
    assert some.reach(Right.PAIR) == {SOUTH}
    assert some.reach(Right.GRANT) == frozenset()
    assert person((Role.VIEWER, NORTH), (Role.VIEWER, None)).reach(Right.LOOK) is None


@pytest.mark.parametrize(("role", "right"), list(itertools.product(Role, Right)))
def test_a_grant_for_one_company_holds_there_alone(role, right):
    limited = person((role, NORTH))
    assert limited.may(right, NORTH) == (right in ALLOWED[role])
    assert not limited.may(right, SOUTH)
    assert not limited.may(right, None)


@pytest.mark.parametrize("right", Right)
def test_a_stranger_may_nothing(right):
    stranger = person()
    assert not stranger.known
    assert not stranger.may(right, NORTH)
    assert not stranger.may_somewhere(right)


def test_the_rights_of_several_grants_add_up():
    both = person((Role.VIEWER, None), (Role.OPERATOR, SOUTH))
    assert both.may(Right.LOOK, NORTH)
    assert both.may(Right.RESET, SOUTH)
    assert not both.may(Right.RESET, NORTH)


def test_a_right_for_one_company_is_held_somewhere():
    limited = person((Role.OPERATOR, NORTH))
    assert limited.may_somewhere(Right.RESET)
    assert not limited.may_somewhere(Right.GRANT)


def test_a_refusal_names_the_right_and_the_company():
    with pytest.raises(NotAllowed) as refusal:
        person((Role.VIEWER, None)).must(Right.RESET, NORTH)
    assert (refusal.value.right, refusal.value.company_id) == (Right.RESET, NORTH)


def test_what_is_allowed_is_not_refused():
    person((Role.OPERATOR, NORTH)).must(Right.RESET, NORTH)
    with pytest.raises(NotAllowed):
        person((Role.OPERATOR, NORTH)).must(Right.RESET, SOUTH)


def test_every_command_of_the_menu_needs_a_right_of_the_table_or_none_at_all():
    anybodys = {"timezone", "quiet", "lang", "id", "help"}
    offered = {str(command) for command in MenuCommand}
    assert offered - set(RIGHT_FOR) == anybodys
    assert set(RIGHT_FOR) - offered == {"revive", "accept"}  # buttons without a command


def test_more_is_held_from_role_to_role():
    assert RIGHTS[Role.VIEWER] < RIGHTS[Role.OPERATOR] < RIGHTS[Role.OWNER] == set(Right)
