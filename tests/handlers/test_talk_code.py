"""A code to be typed in: for those whose only phone is the one to be linked."""

import pytest
from reading import ONE, WHO, button, has_button, words
from staging import UNLINKED, talking

from bot.sandbox.telegram import GROUP_ID

PHONE, OTHER = "79000962302", "79000000001"


def live(talk):
    return talk.gateway.live_pairing_code(ONE)


def shows_code(talk, message):
    return live(talk) is not None and live(talk) in message.text


async def shown(talk, voice, phone=PHONE):
    """The message that shows the code which can be typed in now."""
    voice.says(f"/code {ONE} {phone}".strip())
    return await talk.sees(voice.chat_id, lambda one: shows_code(talk, one))


async def ends(talk, message, key, **params):
    """The message, once it has ended with these words and holds no code."""
    code = copied(message) or live(talk)
    said = words(key, **params)
    ended = await talk.becomes(message, lambda one: said in one.text)
    assert code is None or code not in ended.text
    assert copied(ended) is None
    return ended


def copied(message):
    """What the one-tap button puts on the clipboard."""
    texts = [one["copy_text"]["text"] for one in message.buttons if "copy_text" in one]
    return texts[0] if texts else None


async def test_a_company_is_paired_on_its_only_phone(unlinked):
    message = await shown(unlinked, unlinked.boris(), "+7 900 096-23-02")
    assert "•••2302" in message.text
    assert PHONE not in message.text
    await unlinked.gateway.act(ONE, "enter_code", code=copied(message))
    await ends(unlinked, message, "qr.paired", who=WHO)
    assert unlinked.gateway.phase(ONE) == "connected"
    assert (1002, "code", ONE, "Paired") in await unlinked.audited()


async def test_the_code_is_copied_by_one_tap_and_stays_in_the_chat(unlinked):
    message = await shown(unlinked, unlinked.boris())
    assert copied(message) == live(unlinked)
    assert any(entity["type"] == "code" for entity in message.entities)
    assert message.protected


async def test_the_steps_are_told_for_iphone_and_android(unlinked):
    message = await shown(unlinked, unlinked.boris())
    assert words("code.how") in message.text
    assert "iPhone" in message.text
    assert "Android" in message.text


async def test_the_seconds_left_are_counted_down_by_the_readers_app(unlinked):
    message = await shown(unlinked, unlinked.boris())
    (moment,) = [entity for entity in message.entities if entity["type"] == "date_time"]
    assert moment["date_time_format"] == "r"
    assert moment["unix_time"] > unlinked.clock().timestamp()


async def test_a_button_under_the_qr_leads_to_the_code_and_back(talk):
    boris = talk.boris()
    question = await boris.asks(f"/reset {ONE}")
    await boris.presses(question, words("button.yes_reset"))
    photo = await talk.code(1002)
    await boris.presses(photo, button(photo, f"do:code:{ONE}"))
    message = await talk.sees(1002, lambda one: shows_code(talk, one))
    await talk.becomes(photo, lambda one: words("qr.ended.moved") in one.text)
    await boris.presses(message, button(message, f"do:qr:{ONE}"))
    assert await talk.code(1002) is not photo
    await ends(talk, message, "code.ended.moved")


async def test_without_a_number_the_known_one_is_taken(talk):
    await talk.gateway.act(ONE, "device_removed")
    question = await talk.boris().asks(f"/reset {ONE}")
    await talk.boris().presses(question, words("button.yes_reset"))
    await talk.code(1002)
    await shown(talk, talk.boris(), "")
    await talk.gateway.act(ONE, "enter_code")
    await talk.sees(1002, lambda one: words("qr.paired", who=WHO) in one.text)


async def test_without_any_number_the_bot_says_how_to_name_one(unlinked):
    answer = await unlinked.boris().asks(f"/code {ONE}")
    assert answer.text == words("code.which_number", company=ONE)


@pytest.mark.parametrize("number", ["12", "8 900 096-23-02", "0900962302", "номер", "1" * 16])
async def test_what_is_no_number_with_a_country_code_is_refused(unlinked, number):
    async with unlinked.nothing_changes():
        answer = await unlinked.boris().asks(f"/code {ONE} {number}")
        assert answer.text == words("code.bad_number", company=ONE)


async def test_the_company_can_be_chosen_by_a_button(talk):
    choice = await talk.boris().asks("/code")
    assert words("choose.code") in choice.text
    told = await talk.boris().gets(choice, f"do:code:{ONE}")
    assert words("code.ended.already_connected") in told.text


