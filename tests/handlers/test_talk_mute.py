"""Keeping alerts away for a while."""

import asyncio

from reading import ONE, TWO, WHO, button, has_button, refusal, words

from bot.sandbox.telegram import BORIS, GROUP_ID, VERA


async def test_a_muted_company_is_silent_and_told_when_that_ends(talk):
    answer = await talk.boris().asks(f"/mute {ONE} 2h")
    assert "Оповещения отключены" in answer.text
    await talk.gateway.act(ONE, "device_removed")
    await talk.gateway.act(TWO, "device_removed")
    await talk.alert(TWO)
    await talk.settle()
    assert not any(ONE in one.text for one in talk.posted(GROUP_ID))
    talk.clock.push(hours=3)
    await talk.alert(ONE)
    assert (BORIS.id, "mute", ONE, "done") in await talk.audited()


async def test_the_company_and_the_length_are_chosen_by_buttons(talk):
    question = await talk.boris().asks("/mute")
    await talk.boris().presses(question, button(question, f"do:mute:{ONE}"))
    await talk.becomes(question, lambda one: has_button(one, f"mute:{ONE}:60"))
    await talk.boris().presses(question, button(question, f"mute:{ONE}:60"))
    await talk.becomes(question, lambda one: has_button(one, f"unmute:{ONE}"))
    await talk.boris().presses(question, button(question, f"unmute:{ONE}"))
    await talk.becomes(question, lambda one: words("unmute.done", who=WHO) in one.text)
    assert (BORIS.id, "unmute", ONE, "done") in await talk.audited()


async def test_all_are_muted_at_once(talk):
    question = await talk.boris().asks("/mute")
    await talk.boris().presses(question, button(question, "do:mute:*"))
    await talk.becomes(question, lambda one: has_button(one, "mute:*:15"))
    answer = await talk.boris().asks("/mute все 30м")
    assert words("all_companies") in answer.text
    assert has_button(answer, "unmute:*")


async def test_status_shows_what_is_muted_and_by_whom(talk):
    await talk.boris().asks(f"/mute {ONE} 2h")
    for question in ("/status", f"/status {ONE}"):
        answer = await talk.vera().asks(question)
        assert "muted until" in answer.text
        assert "Борис" in answer.text
    shown = await talk.boris().asks("/unmute")
    assert has_button(shown, f"unmute:{ONE}")


async def test_unmuting_tells_at_once_what_was_hidden(talk):
    await talk.boris().asks(f"/mute {ONE} 2h")
    await talk.gateway.act(ONE, "device_removed")
    async with asyncio.timeout(20):
        while not await talk.rows("incidents"):
            await talk.passes()
    answer = await talk.boris().asks(f"/unmute {ONE}")
    assert "сейчас о нём скажем" in answer.text
    await talk.alert(ONE)


async def test_a_wrong_length_is_answered_with_how_to_do_it(talk):
    assert (await talk.boris().asks(f"/mute {ONE} 5m")).text == words("mute.how")
    assert (await talk.boris().asks(f"/mute {ONE} forever")).text == words("mute.how")


async def test_a_viewer_mutes_nothing(talk):
    assert (await talk.vera().asks(f"/mute {ONE} 2h")).text == refusal("mute", "en")
    question = await talk.boris(GROUP_ID).asks(f"/mute {ONE}")
    assert await talk.vera(GROUP_ID).is_told(question, button(question, "mute:")) == refusal(
        "mute", "ru"
    )
    assert await talk.rows("mutes") == []


async def test_a_forged_length_is_no_length(talk):
    question = await talk.boris().asks(f"/mute {ONE}")
    for data in (f"mute:{ONE}:1", f"mute:{ONE}:99999"):
        assert await talk.boris().forges(question, data) == words("error.outdated_button")


async def test_nobody_is_muted_at_first(talk):
    assert (await talk.boris().asks("/unmute")).text == words("mute.none")
    assert (await talk.boris().asks(f"/unmute {ONE}")).text == words("unmute.was_not", who=WHO)


async def test_what_nobody_has_taken_on_is_said_again(talk):
    await talk.anna().asks("/subscribe all")
    await talk.vera().asks(f"/subscribe {ONE}")
    await talk.gateway.act(ONE, "device_removed")
    card = await talk.alert(ONE)
    await talk.alert(ONE, chat_id=VERA.id)
    talk.clock.push(hours=1, minutes=1)
    reminder = await talk.sees(GROUP_ID, lambda one: words("repeat.todo") in one.text)
    assert reminder.reply_to is card
    await talk.sees(VERA.id, lambda one: words("repeat.todo") in one.text)
    await talk.boris(GROUP_ID).presses(reminder, button(reminder, "ack:"))
    await talk.becomes(card, lambda one: "Занимается Борис" in one.text)


async def test_who_may_mute_nothing_is_offered_nothing(talk):
    answer = await talk.vera().asks("/mute")
    assert answer.text == words("error.not_allowed", "en", what=words("right.mute", "en"))
    assert not has_button(answer, "do:mute")
