"""First contact, as a conversation."""

import pytest
from reading import button, has_button, words
from staging import talking

from bot.cli.demo import GATEWAY_KEY


@pytest.fixture
async def unheard(tmp_path):
    """No chat is named in the settings, so nobody hears yet."""
    async with talking(tmp_path, settings={"TELEGRAM_CHAT_ID": ""}) as talk:
        yield talk


@pytest.fixture
async def empty(tmp_path):
    """The gateway has no session at all."""
    async with talking(tmp_path, companies={}, settings={"COMPANIES": "auto"}) as talk:
        yield talk


def says(key, mark="✅", **params):
    """The sentence of a station."""
    return words(key, mark=mark, **params)


async def looked_at(talk, voice):
    """The tour, once the bot has looked at the sessions."""
    for _ in range(200):
        answer = await voice.asks("/start")
        if "на связи — 3" in answer.text:
            return answer
    raise AssertionError(answer.text)


async def test_an_owner_is_led_from_the_gateway_to_a_chat_that_hears(unheard):
    answer = await looked_at(unheard, unheard.anna())
    assert "✅ Шлюз ai_admin отвечает за" in answer.text
    assert "✅ Нашлось 3 компании, на связи — 3." in answer.text
    assert says("onboarding.hears.nobody", "❌") in answer.text

    await unheard.anna().presses(answer, words("onboarding.button.subscribe"))
    await unheard.becomes(answer, lambda one: says("onboarding.hears") in one.text)
    assert not has_button(answer, "tour:subscribe")

    alert = await unheard.anna().gets(answer, words("onboarding.button.test"))
    assert words("onboarding.test.what") in alert.text
    assert not alert.silent
    await unheard.becomes(answer, lambda one: words("onboarding.done") in one.text)
    assert "✅ Пробная тревога ушла в этот чат" in answer.text
    assert [row[1] for row in await unheard.audited()][-2:] == ["subscribe", "test_alert"]


async def test_where_others_hear_that_is_said(talk):
    answer = await talk.anna().asks("/start")
    assert "▫️ Об авариях узнаёт 1 другой чат, а этот — нет." in answer.text
    assert has_button(answer, "tour:subscribe")


async def test_a_gateway_that_is_down_comes_with_what_to_check(talk):
    await talk.gateway.act(None, "gateway_down")
    answer = await talk.anna().asks("/start")
    assert says("onboarding.gateway.silent", "❌", name="ai_admin") in answer.text
    await talk.gateway.act(None, "gateway_up")
    while "✅ Шлюз ai_admin" not in answer.text:
        assert words("onboarding.gateway.unreadable", mark="❌", name="ai_admin") not in answer.text
        await talk.anna().presses(answer, words("onboarding.button.look"))
        await talk.settle()


@pytest.mark.parametrize("kind", ["waha", "evolution"])
async def test_a_refused_key_is_named_for_what_it_is(tmp_path, kind):
    async with talking(tmp_path, kind=kind) as talk:
        talk.gateway.want_key(f"{GATEWAY_KEY}-another")
        for _ in range(200):
            answer = await talk.vera().asks("/gateways")
            if words("gateways.refused", "en") in answer.text:
                break
        answer = await talk.anna().asks("/start")
        assert says("onboarding.gateway.refused", "❌", name=kind) in answer.text


async def test_no_company_is_no_dead_end(empty):
    answer = await empty.anna().asks("/start")
    assert says("onboarding.companies.none", "❌") in answer.text
    assert has_button(answer, "tour:look")
    assert not has_button(answer, "page:")


async def test_a_group_is_told_what_an_administrator_could_do(talk):
    answer = await talk.anna(talk.group_id).asks("/start")
    assert says("onboarding.hears") in answer.text
    assert says("onboarding.no_admin", "▫️") in answer.text
    talk.telegram.set_bot_admin(talk.group_id)
    await talk.anna(talk.group_id).presses(answer, button(answer, "tour:test"))
    assert await talk.becomes(answer, lambda one: "закреплять" not in one.text)


async def test_others_are_greeted_as_before(talk):
    answer = await talk.vera().asks("/start")
    assert words("start.you_may", "en") in answer.text
    assert not has_button(answer, "tour:")


async def test_only_an_owner_takes_the_next_step(talk):
    answer = await talk.anna(talk.group_id).asks("/start")
    async with talk.nothing_changes():
        for step in ("tour:look", "tour:test"):
            assert await talk.boris(talk.group_id).forges(answer, step)


async def test_the_tour_speaks_english(talk):
    choice = await talk.anna().asks("/lang")
    await talk.anna().presses(choice, "English")
    await talk.becomes(choice, lambda one: one.text == words("language.set", "en"))
    answer = await talk.anna().asks("/start")
    assert "✅ The gateway ai_admin answers in" in answer.text
    assert words("onboarding.left", "en") in answer.text
