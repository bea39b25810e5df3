"""Only what a person typed here, themselves and just now, acts."""

from datetime import timedelta

import pytest
from reading import ONE, button, words
from staging import talking
from talking import PATIENCE_S, eventually

from bot.sandbox.telegram import ANNA, BORIS, GLEB, GROUP_ID
from bot.sandbox.telegram.foreign_words import KINDS
from bot.sandbox.telegram.messages import Content
from handlers.dispatcher import _ROOMS

SENTENCES = {
    "via_bot": "via_bot",
    "business_bot": "via_bot",
    "guest": "via_bot",
    "caption": "caption",
    "quote": "quote",
    "external_reply": "quote",
    "empty_story": "quote",
    "protected_story": "quote",
    "edited": "edited",
    "scheduled": "other",
    "paid": "other",
    "automatic": None,  # in the name of a channel
}
FORWARDED = ("user", "hidden_user", "nameless_user", "chat", "channel", "legacy")
ASKED = (f"/grant {GLEB.id} owner", f"/reset {ONE}", f"/mute {ONE} 1h", "/unsubscribe all")


def sentence(kind):
    if kind == "automatic":
        return words("anonymous")
    return words(f"not_own.{'forwarded' if kind in FORWARDED else SENTENCES[kind]}")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("chat_id", [ANNA.id, GROUP_ID])
async def test_words_of_others_do_nothing_and_get_one_sentence(talk, kind, chat_id):
    talk.telegram.set_bot_admin(GROUP_ID)
    before = len(talk.posted(chat_id))
    async with talk.nothing_changes():
        for text in ASKED:
            talk.telegram.utter(ANNA.id, chat_id, text, kind)
        answer = await talk.sees(chat_id, lambda one: one in talk.posted(chat_id)[before:])
    assert answer.text == sentence(kind)


async def test_what_is_forwarded_in_a_group_and_is_no_command_gets_no_answer(talk):
    talk.telegram.set_bot_admin(GROUP_ID)
    before = talk.posted(GROUP_ID)
    for kind in KINDS:
        talk.telegram.utter(ANNA.id, GROUP_ID, "смотрите, что он пишет", kind)
        talk.telegram.utter(ANNA.id, GROUP_ID, "/reset@other_bot 1", kind)
        talk.telegram.utter(ANNA.id, GROUP_ID, "/weather", kind)
    await talk.settle()
    assert talk.posted(GROUP_ID) == before


async def test_a_reply_to_the_bot_in_ones_own_words_acts(talk):
    shown = await talk.anna().asks("/status")
    before = len(talk.posted(ANNA.id))
    talk.telegram.say(ANNA.id, ANNA.id, "/id", reply_to=shown)
    answer = await talk.sees(ANNA.id, lambda one: one in talk.posted(ANNA.id)[before:])
    assert str(ANNA.id) in answer.text


async def test_a_field_of_a_newer_bot_api_lets_questions_pass_and_no_changes(talk):
    before = len(talk.posted(BORIS.id))
    async with talk.nothing_changes():
        for text in (f"/reset {ONE}", f"/status {ONE}"):
            said = _raw(talk, BORIS, text, newest_idea={"by": 1004})
            talk.telegram.inject({"message": said})
        await eventually(lambda: len(talk.posted(BORIS.id)) == before + 2)
    texts = [one.text for one in talk.posted(BORIS.id)[before:]]
    assert words("not_own.other") in texts
    assert any(ONE in text for text in texts)


def _raw(talk, person, text, **more):
    return {
        "message_id": 1,
        "date": talk.telegram.world.now,
        "chat": {"id": person.id, "type": "private", "first_name": person.first_name},
        "from": person.to_api(),
        "text": text,
        **more,
    }


async def test_a_private_chat_of_somebody_else_is_no_place_to_speak(talk):
    said = _raw(talk, BORIS, f"/reset {ONE}") | {"chat": {"id": ANNA.id, "type": "private"}}
    async with talk.nothing_changes():
        talk.telegram.inject({"message": said})


# Old ones.


