"""Leaving a company alone until somebody wakes it."""

import asyncio

import pytest
from reading import ONE, TWO, WHO, button, has_button, refusal, words
from staging import talking
from talking import eventually
from test_talk_by_itself import ALONE, at_gateway, by_itself, caring

from bot.sandbox.telegram import ANNA, BORIS, GROUP_ID


async def recorded(talk, company=ONE):
    """Return once an incident of it is on."""
    async with asyncio.timeout(20):
        while not any(row["company_id"] == company for row in await talk.rows("incidents")):
            await talk.passes()


async def on(talk):
    return [row["company_id"] for row in await talk.rows("rests") if row["to_at"] is None]


def told_in_group(talk, company=ONE):
    return [one for one in talk.posted(GROUP_ID) if company in one.text]


async def test_at_rest_it_is_watched_and_told_to_nobody_until_it_is_woken(talk):
    answer = await talk.boris().asks(f"/rest {ONE}")
    assert words("rest.done", who=WHO, id=ONE) in answer.text
    await talk.gateway.act(ONE, "device_removed")
    await talk.gateway.act(TWO, "device_removed")
    await talk.alert(TWO)
    await recorded(talk)
    await talk.settle()
    assert told_in_group(talk) == []

    await talk.boris().presses(answer, button(answer, f"do:wake:{ONE}"))
    woken = await talk.sees(BORIS.id, lambda one: "больше не в покое" in one.text)
    assert "сейчас о нём скажем" in woken.text
    await talk.alert(ONE)
    audited = await talk.audited()
    assert (BORIS.id, "rest", ONE, "done") in audited
    assert (BORIS.id, "wake", ONE, "done") in audited


async def test_what_comes_and_goes_at_rest_is_never_told(tmp_path):
    async with caring(tmp_path, kind="waha") as talk:
        await talk.boris().asks(f"/rest {ONE}")
        await at_gateway(talk, "stop")
        await recorded(talk)
        await at_gateway(talk, "start")
        async with asyncio.timeout(20):
            while not all(row["closed_at"] for row in await talk.rows("incidents")):
                await talk.passes()
        answer = await talk.boris().asks(f"/wake {ONE}")
        assert words("wake.done", who=WHO) in answer.text
        assert told_in_group(talk) == []


async def test_status_list_and_board_say_who_rests_and_how_it_is(talk):
    await talk.boris().asks(f"/rest {ONE}")
    await talk.gateway.act(ONE, "device_removed")
    await recorded(talk)
    everybody = await talk.vera().asks("/status")
    assert "💤" in everybody.text
    assert "at rest" in everybody.text
    assert "Борис" in everybody.text
    card = await talk.vera().asks(f"/status {ONE}")
    assert words("incident.what.gone", "en") in card.text
    assert "at rest since" in card.text
    board = await talk.anna(GROUP_ID).asks("/board")
    await talk.becomes(board, lambda one: "💤" in one.text and "в покое" in one.text)
    listed = await talk.boris().asks("/wake")
    assert has_button(listed, f"do:wake:{ONE}")


async def test_a_card_that_is_put_to_rest_says_so_and_is_woken_by_its_button(talk):
    await talk.gateway.act(ONE, "device_removed")
    alert = await talk.alert(ONE)
    await talk.boris(GROUP_ID).asks(f"/rest {ONE}")
    todo = words("incident.todo.at_rest", by="Борис")
    await talk.becomes(alert, lambda one: todo in one.text and has_button(one, f"do:wake:{ONE}"))
    assert not has_button(alert, "do:reset")
    talk.clock.push(hours=2)
    await talk.settle()
    assert not [one for one in talk.posted(GROUP_ID) if words("repeat.todo") in one.text]
    await talk.boris(GROUP_ID).presses(alert, button(alert, f"do:wake:{ONE}"))
    await talk.becomes(alert, lambda one: has_button(one, "do:reset"))


async def test_the_company_is_chosen_by_a_button_and_rests_once(talk):
    question = await talk.boris().asks("/rest")
    await talk.boris().presses(question, button(question, f"do:rest:{ONE}"))
    await eventually(lambda: any("в покое" in one.text for one in talk.posted(BORIS.id)))
    again = await talk.anna().asks(f"/rest {ONE}")
    assert "Борис" in again.text
    assert await on(talk) == [ONE]


async def test_nobody_rests_at_first(talk):
    assert (await talk.boris().asks("/wake")).text == words("rest.none")
    assert (await talk.boris().asks(f"/wake {ONE}")).text == words("wake.was_not", who=WHO)


async def test_a_viewer_puts_nobody_to_rest_and_wakes_nobody(talk):
    for command in ("rest", "wake"):
        assert (await talk.vera().asks(f"/{command} {ONE}")).text == refusal("rest", "en")
    question = await talk.boris(GROUP_ID).asks(f"/rest {ONE}")
    said = await talk.vera(GROUP_ID).is_told(question, button(question, "do:wake"))
    assert said == refusal("rest", "ru")
    assert await on(talk) == [ONE]


