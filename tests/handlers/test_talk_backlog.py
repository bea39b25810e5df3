"""What waited while the bot was off is told in one message to each person in each place."""

import asyncio

from reading import ONE, TWO, button, words
from talking import PATIENCE_S

from bot.sandbox.telegram import ANNA, BORIS, GROUP_ID

LATE = 600
STALE, WAITED = words("error.stale"), words("error.waited")


def said(talk, chat_id, sentence, thread_id=None):
    """Every message of the bot with this sentence in a place."""
    posted = talk.posted(chat_id)
    return [one for one in posted if one.text == sentence and one.thread_id == thread_id]


async def cards(voice):
    """How long two companies may be muted: the same words on the buttons of each."""
    return [await voice.asks(f"/mute {company}") for company in (ONE, TWO)]


async def test_presses_of_many_buttons_are_put_anew_in_one_message(talk):
    shown = await cards(talk.boris())
    await talk.stop()
    wanted = [button(card, "mute:") for card in shown]
    for card, data in zip(shown, wanted, strict=True):
        talk.telegram.press(BORIS.id, BORIS.id, card, data)
        talk.telegram.press(BORIS.id, BORIS.id, card, data)
    await talk.start()
    again = await talk.sees(BORIS.id, lambda one: one.text == WAITED)
    await talk.becomes(again, lambda one: len(one.buttons) == 2)
    assert {one["callback_data"] for one in again.buttons} == set(wanted)
    assert {ONE, TWO} == {one["text"].split()[-1] for one in again.buttons}
    await talk.settle()
    assert len(said(talk, BORIS.id, WAITED)) == 1


async def test_commands_and_presses_together_get_a_sentence_of_each_kind(talk):
    shown = await cards(talk.boris())
    await talk.stop()
    for card in shown:
        talk.telegram.press(BORIS.id, BORIS.id, card, button(card, "mute:"))
        talk.boris().says(f"/mute {ONE} 2h", age_s=LATE)
        talk.boris().says(f"/reset {TWO}", age_s=LATE)
    await talk.start()
    await talk.sees(BORIS.id, lambda one: one.text == WAITED)
    await talk.sees(BORIS.id, lambda one: one.text == STALE)
    await talk.settle()
    assert len(said(talk, BORIS.id, WAITED)) == len(said(talk, BORIS.id, STALE)) == 1


async def test_each_person_in_each_chat_is_told_once(talk):
    await talk.stop()
    for voice in (talk.anna(), talk.boris(), talk.anna(GROUP_ID), talk.boris(GROUP_ID)):
        for company in (ONE, TWO):
            voice.says(f"/mute {company} 2h", age_s=LATE)
    await talk.start()
    for chat_id, count in ((ANNA.id, 1), (BORIS.id, 1), (GROUP_ID, 2)):
        async with asyncio.timeout(PATIENCE_S):
            while len(said(talk, chat_id, STALE)) < count:
                await talk.passes()
        assert len(said(talk, chat_id, STALE)) == count
    assert await talk.rows("mutes") == []


async def test_a_backlog_of_hours_is_no_longer_for_that(talk):
    await talk.stop()
    for hours in range(1, 9):
        talk.anna().says(f"/mute {ONE} {hours}h", age_s=hours * 3600)
        talk.anna().says("/status", age_s=hours * 3600)
    await talk.start()
    await talk.sees(ANNA.id, lambda one: one.text == STALE)
    await talk.settle()
    assert len(said(talk, ANNA.id, STALE)) == 1


async def test_a_topic_is_answered_in_that_topic(forum):
    topic = forum.telegram.open_topic(GROUP_ID, "Север")
    await forum.settle()
    await forum.stop()
    for company in (ONE, TWO):
        forum.boris(GROUP_ID, topic).says(f"/mute {company} 2h", age_s=LATE)
    await forum.start()
    await forum.sees(GROUP_ID, lambda one: one.text == STALE)
    await forum.settle()
    assert len(said(forum, GROUP_ID, STALE, topic)) == 1
