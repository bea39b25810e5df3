"""By whose clock a chat lives."""

from reading import button, words

from bot.sandbox.telegram import ANNA, GROUP_ID


async def test_a_zone_is_chosen_by_its_name_or_by_its_city(talk):
    assert "UTC" in (await talk.anna().asks("/timezone")).text
    answer = await talk.anna().asks("/timezone asia/almaty")
    assert "Asia/Almaty" in answer.text
    answer = await talk.anna().asks("/timezone moscow")
    assert "Europe/Moscow" in answer.text
    assert "Europe/Moscow" in (await talk.anna().asks("/timezone")).text
    assert (ANNA.id, "timezone", "", "done") in await talk.audited()


async def test_a_zone_is_chosen_by_a_button(talk):
    question = await talk.vera().asks("/timezone")
    await talk.vera().presses(question, button(question, "zone:Europe/Samara"))
    await talk.becomes(question, lambda one: "Europe/Samara" in one.text and not one.buttons)


async def test_an_unknown_zone_is_answered_with_how_to_write_it(talk):
    assert (await talk.anna().asks("/timezone Луна")).text == words("timezone.unknown")
    assert (await talk.vera().asks("/timezone +3")).text == words("timezone.unknown", "en")


async def test_in_a_group_the_owner_chooses(talk):
    question = await talk.boris(GROUP_ID).asks("/timezone")
    told = await talk.boris(GROUP_ID).is_told(question, button(question, "zone:Europe/Moscow"))
    assert words("right.settings") in told
    answer = await talk.anna(GROUP_ID).asks("/timezone Europe/Moscow")
    assert "Europe/Moscow" in answer.text


async def test_a_group_that_becomes_a_supergroup_keeps_its_zone(talk):
    await talk.anna(GROUP_ID).asks("/timezone Europe/Moscow")
    await talk.app.actions.chats.moved(GROUP_ID, -100777)
    assert (await talk.app.actions.timezones.of(-100777)).key == "Europe/Moscow"
