"""The configuration file, read anew while the bot runs."""

import pytest
from reading import ONE, TWO, words
from staging import talking

from bot.domain.access import Right
from bot.sandbox.telegram import ANNA, GROUP_ID  # owners hear in private who is missing

THREE = "481120"


def config(url, folder, north=(ONE, TWO), south=(THREE,), more=""):
    listed = {"north": north, "south": south}
    return more + "".join(
        f'[gateways.{name}]\nkind = "ai_admin"\nurl = "{url}"\n'
        f'sessions_dir = "{folder}/company_{{company}}"\ncompanies = {list(ids)}\n'
        for name, ids in listed.items()
        if ids is not None
    )


@pytest.fixture
async def filed(tmp_path):
    async with talking(tmp_path, config=config) as talk:
        yield talk


def write(talk, **how):
    text = config(talk.gateway.url, talk.folder / "baileys_sessions", **how)
    (talk.folder / "repair-bot.toml").write_text(text)


async def test_two_gateways_are_looked_after_at_once(filed):
    answer = await filed.vera().asks("/status")
    assert answer.labels == [THREE, ONE, TWO]
    question = await filed.boris().asks(f"/reset {THREE}")
    await filed.boris().presses(question, words("button.yes_reset"))
    await filed.code(filed.boris().chat_id, THREE)
    assert filed.set_aside(THREE)


async def test_what_is_the_same_is_said_to_be_so(filed):
    answer = await filed.anna(GROUP_ID).asks("/reload")
    assert answer.text == words("reload.nothing")
    assert (1001, "reload", "", "done") in await filed.audited()


async def test_what_changed_is_said_and_is_so(filed):
    write(filed, north=(ONE,), south=None, more=f'[companies.{ONE}]\nname = "Салон"\n')
    answer = await filed.anna(GROUP_ID).asks("/reload")
    assert "Убран 1 шлюз: south." in answer.text
    assert f"У 1 компании другое имя, номер или предел: {ONE}." in answer.text
    assert f"1 компания осталась без шлюза, бот за ней больше не следит: {THREE}." in answer.text
    assert f"бот следит за ней и дальше: {TWO}." in answer.text
    assert (await filed.vera().asks("/status")).labels == [f"{ONE} Салон", TWO]


async def test_a_gateway_that_joins_is_looked_at(filed):
    write(filed, south=None)
    await filed.anna(GROUP_ID).asks("/reload")
    write(filed)
    assert "Добавлен 1 шлюз: south." in (await filed.anna(GROUP_ID).asks("/reload")).text
    await filed.gateway.act(THREE, "device_removed")
    await filed.alert(THREE)


async def test_a_bad_file_is_refused_and_nothing_is_half_applied(filed):
    write(filed, north=(ONE,), south=("a b",))
    answer = await filed.anna(GROUP_ID).asks("/reload")
    assert words("reload.refused") in answer.text
    assert "строка 10: В gateways.south.companies должно стоять" in answer.text
    assert list(filed.app.registry.adapters) == ["north", "south"]
    assert (1001, "reload", "", "untouched") in await filed.audited()
    await filed.gateway.act(TWO, "device_removed")
    await filed.alert(TWO)


async def test_an_operator_reloads_nothing(filed):
    write(filed, south=None)
    answer = await filed.boris().asks("/reload")
    assert answer.text == words("error.not_allowed", what=words(f"right.{Right.SETTINGS}"))
    assert list(filed.app.registry.adapters) == ["north", "south"]


async def test_without_a_file_there_is_nothing_to_read(talk):
    assert (await talk.anna().asks("/reload")).text == words("reload.no_file")


async def test_the_answer_is_in_the_chats_language(filed):
    voice = filed.anna(GROUP_ID)
    choice = await voice.asks("/lang")
    await voice.presses(choice, "English")
    assert (await voice.asks("/reload")).text == words("reload.nothing", "en")


async def test_the_owners_hear_in_private_who_is_missing(filed):
    write(filed, north=(ONE,), south=None)
    await filed.anna(GROUP_ID).asks("/reload")
    await filed.sees(ANNA.id, lambda one: f"больше нет 1 компании: {TWO}." in one.text)
    await filed.sees(ANNA.id, lambda one: f"убрали из настроек: {THREE}." in one.text)
