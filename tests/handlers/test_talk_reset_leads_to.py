"""After a reset it is said where the QR or code really is, and what helps where it is nowhere."""

import pytest
from reading import ONE, has_button, words
from sqlalchemy import update
from talking import eventually

from bot.sandbox.telegram import BORIS, GROUP_ID
from storage.tables import companies

QR, CODE = words("button.yes_reset"), words("button.yes_reset_code")


def led_to(place, means="qr"):
    return words(f"reset.done.{place}", what=words(f"place.means.{means}"))


async def reset(talk, chat_id=GROUP_ID, press=QR):
    """Boris says yes; the message that was the question, which says how it went."""
    boris = talk.boris(chat_id)
    question = await boris.asks(f"/reset {ONE}")
    await boris.presses(question, press)
    return question


async def says(talk, question, place, means="qr"):
    await talk.becomes(question, lambda one: led_to(place, means) in one.text)


async def choose(talk, place):
    question = await talk.anna(GROUP_ID).asks("/place")
    await talk.anna(GROUP_ID).presses(question, f"place:{place}")


def live(talk):
    return talk.gateway.live_pairing_code(ONE)


async def code_in(talk, chat_id):
    await talk.sees(chat_id, lambda one: live(talk) is not None and live(talk) in one.text)


async def test_in_the_chat_where_it_was_asked_for(talk):
    question = await reset(talk, BORIS.id)
    assert await talk.code(BORIS.id)
    await says(talk, question, "here")


async def test_in_the_private_chat_where_the_group_takes_no_photos(talk):
    talk.telegram.set_permissions(GROUP_ID, ["can_send_photos"])
    question = await reset(talk)
    assert await talk.code(BORIS.id)
    await says(talk, question, "private")


@pytest.mark.parametrize(("press", "means"), [(QR, "qr"), (CODE, "code")])
async def test_in_the_private_chat_where_the_group_wants_it_there(talk, press, means):
    await choose(talk, "private")
    question = await reset(talk, press=press)
    await says(talk, question, "private", means)
    assert words("place.sent_in_private", who="Борис", what=words(f"place.means.{means}")) in (
        talk.reads(GROUP_ID)
    )


@pytest.mark.parametrize(("press", "means"), [(QR, "qr"), (CODE, "code")])
async def test_here_for_the_asker_alone(talk, press, means):
    talk.telegram.set_bot_admin(GROUP_ID)
    await choose(talk, "ephemeral")
    question = await reset(talk, press=press)
    await says(talk, question, "ephemeral", means)


async def test_a_code_is_here_where_only_photos_are_refused(talk):
    talk.telegram.set_permissions(GROUP_ID, ["can_send_photos"])
    question = await reset(talk, press=CODE)
    await code_in(talk, GROUP_ID)
    await says(talk, question, "here", "code")


async def test_as_a_code_where_nobody_takes_a_photo(talk):
    talk.telegram.set_permissions(GROUP_ID, ["can_send_photos"])
    talk.telegram.block_bot(BORIS.id)
    question = await reset(talk)
    await code_in(talk, GROUP_ID)
    await says(talk, question, "as_code")


@pytest.mark.parametrize(("press", "means"), [(QR, "qr"), (CODE, "code")])
async def test_nowhere_where_the_private_chat_was_never_opened(talk, press, means):
    await choose(talk, "private")
    talk.telegram.block_bot(BORIS.id)
    question = await reset(talk, press=press)
    await says(talk, question, "nowhere", means)
    assert has_button(question, f"do:qr:{ONE}")
    what = words(f"place.means.{means}")
    await talk.sees(
        GROUP_ID, lambda one: words("place.unreachable", who="Борис", what=what) in one.text
    )


async def test_where_neither_photo_nor_number_nor_private_chat_is_left(talk):
    await talk.gateway.act(ONE, "device_removed")
    await talk.alert()
    async with talk.app.database.writing() as tx:
        unknown = update(companies).where(companies.c.id == ONE)
        await tx.execute(unknown.values(expected_phone=None, linked_phone=None))
    talk.telegram.set_permissions(GROUP_ID, ["can_send_photos"])
    talk.telegram.block_bot(BORIS.id)
    question = await reset(talk)
    await says(talk, question, "nowhere")
    assert has_button(question, f"do:qr:{ONE}")


async def test_a_group_that_takes_no_words_after_the_question_has_it_in_private(talk):
    boris = talk.boris(GROUP_ID)
    question = await boris.asks(f"/reset {ONE}")
    talk.telegram.set_permissions(GROUP_ID, ["can_send_messages", "can_send_photos"])
    await boris.presses(question, CODE)
    await code_in(talk, BORIS.id)
    await eventually(
        lambda: led_to("private", "code") in talk.reads(GROUP_ID) + talk.reads(BORIS.id)
    )
