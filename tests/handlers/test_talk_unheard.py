"""Companies that no chat hears of are pointed out to owners, and nobody else is bothered."""

from reading import ONE, button, has_button

from bot.sandbox.telegram import GROUP_ID, VERA

NOBODY = "Ни один чат не узнаёт"


async def nobody_hears_of_all(talk):
    await talk.anna(GROUP_ID).asks("/unsubscribe all")


async def test_an_owner_is_told_of_whom_no_chat_hears(talk):
    assert NOBODY not in (await talk.anna().asks("/status")).text
    await nobody_hears_of_all(talk)
    await talk.anna(GROUP_ID).asks(f"/subscribe {ONE}")
    for question in ("/status", "/subscriptions"):
        text = (await talk.anna().asks(question)).text
        assert NOBODY in text
        assert ONE not in text[text.index(NOBODY) :]


async def test_others_are_not(talk):
    await nobody_hears_of_all(talk)
    for question in ("/status", "/subscriptions"):
        assert NOBODY not in (await talk.boris().asks(question)).text


async def test_a_chat_that_turned_the_bot_away_does_not_count(talk):
    await nobody_hears_of_all(talk)
    await talk.vera().asks("/subscribe all")
    assert NOBODY not in (await talk.anna(GROUP_ID).asks("/status")).text
    talk.telegram.block_bot(VERA.id)
    await talk.settle()
    assert NOBODY in (await talk.anna(GROUP_ID).asks("/status")).text


async def test_how_loud_it_is_is_chosen_by_buttons_after_subscribing(talk):
    choice = await talk.vera().asks("/subscribe")
    await talk.vera().presses(choice, button(choice, f"sub:{ONE}:info"))
    await talk.becomes(choice, lambda one: has_button(one, f"sub:{ONE}:critical"))
    await talk.vera().presses(choice, button(choice, f"sub:{ONE}:critical"))
    await talk.becomes(choice, lambda one: has_button(one, f"sub:{ONE}:info"))
    [row] = [one for one in await talk.rows("subscriptions") if one["company_id"] == ONE]
    assert row["severity"] == "critical"
