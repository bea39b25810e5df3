"""A confirmed wish of a person goes on by itself, whatever the bot has begun meanwhile."""

import asyncio
from dataclasses import replace

import pytest
from reading import ONE, words
from staging import PACE, talking

from bot.sandbox.telegram import GROUP_ID

SLOW = replace(PACE, act_s=3.0)  # what a restart of WAHA takes
BY_ITSELF = {"AUTO_RECOVERY": "reconnect", "GRACE": "1"}


async def begun(talk):
    """Return once the bot's own reconnect is under way."""
    async with asyncio.timeout(20):
        while "reconnect" not in {row["kind"] for row in await talk.rows("procedures")}:  # noqa: ASYNC110 - no bell
            await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("kind", "loss"),
    [
        ("waha", "device_removed"),
        ("waha", "drop_for_good"),
        ("ai_admin", "drop_for_good"),
        ("ai_admin", "device_removed"),
        ("wuzapi", "drop_for_good"),
    ],
)
async def test_the_reset_goes_on_and_shows_its_code(tmp_path, kind, loss):
    async with talking(tmp_path, kind=kind, pace=SLOW, settings=BY_ITSELF) as talk:
        assert words("state.connected") in (await talk.anna().asks(f"/check {ONE}")).text
        question = await talk.boris(GROUP_ID).asks(f"/reset {ONE}")
        await talk.gateway.act(ONE, loss)
        await begun(talk)
        await talk.boris(GROUP_ID).presses(question, words("button.yes_reset"))
        anew = [one for one in talk.posted(GROUP_ID) if "ans:1" in str(one.labels)]
        assert anew == []
        photo = await talk.code(GROUP_ID)
        await talk.gateway.act(ONE, "scan")
        await talk.becomes(photo, lambda one: "сессия привязана" in one.text)
