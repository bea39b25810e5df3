"""A gateway of one's own, told by a file: the main job, and a word that nobody knows."""

from importlib.resources import files

import pytest
from reading import ONE, WHO, button, decoded, has_button, words
from staging import talking

from bot.sandbox.telegram import GROUP_ID


@pytest.fixture
async def talk(tmp_path):
    mine = tmp_path / "my-gateway.toml"
    text = files("bot.gateways.described").joinpath("openwa.toml").read_text()
    mine.write_text(text.replace('stopped = ["created"]\n', ""))  # a word that its writer forgot
    settings = {"GATEWAY": f"file:{mine}", "GRACE": "1"}
    async with talking(tmp_path, kind="openwa", settings=settings) as talk:
        yield talk


async def test_a_home_made_gateway_is_brought_back_by_qr(talk):
    await talk.phase(ONE, "connected")
    await talk.boris().asks("/status")
    await talk.gateway.act(ONE, "device_removed")
    alert = await talk.alert()
    boris = talk.boris(GROUP_ID)
    if has_button(alert, "do:reset"):
        question = await boris.gets(alert, button(alert, f"do:reset:{ONE}"))
    else:
        question = await boris.asks(f"/reset {ONE}")
    await boris.presses(question, words("button.yes_reset"))
    photo = await talk.code(GROUP_ID)
    await talk.gateway.act(ONE, "scan", code=decoded(photo.photo))
    await talk.becomes(photo, lambda one: words("qr.paired", who=WHO) in one.text)


async def test_a_word_that_nobody_knows_stands_on_the_card_and_nobody_calls_it_lost(talk):
    await talk.phase(ONE, "connected")
    await talk.boris().asks("/status")
    talk.gateway._pool.drop(ONE)  # stopped by somebody: `created`, which the file does not know
    alert = await talk.sees(GROUP_ID, lambda one: "created" in one.text)
    assert words("incident.what_word.not_understood", word="created") in alert.text
    assert not has_button(alert, "do:reset")
