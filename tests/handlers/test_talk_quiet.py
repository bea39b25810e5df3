"""A chat's quiet hours."""

from reading import button, has_button, words

from bot.sandbox.telegram import ANNA, GROUP_ID


async def test_quiet_hours_are_chosen_by_writing_and_ended(talk):
    assert words("quiet.none") in (await talk.anna().asks("/quiet")).text
    assert "23:00–7:00" in (await talk.anna().asks("/quiet 23-7")).text
    shown = await talk.anna().asks("/quiet")
    assert "23:00–7:00" in shown.text
    await talk.anna().presses(shown, button(shown, "quiet:0:0"))
    await talk.becomes(shown, lambda one: words("quiet.none") in one.text)
    assert words("quiet.none") in (await talk.anna().asks("/quiet выкл")).text
    assert (ANNA.id, "quiet", "", "done") in await talk.audited()


async def test_quiet_hours_are_chosen_by_a_button(talk):
    question = await talk.vera().asks("/quiet")
    await talk.vera().presses(question, button(question, "quiet:22:7"))
    await talk.becomes(question, lambda one: "22:00–7:00" in one.text)
    assert not has_button(question, "quiet")


async def test_they_go_by_the_time_zone_of_the_chat(talk):
    await talk.vera().asks("/quiet 23-7")
    assert "UTC" in (await talk.vera().asks("/quiet")).text
    await talk.vera().asks("/timezone Moscow")
    assert "Europe/Moscow" in (await talk.vera().asks("/quiet")).text


async def test_in_a_group_the_owner_chooses(talk):
    answer = await talk.boris(GROUP_ID).asks("/quiet 23-7")
    assert words("right.settings") in answer.text
    assert "23:00–7:00" in (await talk.anna(GROUP_ID).asks("/quiet 23-7")).text


async def test_wrong_hours_are_answered_with_how_to_do_it(talk):
    assert (await talk.vera().asks("/quiet night")).text == words("quiet.how", "en")
    question = await talk.vera().asks("/quiet")
    told = await talk.vera().forges(question, "quiet:99:7")
    assert told == words("error.outdated_button", "en")
