"""What a chat hears of, who decides that, and what becomes of it when the chat moves."""

import pytest
from desk import ANNA, BORIS, GROUP, NORTH, OWNER, SOUTH, STRANGER, TOPIC

from bot.actions.errors import DoneAlready
from bot.domain.access import NotAllowed
from bot.domain.notice import ChatAddress
from bot.domain.trouble import Severity

LOUD = Severity.CRITICAL


async def subscribe(desk, user_id, *company_ids, to=GROUP, severity=LOUD, key=None):
    person = await desk.who(user_id)
    await desk.actions.chats.subscribe(
        person, to, "Duty", company_ids, severity, key or desk.update()
    )


async def unsubscribe(desk, user_id, targets, of=GROUP):
    person = await desk.who(user_id)
    return await desk.actions.chats.unsubscribe(person, of, targets, desk.update())


async def heard(desk, of=GROUP, user_id=OWNER):
    rows = await desk.actions.chats.subscriptions(await desk.who(user_id), of)
    return [(row.company.id if row.company else "all", row.severity.value) for row in rows]


async def test_a_chat_hears_of_the_companies_that_were_named(desk):
    await subscribe(desk, ANNA, NORTH, SOUTH)
    assert await heard(desk) == [(NORTH, "critical"), (SOUTH, "critical")]
    assert await heard(desk, TOPIC) == []


async def test_naming_none_is_naming_all(desk):
    await subscribe(desk, ANNA, to=TOPIC)
    assert await heard(desk, TOPIC) == [("all", "critical")]


async def test_subscribing_again_changes_how_loud_it_must_be(desk):
    await subscribe(desk, ANNA, NORTH)
    await subscribe(desk, ANNA, NORTH, severity=Severity.INFO)
    assert await heard(desk) == [(NORTH, "info")]


async def test_a_viewer_may_subscribe_to_what_he_may_see_alone(desk):
    await subscribe(desk, BORIS, NORTH)
    for companies in ((SOUTH,), (NORTH, SOUTH), ()):
        with pytest.raises(NotAllowed):
            await subscribe(desk, BORIS, *companies)
    assert await heard(desk) == [(NORTH, "critical")]


async def test_a_stranger_subscribes_to_nothing(desk):
    with pytest.raises(NotAllowed):
        await subscribe(desk, STRANGER, NORTH)
    assert (await heard(desk), await desk.journal()) == ([], [])


async def test_one_subscription_can_be_ended(desk):
    await subscribe(desk, ANNA, NORTH, SOUTH)
    assert await unsubscribe(desk, ANNA, [NORTH]) == 1
    assert await heard(desk) == [(SOUTH, "critical")]


async def test_all_can_be_ended_at_once(desk):
    await subscribe(desk, ANNA, NORTH)
    await subscribe(desk, ANNA)
    assert await unsubscribe(desk, ANNA, None) == 2
    assert await heard(desk) == []


async def test_ending_the_one_to_all_leaves_the_others(desk):
    await subscribe(desk, ANNA, NORTH)
    await subscribe(desk, ANNA)
    assert await unsubscribe(desk, ANNA, [None]) == 1
    assert await heard(desk) == [(NORTH, "critical")]


async def test_ending_what_is_not_there_ends_nothing(desk):
    assert await unsubscribe(desk, ANNA, [SOUTH]) == 0


async def test_nobody_ends_what_he_may_not_see(desk):
    await subscribe(desk, ANNA, NORTH, SOUTH)
    for targets in ([SOUTH], None):
        with pytest.raises(NotAllowed):
            await unsubscribe(desk, BORIS, targets)
    assert len(await heard(desk)) == 2


async def test_a_person_is_told_of_those_he_may_see(desk):
    await subscribe(desk, ANNA, NORTH, SOUTH)
    assert await heard(desk, user_id=BORIS) == [(NORTH, "critical")]
    assert await heard(desk, user_id=STRANGER) == []


async def test_each_change_is_noted(desk):
    await subscribe(desk, ANNA, NORTH)
    row = await desk.last_entry()
    assert row.details == {"companies": [NORTH], "severity": "critical"}
    await unsubscribe(desk, ANNA, None)
    assert await desk.journal() == ["subscribe done", "unsubscribe done"]


async def test_the_same_update_twice_is_obeyed_once(desk):
    await subscribe(desk, ANNA, NORTH, key="update:3")
    await unsubscribe(desk, ANNA, None)
    with pytest.raises(DoneAlready):
        await subscribe(desk, ANNA, NORTH, key="update:3")
    assert await heard(desk) == []


async def test_the_chat_of_the_settings_hears_of_everything_from_the_first_start(desk):
    assert await desk.actions.chats.subscribe_first(TOPIC)
    assert await heard(desk, TOPIC) == [("all", "info")]


async def test_what_was_ended_is_not_begun_again_by_the_next_start(desk):
    await desk.actions.chats.subscribe_first(GROUP)
    await unsubscribe(desk, OWNER, None)
    assert not await desk.actions.chats.subscribe_first(GROUP)
    assert await heard(desk) == []


async def test_a_language_is_chosen_by_anyone_in_private_and_by_owners_in_groups(desk):
    chats = desk.actions.chats
    assert await chats.language(GROUP.chat_id) is None
    await chats.set_language(await desk.who(BORIS), 3, "Boris", "en", None, private=True)
    await chats.set_language(
        await desk.who(OWNER), GROUP.chat_id, "Duty", "en", None, private=False
    )
    with pytest.raises(NotAllowed):
        await chats.set_language(
            await desk.who(ANNA), GROUP.chat_id, "Duty", "ru", None, private=False
        )
    assert [await chats.language(one) for one in (3, GROUP.chat_id)] == ["en", "en"]


async def test_a_group_that_moves_takes_its_subscriptions_along(desk):
    await subscribe(desk, ANNA, NORTH, to=TOPIC)
    await desk.actions.chats.moved(TOPIC.chat_id, -100_2002)
    assert await heard(desk, TOPIC) == []
    assert await heard(desk, ChatAddress(-100_2002, 45)) == [(NORTH, "critical")]


async def test_a_chat_that_turned_the_bot_away_waits_for_its_return(desk):
    await subscribe(desk, ANNA, NORTH)
    await desk.actions.chats.turned_away(GROUP.chat_id, "kicked")
    [row] = await desk.actions.chats.subscriptions(await desk.who(OWNER), GROUP)
    assert row.parked
    assert await desk.actions.chats.taken_back(GROUP.chat_id)
    assert not await desk.actions.chats.taken_back(GROUP.chat_id)
    assert await heard(desk) == [(NORTH, "critical")]


async def test_subscribing_in_a_parked_chat_wakes_it(desk):
    await desk.actions.chats.turned_away(GROUP.chat_id, "blocked")
    await subscribe(desk, ANNA, NORTH)
    [row] = await desk.actions.chats.subscriptions(await desk.who(OWNER), GROUP)
    assert not row.parked
