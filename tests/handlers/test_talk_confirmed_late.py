"""A yes to what was asked while things stood worse: it is asked anew, and nothing is done."""

import pytest
from reading import ONE, button, words
from staging import talking

from bot.sandbox.telegram import GROUP_ID

YES = words("button.yes_reset")


@pytest.fixture(params=["ai_admin", "evolution"])
async def either(tmp_path, request):
    """With the directories in reach, and without."""
    async with talking(tmp_path, kind=request.param) as talk:
        yield talk


async def test_a_session_that_works_again_is_asked_about_anew(talk):
    await talk.gateway.act(ONE, "drop")
    await talk.boris(GROUP_ID).asks(f"/check {ONE}")
    question = await talk.boris(GROUP_ID).asks(f"/reset {ONE}")
    await talk.boris(GROUP_ID).asks(f"/reconnect {ONE}")
    await talk.phase(ONE, "connected")
    await talk.boris(GROUP_ID).presses(question, YES)
    await talk.becomes(question, lambda one: "Всё равно сбросить" in one.text and YES in one.labels)
    assert talk.gateway.phase(ONE) == "connected"
    assert talk.set_aside(ONE) == []


async def test_the_second_yes_learns_what_the_first_has_done(either):
    first = await either.anna(GROUP_ID).asks(f"/reset {ONE}")
    second = await either.boris(GROUP_ID).asks(f"/reset {ONE}")
    await either.anna(GROUP_ID).presses(first, YES)
    await either.code(GROUP_ID)
    await either.boris(GROUP_ID).presses(second, YES)
    anew = await either.becomes(second, lambda one: "Всё равно сбросить" in one.text)
    assert "Анна: сброс" in anew.text
    assert len(await either.rows("procedures")) == 1


async def test_the_new_question_is_taken_at_its_word(either):
    first = await either.anna(GROUP_ID).asks(f"/reset {ONE}")
    second = await either.boris(GROUP_ID).asks(f"/reset {ONE}")
    await either.anna(GROUP_ID).presses(first, YES)
    await either.code(GROUP_ID)
    old = button(second, "ans:1")
    await either.boris(GROUP_ID).presses(second, old)
    anew = await either.becomes(second, lambda one: "Всё равно сбросить" in one.text)
    assert button(anew, "ans:1") != old
    await either.boris(GROUP_ID).presses(anew, button(anew, "ans:1"))
    await either.becomes(second, lambda one: words("reset.done.here", what="QR") in one.text)
    assert len(await either.rows("procedures")) == 2
