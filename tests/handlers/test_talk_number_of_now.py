"""The press "this number is right" speaks of the number that was shown, and never of another."""

from reading import ONE, WHO, button, has_button, words

from bot.sandbox.telegram import GROUP_ID
from handlers.callbacks import AcceptNumber, digits_tag, tagged_digits

BORIS = 1002
OTHER = "79005556666"


async def wrong_number(talk):
    """The alert of a session that was reset and scanned with another phone."""
    question = await talk.boris().asks(f"/reset {ONE}")
    await talk.boris().presses(question, words("button.yes_reset"))
    await talk.phase(ONE, "awaiting_scan")
    await talk.sees(BORIS, lambda one: one.photo is not None)
    await talk.gateway.act(ONE, "scan_other_number")
    return await talk.sees(
        GROUP_ID, lambda one: ONE in one.text and has_button(one, f"do:accept:{ONE}")
    )


async def links(talk, phone):
    """Somebody links another phone by hand, past the bot."""
    talk.gateway.relink(ONE, phone)
    await talk.phase(ONE, "connected")


async def still_presses(talk, message, data):
    """What a press brings that was on its way while the message was edited."""
    before = len(talk.posted(GROUP_ID))
    talk.telegram.press_data(talk.anna().person.id, GROUP_ID, message, data)
    return await talk.sees(GROUP_ID, lambda one: one in talk.posted(GROUP_ID)[before:])


async def expected(talk):
    (row,) = [row for row in await talk.rows("companies") if row["id"] == ONE]
    return row["expected_phone"]


async def test_another_number_than_the_shown_one_is_not_accepted(talk):
    alert = await wrong_number(talk)
    accept, before = button(alert, f"do:accept:{ONE}"), await expected(talk)
    await links(talk, OTHER)
    told = await still_presses(talk, alert, accept)
    assert words("number.anew", who=WHO, linked="•••6666", expected="•••2302") == told.text
    assert await expected(talk) == before


async def test_the_question_anew_is_taken_at_its_word(talk):
    alert = await wrong_number(talk)
    accept = button(alert, f"do:accept:{ONE}")
    await links(talk, OTHER)
    anew = await still_presses(talk, alert, accept)
    told = await talk.anna(GROUP_ID).gets(anew, button(anew, f"do:accept:{ONE}"))
    assert "•••6666" in told.text
    assert await expected(talk) == OTHER


async def test_the_alert_itself_names_the_number_of_now(talk):
    alert = await wrong_number(talk)
    await links(talk, OTHER)
    await talk.anna().asks(f"/check {ONE}")
    told = await talk.becomes(alert, lambda one: "•••6666" in one.text)
    assert button(told, "do:accept").endswith(digits_tag(OTHER))


async def test_a_number_that_only_ends_alike_is_not_accepted(talk):
    alert = await wrong_number(talk)
    accept, before = button(alert, f"do:accept:{ONE}"), await expected(talk)
    talk.clock.push(seconds=10)  # the alert was shown long before
    await links(talk, OTHER[:-4] + "2303")
    card = await still_presses(talk, alert, accept)
    assert has_button(card, f"do:accept:{ONE}")
    assert await expected(talk) == before


async def test_a_button_that_names_no_number_accepts_none(talk):
    """One of a version that did not say which."""
    alert = await wrong_number(talk)
    before = await expected(talk)
    told = await still_presses(talk, alert, f"do:accept:{ONE}")
    assert has_button(told, f"do:accept:{ONE}")
    assert await expected(talk) == before


async def test_behind_a_silent_gateway_no_number_is_accepted(talk):
    alert = await wrong_number(talk)
    accept, before = button(alert, f"do:accept:{ONE}"), await expected(talk)
    await talk.gateway.act(None, "gateway_down")
    told = await talk.anna(GROUP_ID).is_told(alert, accept)
    assert told == words("number.unseen")
    assert await expected(talk) == before


def test_every_four_digits_have_a_tag_of_their_own():
    tags = {digits_tag(f"7900111{last:04d}"): f"{last:04d}" for last in range(10_000)}
    assert len(tags) == 10_000
    assert all(tagged_digits(tag) == last for tag, last in tags.items())


def test_what_does_not_end_in_four_digits_has_no_tag():
    for shown in ("", "1", "•••1", "•••12", "?", "+7 900 1 23", "\u0661\u0662\u0663\u0664"):
        assert digits_tag(shown) is None, shown


def test_what_is_no_tag_names_no_digits():
    for tag in ("", "1", "zzz", "ABC", "1234", "÷12", "\u0661\u0662\u0663"):
        assert tagged_digits(tag) is None, tag


def test_the_longest_company_id_leaves_room_for_the_tag():
    assert len(AcceptNumber(company="x" * 50, shown=digits_tag("79001112303")).pack()) <= 64
