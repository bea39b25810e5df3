"""What goes wrong around the conversation: the gateway, Telegram, the bot itself."""

import asyncio
import contextlib
import os
import sys
from dataclasses import replace

import pytest
from reading import ONE, WHO, decoded, has_button, words
from staging import PACE, UNLINKED, settings_text, talking
from talking import eventually

from bot.sandbox.gateway import GatewayCompany

MANY = {
    f"{number:06d}": GatewayCompany(name=f"Salon {number}", phone=f"7900{number:07d}", linked=False)
    for number in range(1, 24)
}


# The gateway.


async def test_a_check_of_a_silent_gateway_says_that_nothing_is_known(talk):
    await talk.gateway.act(None, "gateway_down")
    answer = await talk.boris().asks(f"/check {ONE}")
    assert words("card.as_of_last_look") in answer.text
    assert not has_button(answer, "do:reset")


async def test_a_reset_with_the_gateway_down_touches_nothing(talk):
    question = await talk.boris().asks(f"/reset {ONE}")
    await talk.gateway.act(None, "gateway_down")
    files = talk.files()
    await talk.boris().presses(question, words("button.yes_reset"))
    await talk.becomes(question, lambda one: words("untouched.unseen") in one.text)
    assert talk.files() == files
    assert (1002, "reset", ONE, "untouched") in await talk.audited()


async def test_a_reset_can_be_asked_for_again_when_the_gateway_is_back(talk):
    question = await talk.boris().asks(f"/reset {ONE}")
    await talk.gateway.act(None, "gateway_down")
    await talk.boris().presses(question, words("button.yes_reset"))
    await talk.becomes(question, lambda one: has_button(one, f"do:reset:{ONE}"))
    await talk.gateway.act(None, "gateway_up")
    again = await talk.boris().gets(question, f"do:reset:{ONE}")
    await talk.boris().presses(again, words("button.yes_reset"))
    await talk.code(1002)


async def test_a_reconnect_with_the_gateway_down_says_so(talk):
    await talk.gateway.act(None, "gateway_down")
    progress = await talk.boris().asks(f"/reconnect {ONE}")
    await talk.becomes(progress, lambda one: words("reconnect.untouched", who=WHO) in one.text)


async def test_garbage_from_the_gateway_is_no_lost_session(talk):
    await talk.gateway.act(None, "garbage")
    answer = await talk.boris().asks(f"/check {ONE}")
    assert words("card.as_of_last_look") in answer.text


# Telegram.


async def test_too_many_requests_are_waited_out(talk):
    limit = talk.telegram.fault("429", seconds=1, methods=["sendMessage"], count=1)
    answer = await talk.boris().asks("/status")
    assert "3 компании" in answer.text
    assert limit.hits == 1


async def test_a_press_while_telegram_takes_no_answers_still_does_its_work(talk):
    talk.telegram.fault("500", methods=["answerCallbackQuery"], count=1)
    overview = await talk.boris().asks("/status")
    talk.telegram.press(1002, 1002, overview, f"do:status:{ONE}")
    await talk.sees(1002, lambda one: WHO in one.text)


async def test_a_refusal_that_comes_too_late_for_the_press_is_said_in_the_chat(talk):
    overview = await talk.boris().asks("/status")
    pressed = talk.telegram.press_data(1002, 1002, overview, "do:reset:111")
    del talk.telegram.world.queries[pressed.id]
    await talk.sees(1002, lambda one: words("error.unknown_company", company="111") in one.text)


async def test_a_question_that_was_deleted_can_still_be_answered(talk):
    question = await talk.boris().asks(f"/reset {ONE}")
    yes = question.buttons[0]["callback_data"]
    talk.telegram.delete(1002, 1002, question)
    talk.telegram.press_data(1002, 1002, question, yes)
    await talk.code(1002)


async def test_an_owner_who_never_wrote_keeps_nobody_from_being_served(tmp_path):
    async with talking(tmp_path, settings={"OWNER_IDS": "1001,999"}) as talk:
        assert "3 компании" in (await talk.anna().asks("/status")).text


# Many companies.


@pytest.fixture
async def crowd(tmp_path):
    async with talking(tmp_path, companies=MANY) as talk:
        yield talk


async def test_the_overview_has_pages(crowd):
    first = await crowd.boris().asks("/status")
    assert words("overview.page", page=1, pages=3) in first.text
    await crowd.boris().presses(first, words("button.next"))
    await crowd.becomes(first, lambda one: words("overview.page", page=2, pages=3) in one.text)
    await crowd.boris().presses(first, words("button.next"))
    await crowd.becomes(first, lambda one: words("button.next") not in one.labels)
    assert "000023" in first.text


async def test_the_choice_of_a_company_has_pages(crowd):
    choice = await crowd.boris().asks("/reset")
    assert not has_button(choice, "do:reset:000023")
    await crowd.boris().presses(choice, words("button.next"))
    await crowd.becomes(choice, lambda one: has_button(one, "do:reset:000023"))
    await crowd.boris().presses(choice, words("button.back"))
    await crowd.becomes(choice, lambda one: has_button(one, "do:reset:000001"))


async def test_the_choice_to_subscribe_to_has_pages_too(crowd):
    choice = await crowd.boris().asks("/subscribe")
    await crowd.boris().presses(choice, words("button.next"))
    await crowd.becomes(choice, lambda one: has_button(one, "sub:000023:"))
    await crowd.boris().presses(choice, "sub:000023:info")
    await crowd.becomes(choice, lambda one: "000023" in one.text)


async def test_somebody_with_one_company_is_not_asked_which(talk):
    await talk.anna().asks(f"/grant 1004 operator {ONE}")
    assert WHO in (await talk.gleb().asks("/files")).text
    assert words("choose.reset") in (await talk.gleb().asks("/reset")).text


# The bot itself.


async def test_a_reset_cut_off_by_a_stop_is_finished_at_the_next_start(tmp_path):
    slow = replace(PACE, latency_s=0.3)  # the stop comes before the gateway has started anything
    async with talking(tmp_path, pace=slow) as talk:
        question = await talk.boris().asks(f"/reset {ONE}")
        await talk.boris().presses(question, words("button.yes_reset"))
        await eventually(lambda: talk.set_aside(ONE) != [])
        await talk.stop()
        await talk.start()
        await talk.code(1002)
        assert len(talk.set_aside(ONE)) == 1


async def test_a_bot_killed_while_it_shows_a_code_clears_it_when_it_is_back(tmp_path):
    async with talking(tmp_path, companies=UNLINKED) as talk:
        await talk.stop()
        async with process(talk) as killed:  # importing it all takes a while
            talk.boris().says(f"/qr {ONE}")
            photo = await talk.code(1002)
            killed.kill()
            await killed.wait()
        assert decoded(photo.photo) is not None
        await talk.start()
        said = words("qr.ended.interrupted")
        await talk.becomes(photo, lambda one: said in one.text and decoded(one.photo) is None)


@contextlib.asynccontextmanager
async def process(talk):
    """The bot as a process of its own, which can be killed."""
    environment = {
        "PATH": os.environ["PATH"],
        "LISTEN": "",
        **settings_text(talk.folder, talk.telegram, talk.gateway),
    }
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    polls = sum(call.method == "getUpdates" for call in talk.telegram.calls)
    try:
        await eventually(
            lambda: sum(call.method == "getUpdates" for call in talk.telegram.calls) > polls,
            within_s=90,
        )
        yield running
    finally:
        with contextlib.suppress(ProcessLookupError):
            running.kill()
        await running.wait()
