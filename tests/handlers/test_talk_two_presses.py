"""From an alert to a QR or a code by buttons alone, and by `/code` where only a reset helps."""

import pytest
from reading import ONE, WHO, button, has_button, words
from sqlalchemy import update
from staging import talking

from bot.sandbox.telegram import GROUP_ID
from storage.tables import companies

PHONE, OTHER = "79000962302", "79000000001"
QR, CODE = words("button.yes_reset"), words("button.yes_reset_code")


def live(talk):
    return talk.gateway.live_pairing_code(ONE)


async def code_in(talk, chat_id):
    """The message that shows the code which can be typed in now."""
    return await talk.sees(chat_id, lambda one: live(talk) is not None and live(talk) in one.text)


async def question_of(talk, voice):
    """The question behind the button of a revoked session's alert."""
    await talk.gateway.act(ONE, "device_removed")
    alert = await talk.alert()
    return await voice.gets(alert, button(alert, f"do:reset:{ONE}"))


async def remembers(talk, **columns):
    """Let the bot know other numbers of the company, which is lost: a look tells no other."""
    await talk.gateway.act(ONE, "device_removed")
    await talk.alert()
    async with talk.app.database.writing() as tx:
        await tx.execute(update(companies).where(companies.c.id == ONE).values(**columns))


async def test_two_presses_from_the_alert_to_the_code_and_it_pairs(talk):
    boris = talk.boris(GROUP_ID)
    question = await question_of(talk, boris)
    await boris.presses(question, CODE)
    message = await code_in(talk, GROUP_ID)
    await talk.becomes(question, lambda one: words("reset.done.here", what="код") in one.text)
    await talk.gateway.act(ONE, "enter_code")
    await talk.becomes(message, lambda one: words("qr.paired", who=WHO) in one.text)
    assert not any(one.photo for one in talk.posted(GROUP_ID))


async def test_two_presses_from_the_alert_to_the_qr(talk):
    boris = talk.boris(GROUP_ID)
    question = await question_of(talk, boris)
    await boris.presses(question, QR)
    assert await talk.code(GROUP_ID)


async def test_of_two_numbers_one_is_chosen_by_a_third_press(talk):
    await remembers(talk, linked_phone=OTHER)
    boris = talk.boris()
    question = await boris.asks(f"/reset {ONE}")
    await boris.presses(question, CODE)
    choice = await talk.becomes(question, lambda one: CODE not in one.labels)
    labels = [words("button.code_for", number=shown) for shown in ("•••2302", "•••0001")]
    assert choice.labels == [*labels, words("button.no")]
    assert PHONE not in str(choice.buttons)
    await boris.presses(choice, labels[1])
    message = await code_in(talk, 1002)
    assert "•••0001" in message.text


async def test_numbers_that_end_alike_do_not_look_alike(talk):
    await remembers(talk, linked_phone="49170962302")
    boris = talk.boris()
    question = await boris.asks(f"/reset {ONE}")
    await boris.presses(question, CODE)
    choice = await talk.becomes(question, lambda one: CODE not in one.labels)
    assert len(set(choice.labels)) == 3


async def test_without_a_number_the_answer_says_how_to_name_one_and_the_question_stays(talk):
    await remembers(talk, expected_phone=None, linked_phone=None)
    boris = talk.boris()
    question = await boris.asks(f"/reset {ONE}")
    told = await boris.is_told(question, CODE)
    assert told == words("code.which_number", company=ONE)
    await boris.presses(question, QR)
    assert await talk.code(1002)


async def test_a_code_is_no_way_to_answer_for_somebody_else(talk):
    question = await talk.boris(GROUP_ID).asks(f"/reset {ONE}")
    async with talk.nothing_changes():
        told = await talk.anna(GROUP_ID).is_told(question, CODE)
    assert told == words("error.not_yours")


async def test_a_number_nobody_offered_is_not_taken(talk):
    boris = talk.boris()
    question = await boris.asks(f"/reset {ONE}")
    data = button(question, "anc:")
    async with talk.nothing_changes():
        query = talk.telegram.press_data(1002, 1002, question, f"{data}0123456789ab")
        await talk.telegram.wait_answer(query, timeout_s=20)


async def test_where_a_code_was_asked_for_too_often_the_qr_comes_and_the_reason_is_said(talk):
    boris = talk.boris()
    question = await boris.asks(f"/reset {ONE}")
    await boris.presses(question, CODE)
    await code_in(talk, 1002)
    again = await boris.asks(f"/reset {ONE}")
    await boris.presses(again, CODE)
    before, _ = words("code.wait.spacing", left="|").split("|")
    await talk.sees(1002, lambda one: before in one.text)
    assert await talk.code(1002)


@pytest.fixture
async def revoked(tmp_path):
    """A gateway that keeps a revoked device's keys and says so: `start` alone brings no code."""
    async with talking(tmp_path, kind="waha") as talk:
        await talk.gateway.act(ONE, "device_removed")
        await talk.alert()
        yield talk


@pytest.mark.parametrize("command", [f"/code {ONE} {PHONE}", f"/qr {ONE}"])
async def test_a_revoked_session_asks_at_once_whether_to_reset(revoked, command):
    boris = revoked.boris()
    boris.says(command)
    question = await revoked.sees(1002, lambda one: QR in one.labels)
    means = command[1:].split()[0]
    assert words(f"question.needs_reset.{means}", who=WHO) in question.text


async def test_a_code_for_a_revoked_session_leads_through_the_reset_by_itself(revoked):
    boris = revoked.boris()
    boris.says(f"/code {ONE} {OTHER}")
    chosen = words("button.code_for", number="•••0001")
    question = await revoked.sees(1002, lambda one: chosen in one.labels)
    await boris.presses(question, chosen)
    message = await code_in(revoked, 1002)
    assert not has_button(message, "anc:")
