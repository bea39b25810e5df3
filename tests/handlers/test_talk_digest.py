"""The digest of the day."""

from reading import ONE, button, words

from bot.sandbox.telegram import ANNA, GROUP_ID


def titled(message):
    """Whether a digest stands in it, perhaps below a notice that left with it."""
    heads = ("🗓 Сводка за сутки", "🟢 За сутки")
    return any(line.startswith(heads) for line in message.text.splitlines())


def digests(talk):
    return [one for one in talk.posted(GROUP_ID) if titled(one)]


def in_hours(talk, n):
    return (talk.clock().hour + n) % 24


async def wants_digest(talk, n=2):
    """Anna asks for one that is due within so many hours."""
    return await talk.anna(GROUP_ID).asks(f"/digest {in_hours(talk, n)}")


async def test_it_is_chosen_by_writing_changed_by_buttons_and_ended(talk):
    assert words("digest.none") in (await talk.anna(GROUP_ID).asks("/digest")).text
    answer = await talk.anna(GROUP_ID).asks("/digest 9:00")
    assert "9:00" in answer.text
    assert "UTC" in answer.text
    await talk.anna(GROUP_ID).presses(answer, words("button.digest_if_trouble"))
    await talk.becomes(answer, lambda one: "молчит" in one.text)
    await talk.anna(GROUP_ID).presses(answer, words("button.digest_off"))
    await talk.becomes(answer, lambda one: one.text == words("digest.none"))
    assert (ANNA.id, "digest", "", "done") in await talk.audited()


async def test_an_hour_is_chosen_by_a_button_and_off_by_a_word(talk):
    question = await talk.anna(GROUP_ID).asks("/digest")
    await talk.anna(GROUP_ID).presses(question, button(question, "digest:8:1"))
    await talk.becomes(question, lambda one: "8:00" in one.text)
    assert (await talk.anna(GROUP_ID).asks("/digest выкл")).text == words("digest.none")


async def test_who_was_down_is_told_at_the_hour_and_once(talk):
    await talk.gateway.act(ONE, "device_removed")
    await talk.alert()
    await wants_digest(talk)
    talk.clock.push(hours=2)
    told = await talk.sees(GROUP_ID, titled)
    assert words("digest.down") in told.text
    assert ONE in told.text
    assert words("offer.status") in told.labels
    await talk.settle()
    assert digests(talk) == [told]


async def test_days_without_the_bot_are_made_up_for_by_one(talk):
    await talk.gateway.act(ONE, "device_removed")
    await talk.alert()
    await wants_digest(talk)
    await talk.stop()
    talk.clock.push(days=3)
    await talk.start()
    told = await talk.sees(GROUP_ID, titled)
    await talk.stop()
    await talk.start()
    await talk.settle()
    assert digests(talk) == [told]


async def test_a_chat_that_hears_of_nothing_is_shown_how_to_begin(talk):
    answer = await talk.vera().asks("/digest 9")
    assert answer.text == words("digest.nothing", "en")
    await talk.vera().presses(answer, "sub:*:info")
    assert "9:00" in (await talk.vera().asks("/digest 9")).text


async def test_a_wrong_hour_is_answered_with_how_to_do_it(talk):
    assert (await talk.anna().asks("/digest half past nine")).text == words("digest.how")
    question = await talk.anna(GROUP_ID).asks("/digest")
    told = await talk.anna(GROUP_ID).forges(question, "digest:99:1")
    assert told == words("error.outdated_button")