@pytest.mark.parametrize("setting", ["reconnect", "full"])
async def test_the_bot_does_nothing_by_itself_to_what_rests(tmp_path, setting):
    async with caring(tmp_path, setting) as talk:
        await talk.boris().asks(f"/rest {ONE}")
        await talk.gateway.act(None, "gateway_restart")
        await recorded(talk)
        for _ in range(3):
            await talk.anna().asks(f"/check {ONE}")
        assert await by_itself(talk) == []
        await talk.boris().asks(f"/wake {ONE}")
        await talk.phase(ONE, "connected")


async def test_what_is_muted_is_not_started_again_either(tmp_path):
    async with caring(tmp_path) as talk:
        answer = await talk.boris().asks(f"/mute {ONE} 2h")
        assert "сам бот ничего не делает" in answer.text
        await talk.gateway.act(None, "gateway_restart")
        await recorded(talk)
        for _ in range(3):
            await talk.anna().asks(f"/check {ONE}")
        assert await by_itself(talk) == []
        await talk.boris().asks(f"/unmute {ONE}")
        await talk.phase(ONE, "connected")


async def test_whoever_mends_what_rests_wakes_it_and_is_told(talk):
    await talk.boris().asks(f"/rest {ONE}")
    await talk.gateway.act(None, "gateway_restart")
    await recorded(talk)
    talk.boris().says(f"/reconnect {ONE}")
    await talk.sees(BORIS.id, lambda one: words("wake.by_act", who=WHO, id=ONE) in one.text)
    assert await on(talk) == []
    assert (BORIS.id, "wake", ONE, "done") in await talk.audited()


@pytest.mark.parametrize("wish", [f"/qr {ONE}", f"/code {ONE} 79000962302"])
async def test_whoever_pairs_what_rests_wakes_it(talk, wish):
    await talk.boris().asks(f"/rest {ONE}")
    talk.boris().says(wish)
    await talk.sees(BORIS.id, lambda one: words("wake.by_act", who=WHO, id=ONE) in one.text)
    assert await on(talk) == []


async def test_a_look_and_a_question_wake_nobody(talk):
    await talk.boris().asks(f"/rest {ONE}")
    for question in (f"/status {ONE}", f"/check {ONE}", f"/files {ONE}", f"/reset {ONE}"):
        await talk.boris().asks(question)
    assert await on(talk) == [ONE]


async def test_a_rest_outlives_the_bot(tmp_path):
    async with talking(tmp_path, companies=ALONE) as talk:
        await talk.boris().asks(f"/rest {ONE}")
        await talk.stop()
        await talk.start()
        await talk.gateway.act(ONE, "device_removed")
        await recorded(talk)
        await talk.settle()
        assert told_in_group(talk) == []
        assert await on(talk) == [ONE]


# Somebody has stopped it at the gateway.


async def test_what_was_stopped_there_is_told_once_with_two_ways_on(tmp_path):
    async with caring(tmp_path, "full", kind="waha") as talk:
        await at_gateway(talk, "stop")
        alert = await talk.alert()
        assert words("incident.what.stopped_there") in alert.text
        assert has_button(alert, f"do:wake:{ONE}")
        assert has_button(alert, f"do:rest:{ONE}")
        talk.clock.push(hours=3)
        for _ in range(3):
            await talk.anna().asks(f"/check {ONE}")
        assert not [one for one in talk.posted(GROUP_ID) if words("repeat.todo") in one.text]
        assert await by_itself(talk) == []
        await talk.boris(GROUP_ID).presses(alert, button(alert, f"do:wake:{ONE}"))
        await talk.becomes(alert, lambda one: "🟢" in one.text)


async def test_what_was_stopped_there_and_put_to_rest_starts_when_it_is_woken(tmp_path):
    async with caring(tmp_path, kind="waha") as talk:
        await at_gateway(talk, "stop")
        alert = await talk.alert()
        await talk.boris(GROUP_ID).presses(alert, button(alert, f"do:rest:{ONE}"))
        todo = words("incident.todo.at_rest", by="Борис")
        await talk.becomes(alert, lambda one: todo in one.text)
        assert talk.gateway.phase(ONE) == "stopped"
        await talk.anna().asks(f"/wake {ONE}")
        await talk.phase(ONE, "connected")
        assert "reconnect" in [what for who, what, *_ in await talk.audited() if who == ANNA.id]


async def test_a_stop_there_that_ends_there_is_told_as_over(tmp_path):
    async with caring(tmp_path, kind="waha") as talk:
        await at_gateway(talk, "stop")
        alert = await talk.alert()
        await at_gateway(talk, "start")
        await talk.becomes(alert, lambda one: "🟢" in one.text and not has_button(one, "do:rest"))
