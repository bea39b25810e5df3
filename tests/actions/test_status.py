"""What a person sees: the worst first, nothing of others' companies."""

import pytest
from desk import ANNA, BORIS, NORTH, OWNER, SOUTH, STRANGER, Desk

from bot.actions.errors import UnknownCompany
from bot.actions.results import NoFiles
from bot.domain.access import NotAllowed, Right
from bot.domain.company import CompanyId
from bot.domain.session import State
from bot.domain.trouble import Severity
from bot.gateways.base import GatewayUnreachable

UP, DOWN, STOPPED, SCAN = (
    State.CONNECTED,
    State.DISCONNECTED,
    State.STOPPED,
    State.AWAITING_SCAN,
)


async def overview(desk, user_id=ANNA, page=0):
    return await desk.actions.status.overview(await desk.who(user_id), page)


def ids(seen):
    return [card.known.company.id for card in seen.cards]


async def test_the_worst_comes_first(desk):
    fine, lost, warned = CompanyId("100"), CompanyId("900"), CompanyId("500")
    await desk.add(fine, lost, warned)
    await desk.settle(NORTH, fine, lost)
    await desk.see((NORTH, DOWN), (lost, STOPPED), (warned, SCAN))
    desk.clock.push(91)
    await desk.see((NORTH, UP))
    seen = await overview(desk)
    # What never was connected is a warning; among equals the state decides, then the id.
    assert ids(seen) == [lost, warned, SOUTH, fine, NORTH]
    assert [card.worst.severity if card.worst else None for card in seen.cards[:3]] == [
        Severity.CRITICAL,
        Severity.WARNING,
        Severity.WARNING,
    ]


async def test_the_overview_counts_those_that_are_well(desk):
    await desk.settle()
    await desk.see((SOUTH, STOPPED))
    seen = await overview(desk)
    assert (seen.total, seen.well, ids(seen)) == (2, 1, [SOUTH, NORTH])


async def test_nobody_is_well_behind_a_silent_gateway(desk):
    await desk.settle()
    desk.gateway.failure = GatewayUnreachable("refused")
    await desk.see()
    seen = await overview(desk)
    assert (seen.well, seen.gateways[0].silent_since) == (0, desk.clock())


async def test_a_person_sees_the_companies_of_his_grants_alone(desk):
    assert ids(await overview(desk, BORIS)) == [NORTH]
    assert ids(await overview(desk, STRANGER)) == []
    with pytest.raises(NotAllowed):
        await desk.actions.status.company(await desk.who(BORIS), SOUTH)
    with pytest.raises(NotAllowed):
        await desk.actions.status.files(await desk.who(BORIS), SOUTH)


@pytest.mark.parametrize(
    ("page", "shown", "count"),
    [(0, 0, 10), (1, 1, 10), (2, 2, 3), (3, 2, 3), (10**9, 2, 3), (-1, 0, 10)],
)
async def test_a_page_outside_the_bounds_is_the_nearest(db, page, shown, count):
    desk = Desk(db, None)
    await desk.open()
    await desk.add(*[CompanyId(f"c{number:02}") for number in range(21)])
    seen = await overview(desk, page=page)
    assert (seen.page, seen.pages, len(seen.cards), seen.total) == (shown, 3, count, 23)


async def test_without_companies_there_is_one_empty_page(db):
    desk = Desk(db, None)
    seen = await overview(desk, OWNER, page=5)
    assert (seen.page, seen.pages, seen.cards) == (0, 1, ())


async def test_a_card_says_when_it_was_last_seen(desk):
    await desk.see((NORTH, UP))
    looked_at = desk.clock()
    desk.clock.push(600)
    card = await desk.actions.status.company(await desk.who(ANNA), NORTH)
    assert (card.looked_at, card.known.state) == (looked_at, UP)


async def test_a_company_that_nobody_looked_at_yet_has_no_state(desk):
    card = await desk.actions.status.company(await desk.who(ANNA), NORTH)
    assert (card.known.state, card.looked_at) == (None, None)


async def test_a_check_looks_now(desk):
    await desk.settle()
    desk.gateway.says(NORTH, STOPPED)
    card = await desk.actions.status.check(await desk.who(ANNA), NORTH)
    assert (card.known.state, card.worst.severity) == (STOPPED, Severity.CRITICAL)


async def test_a_viewer_may_look_but_not_make_the_bot_look(desk):
    with pytest.raises(NotAllowed):
        await desk.actions.status.check(await desk.who(BORIS), NORTH)
    assert desk.gateway.looks.total() == 0


async def test_looking_changes_nothing_at_the_gateway(desk):
    await desk.settle()
    await desk.actions.status.check(await desk.who(ANNA), NORTH)
    await overview(desk)
    assert desk.gateway.calls == []


async def test_a_company_that_does_not_exist_is_named_in_the_refusal(desk):
    with pytest.raises(UnknownCompany) as refusal:
        await desk.actions.status.find(await desk.who(ANNA), "999")
    assert refusal.value.company_id == "999"


async def test_choices_are_the_companies_the_right_is_held_for(desk):
    async def choices(user_id, right):
        person = await desk.who(user_id)
        return [choice.id for choice in await desk.actions.status.choices(person, right)]

    assert await choices(ANNA, Right.RESET) == [NORTH, SOUTH]
    assert await choices(BORIS, Right.LOOK) == [NORTH]
    assert await choices(BORIS, Right.RESET) == []


async def test_files_are_counted_now_beside_what_was_before(desk):
    await desk.settle()
    path = desk.directory(files=31)
    await desk.files.look()
    desk.clock.push(days=1)
    (path / "session-79.0.json").write_text("{}")
    card = await desk.actions.status.files(await desk.who(BORIS), NORTH)
    assert (card.look.total, card.day_ago, card.baseline, card.limit) == (32, 31, 31, 131)
    assert [look.total for look in card.history] == [31]


async def test_a_company_without_a_directory_has_no_files(desk):
    none = await desk.actions.status.files(await desk.who(ANNA), NORTH)
    assert none == NoFiles(company=none.company, configured=True)


async def test_a_bot_without_a_directory_says_that_it_has_none(far_desk):
    none = await far_desk.actions.status.files(await far_desk.who(ANNA), NORTH)
    assert none == NoFiles(company=none.company, configured=False)


async def test_a_directory_that_cannot_be_counted_says_why(desk, tmp_path):
    path = desk.template.path_of(NORTH)
    path.parent.mkdir()
    path.symlink_to(tmp_path)
    none = await desk.actions.status.files(await desk.who(ANNA), NORTH)
    assert (none.configured, none.reason) == (True, "SymlinkRefused")