async def test_a_second_code_within_a_minute_is_refused_and_the_first_stays(unlinked):
    message = await shown(unlinked, unlinked.boris())
    answer = await unlinked.boris().asks(f"/code {ONE} {PHONE}")
    before, after = words("code.wait.spacing", left="|").split("|")
    assert answer.text.startswith(before)
    assert answer.text.removeprefix(before).removesuffix(after)[:1].isdigit()
    assert shows_code(unlinked, message)


async def test_nobody_types_it_in_and_the_attempt_is_cleared_away(tmp_path):
    async with talking(tmp_path, companies=UNLINKED, codes=1) as talk:
        message = await shown(talk, talk.boris())
        await talk.phase(ONE, "disconnected")
        talk.clock.push(seconds=61)
        ended = await ends(talk, message, "code.ended.expired")
        assert words("code.tidied") in ended.text
        assert [path.name.endswith(".spent") for path in talk.set_aside(ONE)] == [True]
        await talk.boris().presses(ended, button(ended, f"do:code:{ONE}"))
        again = await talk.sees(1002, lambda one: shows_code(talk, one))
        assert again is not ended


async def test_after_an_unused_code_a_restore_finds_the_keys_of_before(talk):
    question = await talk.boris().asks(f"/reset {ONE}")
    await talk.boris().presses(question, words("button.yes_reset"))
    await talk.code(1002)
    message = await shown(talk, talk.boris())
    await talk.boris().presses(message, button(message, f"do:qr:{ONE}"))
    await talk.code(1002)
    question = await talk.boris().asks(f"/restore {ONE}")
    await talk.boris().presses(question, words("button.yes_restore"))
    await talk.phase(ONE, "connected")


async def test_a_code_for_another_number_warns_and_ends_as_such(talk):
    question = await talk.boris().asks(f"/reset {ONE}")
    await talk.boris().presses(question, words("button.yes_reset"))
    await talk.code(1002)
    message = await shown(talk, talk.boris(), OTHER)
    assert words("code.other_number", expected="•••2302") in message.text
    await talk.gateway.act(ONE, "enter_code")
    params = {"who": WHO, "linked": "•••0001", "expected": "•••2302"}
    await ends(talk, message, "qr.wrong_number", **params)


async def test_a_build_without_codes_offers_the_qr(unlinked):
    await unlinked.gateway.act(None, "codes_unsupported")
    message = await unlinked.boris().asks(f"/code {ONE} {PHONE}")
    ended = await ends(unlinked, message, "code.ended.unsupported")
    assert has_button(ended, f"do:qr:{ONE}")


async def test_a_refusal_of_whatsapp_stops_the_codes_for_an_hour_and_says_so(unlinked):
    await unlinked.gateway.act(None, "codes_limited")
    message = await unlinked.boris().asks(f"/code {ONE} {PHONE}")
    await ends(unlinked, message, "code.ended.too_many")
    await unlinked.gateway.act(None, "codes_given")
    unlinked.clock.push(minutes=58)
    answer = await unlinked.boris().asks(f"/code {ONE} {PHONE}")
    assert "отказался" in answer.text
    unlinked.clock.push(minutes=3)
    await shown(unlinked, unlinked.boris())


async def test_a_viewer_gets_no_code(unlinked):
    async with unlinked.nothing_changes():
        answer = await unlinked.vera().asks(f"/code {ONE} {PHONE}")
    what = words("right.pair", "en")
    assert words("error.not_allowed_here", "en", company=ONE, what=what) in answer.text


async def test_an_old_command_for_a_code_is_not_obeyed(unlinked):
    async with unlinked.nothing_changes():
        answer = await unlinked.boris().asks(f"/code {ONE} {PHONE}", age_s=600)
        assert answer.text == words("error.stale")


async def test_a_bot_that_is_stopped_takes_the_code_away_and_clears_up_at_the_next_start(unlinked):
    message = await shown(unlinked, unlinked.boris())
    await unlinked.stop()
    await ends(unlinked, message, "code.ended.interrupted")
    await unlinked.start()
    await unlinked.phase(ONE, "stopped")
    await unlinked.boris().presses(message, button(message, f"do:qr:{ONE}"))
    assert await unlinked.code(1002)


async def test_neither_number_nor_code_is_in_the_audit(unlinked, caplog, capsys):
    message = await shown(unlinked, unlinked.anna(GROUP_ID))
    code = copied(message)
    (row,) = [one for one in await unlinked.rows("audit") if one["action"] == "code"]
    assert row["details"]["phone"] == "•••2302"
    written = caplog.text + capsys.readouterr().out
    assert PHONE not in written
    assert code not in written
