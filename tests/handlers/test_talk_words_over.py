"""Words that are over go: no card promises what has long been decided."""

from reading import ONE, WHO, button, has_button, words
from staging import talking

from bot.sandbox.telegram import GROUP_ID

NUMBERS = {"linked": "•••2303", "expected": "•••2302"}


async def scanned_with_another_phone(talk):
    """The card of the lost session, once somebody has scanned with the wrong phone."""
    boris = talk.boris(GROUP_ID)
    await talk.gateway.act(ONE, "device_removed")
    alert = await talk.alert()
    question = await boris.gets(alert, button(alert, f"do:reset:{ONE}"))
    await boris.presses(question, words("button.yes_reset"))
    await talk.code(GROUP_ID)
    await talk.gateway.act(ONE, "scan_other_number")
    await talk.sees(GROUP_ID, lambda one: has_button(one, f"do:accept:{ONE}"))
    return alert


async def test_a_session_on_another_number_says_whose_turn_it_is(talk):
    card = await scanned_with_another_phone(talk)
    elsewhere = words("incident.what.elsewhere", **NUMBERS)
    await talk.becomes(card, lambda one: elsewhere in one.text)
    assert words("incident.todo.elsewhere") in card.text
    assert words("incident.todo.settling") not in card.text


async def test_it_is_over_once_an_owner_takes_the_number_as_right(talk):
    card = await scanned_with_another_phone(talk)
    alarm = await talk.sees(GROUP_ID, lambda one: has_button(one, f"do:accept:{ONE}"))
    await talk.anna(GROUP_ID).presses(alarm, button(alarm, f"do:accept:{ONE}"))
    await talk.becomes(card, lambda one: "🟢" in one.text)
    assert words("incident.what.elsewhere", **NUMBERS) not in card.text


async def test_a_recovered_card_promises_nothing(tmp_path):
    reconnecting = {"AUTO_RECOVERY": "reconnect"}
    async with talking(tmp_path, settings=reconnecting) as talk:
        boris = talk.boris(GROUP_ID)
        await talk.gateway.act(ONE, "device_removed")
        alert = await talk.alert()
        promise = words("auto.then.no_more")
        await talk.becomes(alert, lambda one: promise in one.text)
        question = await boris.gets(alert, button(alert, f"do:reset:{ONE}"))
        await boris.presses(question, words("button.yes_reset"))
        photo = await talk.code(GROUP_ID)
        await talk.gateway.act(ONE, "scan")
        await talk.becomes(photo, lambda one: words("qr.paired", who=WHO) in one.text)
        await talk.becomes(alert, lambda one: "🟢" in one.text)
        assert promise not in alert.text
