"""What several people do on purpose at once is no drop, also when the bot restarts meanwhile."""

import asyncio

import pytest
from reading import button, has_button
from staging import talking

from bot.cli.demo import COMPANIES
from bot.sandbox.gateway import GatewayCompany
from bot.sandbox.telegram import GROUP_ID

KEYS = tuple(str(962302 + n) for n in range(6))
SIX = {key: COMPANIES.get(key) or GatewayCompany(name=key, phone=f"79000{key}") for key in KEYS}


async def mass_drops(talk):
    return [row for row in await talk.rows("incidents") if row["trouble"] == "mass_drop"]


@pytest.mark.parametrize("many", [3, 5])
async def test_resets_by_admins_across_a_restart_are_told_as_no_drop(tmp_path, many):
    async with talking(tmp_path, companies=SIX) as talk:
        for key in KEYS:
            await talk.anna().asks(f"/check {key}")
        for key, voice in zip(KEYS[:many], [talk.anna(), talk.boris()] * 3, strict=False):
            voice.says(f"/reset {key}")
            question = await talk.sees(
                voice.chat_id, lambda one, key=key: key in one.text and has_button(one, "ans:1")
            )
            await voice.presses(question, button(question, "ans:1"))
            await talk.code(voice.chat_id, key)
        await talk.stop()
        await talk.start()
        for _ in range(4):
            await talk.anna().asks("/gateways")
        assert await mass_drops(talk) == []
        assert not any("вместе" in one.text for one in talk.posted(GROUP_ID))


@pytest.mark.parametrize("off_s", [3, 20, 40])
async def test_nor_are_resets_whose_codes_ran_out_while_the_bot_was_off(tmp_path, off_s):
    async with talking(tmp_path, companies=SIX, codes=1) as talk:
        for key in KEYS:
            await talk.anna().asks(f"/check {key}")
        for key, voice in zip(KEYS[:5], [talk.anna(), talk.boris()] * 3, strict=False):
            voice.says(f"/reset {key}")
            question = await talk.sees(
                voice.chat_id, lambda one, key=key: key in one.text and has_button(one, "ans:1")
            )
            await voice.presses(question, button(question, "ans:1"))
            await talk.code(voice.chat_id, key)
        await talk.stop()
        await asyncio.sleep(off_s)
        await talk.start()
        for _ in range(4):
            await talk.anna().asks("/gateways")
            await asyncio.sleep(1)
        assert await mass_drops(talk) == []
        assert not any("вместе" in one.text for one in talk.posted(GROUP_ID))
