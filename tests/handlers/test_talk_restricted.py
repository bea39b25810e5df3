"""A session that is connected and may not write first: told with its end, and left alone."""

import pytest
from reading import ONE, WHO, has_button, words
from staging import talking

from bot.sandbox.telegram import GROUP_ID

ACTS = {"may_not_write_first": "not_first", "quota_used_up": "used_up"}


def offers_nothing_that_makes_it_worse(card):
    harmful = ("do:reset", "do:qr", "do:reconnect", "do:repair", "do:code")
    return not any(has_button(card, press) for press in harmful)


async def restricted(talk, act="may_not_write_first", look="not_first", language="ru"):
    await talk.gateway.act(ONE, act)
    return await talk.sees(
        GROUP_ID, lambda one: words(f"incident.what.{look}", language) in one.text
    )


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("act", ACTS)
async def test_it_is_told_with_its_end_and_cleared_when_it_is_lifted(tmp_path, act, language):
    async with talking(tmp_path, kind="waha", settings={"LANGUAGE": language}) as talk:
        card = await restricted(talk, act, ACTS[act], language)
        assert card.text.startswith("🟠")
        until = words("incident.until", language, moment="").rstrip(". ")
        assert until in card.text
        assert words(f"incident.todo.{ACTS[act]}", language) in card.text
        assert offers_nothing_that_makes_it_worse(card)
        await talk.gateway.act(ONE, "restriction_lifted")
        over = words("over.restricted", language, who=WHO, took="")
        await talk.becomes(card, lambda one: over[:30] in one.text)


async def test_it_is_over_by_its_time_though_the_gateway_goes_on_saying_so(tmp_path):
    async with talking(tmp_path, kind="waha") as talk:
        card = await restricted(talk)
        talk.clock.push(hours=25)
        await talk.becomes(card, lambda one: "ограничение закончилось" in one.text)


async def test_its_card_offers_neither_a_reset_nor_a_pairing(tmp_path):
    async with talking(tmp_path, kind="waha") as talk:
        await restricted(talk)
        answer = await talk.boris().asks(f"/status {ONE}")
        assert words("incident.brief.not_first") in answer.text or WHO in answer.text
        assert offers_nothing_that_makes_it_worse(answer)


async def test_who_asks_for_a_reset_is_told_that_it_lifts_nothing(tmp_path):
    async with talking(tmp_path, kind="waha") as talk:
        await restricted(talk)
        question = await talk.boris().asks(f"/reset {ONE}")
        assert words("question.restricted") in question.text


async def test_without_a_restriction_the_question_says_nothing_of_one(tmp_path):
    async with talking(tmp_path, kind="waha") as talk:
        question = await talk.boris().asks(f"/reset {ONE}")
        assert words("question.restricted") not in question.text


async def test_the_bot_itself_leaves_it_alone(tmp_path):
    async with talking(tmp_path, kind="waha", settings={"AUTO_RECOVERY": "full"}) as talk:
        await restricted(talk)
        logins = talk.gateway.logins(ONE)
        for _ in range(5):
            await talk.settle()
        assert talk.gateway.phase(ONE) == "connected"
        assert talk.gateway.logins(ONE) == logins


@pytest.mark.parametrize("kind", ["waha", "wuzapi", "gowa"])
async def test_a_refused_test_message_is_told_as_a_restriction_and_not_as_a_dead_connection(
    tmp_path, kind
):
    async with talking(tmp_path, kind=kind) as talk:
        await talk.gateway.act(ONE, "sends_refused")
        answer = await talk.boris().asks(f"/probe {ONE}")
        await talk.becomes(answer, lambda one: words("probe.ended.restricted", who=WHO) in one.text)
        card = await talk.sees(GROUP_ID, lambda one: words("incident.what.not_first") in one.text)
        assert offers_nothing_that_makes_it_worse(card)
        assert not any(words("incident.what.zombie") in one.text for one in talk.posted(GROUP_ID))
        await talk.gateway.act(ONE, "restriction_lifted")
        again = await talk.boris().asks(f"/probe {ONE}")
        await talk.becomes(again, lambda one: words("probe.sending", who=WHO) not in one.text)
        await talk.becomes(card, lambda one: "ограничение закончилось" in one.text)


@pytest.mark.real_time  # lines bear the machine's time: what is old by it is no news
async def test_lines_of_the_log_are_told_as_the_logs_word(tmp_path):
    async with talking(tmp_path, logged=True) as talk:
        await talk.gateway.act(ONE, "sends_refused")
        for count in range(3):
            answer = await talk.boris().asks(f"/probe {ONE}")
            await talk.becomes(answer, lambda one: "сообщение ушло" in one.text)
            told = [one.text for one in talk.posted(GROUP_ID)] if count < 2 else []
            assert not any(words("incident.what.not_first") in text for text in told)
        card = await talk.sees(GROUP_ID, lambda one: words("incident.what.not_first") in one.text)
        assert words("incident.restricted_by.log") in card.text