async def test_a_backlog_of_late_commands_gets_one_sentence(talk):
    await talk.stop()
    for text in (*ASKED, f"/qr {ONE}", f"/code {ONE}", "/board", "/note 1 x"):
        talk.anna().says(text, age_s=600)
    before = len(talk.posted(ANNA.id))
    await talk.start()
    async with talk.nothing_changes():
        await talk.settle()
    stale = [one for one in talk.posted(ANNA.id)[before:] if one.text == words("error.stale")]
    assert len(stale) == 1


async def test_a_press_that_waited_while_the_bot_was_off_is_asked_anew(talk):
    card = await talk.boris().asks(f"/mute {ONE}")
    await talk.stop()
    query = talk.telegram.press(BORIS.id, BORIS.id, card, button(card, f"mute:{ONE}"))
    before = len(talk.posted(BORIS.id))
    await talk.start()
    again = await talk.sees(BORIS.id, lambda one: one in talk.posted(BORIS.id)[before:])
    assert again.text == words("error.waited")
    assert await talk.rows("mutes") == []
    assert [one["callback_data"] for one in again.buttons] == [button(card, f"mute:{ONE}")]
    await talk.telegram.wait_answer(query, timeout_s=PATIENCE_S)
    await talk.boris().presses(again, button(card, f"mute:{ONE}"))
    assert len(await talk.rows("mutes")) == 1


async def test_a_press_that_only_shows_something_is_served_late_too(talk):
    card = await talk.boris().asks(f"/status {ONE}")
    await talk.stop()
    talk.telegram.press(BORIS.id, BORIS.id, card, button(card, f"do:files:{ONE}"))
    before = len(talk.posted(BORIS.id))
    await talk.start()
    shown = await talk.sees(BORIS.id, lambda one: one in talk.posted(BORIS.id)[before:])
    assert shown.text != words("error.waited")


async def test_a_press_that_waited_for_minutes_while_telegram_was_away_is_asked_anew(talk):
    card = await talk.boris().asks(f"/mute {ONE}")
    talk.telegram.fault("outage")
    await talk.telegram.wait_call("getUpdates", lambda one: one.outcome == "outage", PATIENCE_S)
    talk.telegram.press(BORIS.id, BORIS.id, card, button(card, f"mute:{ONE}"))
    talk.clock.push(seconds=150)
    before = len(talk.posted(BORIS.id))
    talk.telegram.clear_faults()
    again = await talk.sees(BORIS.id, lambda one: one in talk.posted(BORIS.id)[before:])
    assert again.text == words("error.waited")


async def test_a_press_on_a_message_that_is_not_the_bots_does_nothing(talk):
    theirs = talk.boris().says("смотри")
    talk.telegram.world.change(theirs, Content(text=theirs.content.text))
    async with talk.nothing_changes():
        talk.telegram.press_data(BORIS.id, BORIS.id, theirs, f"mute:{ONE}:60")
        inline = {"id": "5", "from": BORIS.to_api(), "chat_instance": "1", "data": f"mute:{ONE}:60"}
        talk.telegram.inject({"callback_query": inline | {"inline_message_id": "a"}})
        talk.telegram.inject({"callback_query": inline})
    assert await talk.rows("mutes") == []


def test_every_button_says_whether_it_changes_something():
    for room in _ROOMS:
        for handler in room.build().callback_query.handlers:
            assert isinstance(handler.flags.get("changes"), bool), handler.callback


# Clocks that are wrong.


@pytest.mark.parametrize("hours", [3, -3, 24 * 400, -24 * 400])
async def test_a_wall_clock_that_is_off_silences_nobody_and_obeys_nothing_old(tmp_path, hours):
    async with talking(tmp_path, wall_ahead=timedelta(hours=hours)) as talk:
        assert ONE in (await talk.anna().asks(f"/status {ONE}")).text
        answer = await talk.anna().asks(f"/mute {ONE} 1h", age_s=int(2.9 * 3600))
        assert answer.text == words("error.stale")
        assert await talk.rows("mutes") == []


async def test_a_wall_clock_set_back_does_not_prolong_a_question(talk):
    question = await talk.anna().asks(f"/reset {ONE}")
    talk.machine.jumps(seconds=-120)
    talk.clock.push(seconds=75)
    told = await talk.anna().is_told(question, button(question, "ans:1"))
    assert told == words("error.too_late")
