"""Whose session is whose: lists, patterns, keys of another shape."""

import pytest

from bot.domain.company import CompanyId, GatewayName
from bot.domain.roster import CompanySetup, Roster

ONE, TWO = GatewayName("one"), GatewayName("two")
NORTH, SOUTH = CompanyId("962302"), CompanyId("962303")


def found(roster, *keys):
    return [one.id if one else None for one in map(roster.company_of, keys)]


def about(*setups):
    return {setup.id: setup for setup in setups}


def test_whatever_the_gateway_lists_is_a_company_unless_something_else_is_said():
    assert found(Roster(gateway=ONE), "962302", "x") == ["962302", "x"]


def test_what_can_be_no_name_of_a_session_is_none():
    assert found(Roster(gateway=ONE), "../etc", "", "a\nb") == [None, None, None]


def test_a_list_of_ids_leaves_the_others_alone():
    assert found(Roster(gateway=ONE, wanted=("962302",)), "962302", "962303") == ["962302", None]


def test_a_pattern_takes_what_it_matches():
    assert found(Roster(gateway=ONE, wanted=("9623*",)), "962302", "481120") == ["962302", None]


def test_a_session_called_otherwise_is_known_by_the_template():
    roster = Roster(gateway=ONE, key_template="company_{company}")
    company = roster.company_of("company_962302")
    assert (company.id, company.session_key) == (NORTH, "company_962302")
    assert found(roster, "962302", "company_") == [None, None]


def test_what_the_list_names_is_there_before_the_gateway_lists_it():
    roster = Roster(gateway=ONE, wanted=("962302", "48*"))
    assert [one.id for one in roster.named()] == [NORTH]


def test_a_company_that_is_said_to_be_here_joins_the_list():
    setup = CompanySetup(id=SOUTH, name="South", phone="79000962303", gateway=ONE)
    [company] = Roster(gateway=ONE, wanted=("48*",), about=about(setup)).named()
    assert (company.id, company.name, company.expected_phone) == (SOUTH, "South", "79000962303")


def test_a_company_with_a_key_of_its_own_is_found_by_that_alone():
    setup = CompanySetup(id=NORTH, session_key="salon")
    assert found(Roster(gateway=ONE, about=about(setup)), "salon", "962302") == [NORTH, None]


@pytest.mark.parametrize("gateway", [ONE, TWO])
def test_a_company_that_is_said_to_be_elsewhere_is_not_included_here(gateway):
    setup = CompanySetup(id=NORTH, gateway=TWO)
    roster = Roster(gateway=gateway, about=about(setup))
    assert roster.includes(NORTH) is (gateway is TWO)
    assert roster.includes(SOUTH)
