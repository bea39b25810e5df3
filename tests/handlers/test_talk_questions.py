"""A question before harm is done: who may answer it, for how long, and how often."""

import asyncio
import copy

import pytest
from reading import ONE, button, refusal, words
from talking import PATIENCE_S

from bot.sandbox.telegram import GROUP_ID


@pytest.fixture
async def question(talk):
    """Boris was asked, in the group, whether to reset."""
    return await talk.boris(GROUP_ID).asks(f"/reset {ONE}")


async def test_another_person_cannot_answer_not_even_an_owner(talk, question):
    async with talk.nothing_changes():
        told = await talk.anna(GROUP_ID).is_told(question, words("button.yes_reset"))
    assert told == words("error.not_yours")


async def test_another_person_cannot_decline(talk, question):
    assert await talk.vera(GROUP_ID).is_told(question, words("button.no")) == words(
        "error.not_yours"
    )
    assert words("button.yes_reset") in question.labels


async def test_a_yes_after_sixty_seconds_is_too_late(talk, question):
    talk.clock.push(seconds=61)
    async with talk.nothing_changes():
        told = await talk.boris(GROUP_ID).is_told(question, words("button.yes_reset"))
    assert told == words("error.too_late")


async def test_a_yes_within_sixty_seconds_is_taken(talk, question):
    talk.clock.push(seconds=55)
    await talk.boris(GROUP_ID).presses(question, words("button.yes_reset"))
    await talk.code(GROUP_ID)


async def test_a_second_yes_begins_nothing(talk, question):
    yes = button(question, "ans:1")
    await talk.boris(GROUP_ID).presses(question, yes)
    photo = await talk.code(GROUP_ID)
    async with talk.nothing_changes():
        assert await talk.boris(GROUP_ID).forges(question, yes) == words("error.answered_already")
    assert len(await talk.rows("procedures")) == 1
    assert photo in talk.posted(GROUP_ID)


async def test_a_yes_after_a_no_begins_nothing(talk, question):
    yes = button(question, "ans:1")
    await talk.boris(GROUP_ID).presses(question, words("button.no"))
    async with talk.nothing_changes():
        assert await talk.boris(GROUP_ID).forges(question, yes) == words("error.answered_already")


async def test_a_yes_after_the_right_was_taken_back_begins_nothing(talk, question):
    await talk.anna().asks("/grant 1002 viewer")
    async with talk.nothing_changes():
        told = await talk.boris(GROUP_ID).is_told(question, words("button.yes_reset"))
    assert told == words("error.too_late")  # the question went with the right


async def test_a_yes_of_somebody_who_was_shut_out_begins_nothing(talk, question):
    await talk.anna().asks("/revoke 1002")
    async with talk.nothing_changes():
        told = await talk.boris(GROUP_ID).is_told(question, words("button.yes_reset"))
    assert told == words("stranger", id=1002)


# Rights that are not held when the button is pressed.


async def test_a_viewer_pressing_reset_on_an_alert_changes_nothing(talk):
    await talk.gateway.act(ONE, "device_removed")
    alert = await talk.alert()
    async with talk.nothing_changes():
        told = await talk.vera(GROUP_ID).is_told(alert, button(alert, "do:reset"))
    assert told == refusal("reset")


async def test_an_operator_of_one_company_cannot_reset_another(talk):
    await talk.anna().asks("/revoke 1002")
    await talk.anna().asks("/grant 1002 operator 962303")
    async with talk.nothing_changes():
        answer = await talk.boris().asks(f"/reset {ONE}")
    assert answer.text == words("error.unseen_company", company=ONE)


# What Telegram delivers twice.


async def twice(talk, act):
    """Let the update of an act come a second time, as after a crash before it was confirmed."""
    updates = talk.telegram.world.updates
    before = updates.next_id
    act()
    again = [copy.deepcopy(one) for one in updates.waiting if one[1]["update_id"] >= before]
    await talk.settle()
    updates.waiting.extend(again)
    await talk.settle()


async def rows_in_the_end(talk, table, at_least):
    """How many there are once there are so many, and what came with them has been served."""
    async with asyncio.timeout(PATIENCE_S):
        while len(await talk.rows(table)) < at_least:
            await talk.passes()
    await talk.settle()
    return len(await talk.rows(table))


async def test_a_yes_delivered_twice_resets_once(talk, question):
    yes = button(question, "ans:1")
    await twice(talk, lambda: talk.telegram.press(1002, GROUP_ID, question, yes))
    await talk.code(GROUP_ID)
    assert len(await talk.rows("procedures")) == 1
    assert len(talk.set_aside(ONE)) == 1


async def test_a_reconnect_delivered_twice_is_done_once(talk):
    await twice(talk, lambda: talk.boris().says(f"/reconnect {ONE}"))
    assert await rows_in_the_end(talk, "procedures", 1) == 1


async def test_a_qr_asked_for_twice_by_one_update_is_shown_once(unlinked):
    await twice(unlinked, lambda: unlinked.boris().says(f"/qr {ONE}"))
    await unlinked.code(1002)
    assert len(await unlinked.rows("pairings")) == 1


async def test_a_grant_delivered_twice_is_one_grant(talk):
    before = len(await talk.rows("grants"))
    await twice(talk, lambda: talk.anna().says("/grant 1004 viewer"))
    assert await rows_in_the_end(talk, "grants", before + 1) == before + 1
