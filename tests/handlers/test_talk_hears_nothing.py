"""A session that hears nothing any more: told once, cured, and heard of again."""

import asyncio
import contextlib
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from reading import ONE, WHO, button, has_button, words
from staging import TEMPO, talking

from bot.domain.habit import HOURS, hour_of, place_of
from bot.sandbox.telegram import GROUP_ID
from storage.sessions import heard

SECRET = "obviously-fake-hook-secret"
OTHERS = ("962303", "481120")
ALL = (1 << HOURS) - 1


@asynccontextmanager
async def listening(tmp_path, kind="waha", **settings):
    """To each session somebody has written every hour for four weeks."""
    timing = replace(TEMPO, hearing_turn_s=0.2, heard_after_s=0.05)
    settings |= {"HOOK_SECRET": SECRET}
    async with talking(tmp_path, kind=kind, timing=timing, settings=settings) as talk:
        talk.gateway.push_to(f"{talk.app.server.url}/hooks/{kind}/{SECRET}")
        week, bit = place_of(hour_of(talk.clock()))
        async with talk.app.database.writing() as tx:
            for back in range(1, 5):
                await heard.note(tx, [ONE, *OTHERS], week - back, ALL)
            await heard.note(tx, [ONE, *OTHERS], week, (1 << (bit + 1)) - 1)
        yield talk


async def noted(talk):
    """The hour of now stands in the database, for the others."""
    week, bit = place_of(hour_of(talk.clock()))
    never = asyncio.Event()
    async with asyncio.timeout(20):
        while True:
            rows = [row for row in await talk.rows("heard_weeks") if row["week"] == week]
            there = {row["company_id"] for row in rows if int(row["hours"], 16) >> bit & 1}
            if there.issuperset(OTHERS):
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(never.wait(), 0.02)


async def hours_pass(talk, many):
    """Customers write to all of them in each hour, and the first one hears nothing."""
    for _ in range(many):
        talk.clock.push(hours=1)
        for company in (ONE, *OTHERS):
            await talk.gateway.act(company, "customer_writes")
        await noted(talk)


async def deaf(talk, language="ru"):
    await talk.gateway.act(ONE, "goes_deaf")
    await hours_pass(talk, 6)
    return await talk.sees(
        GROUP_ID, lambda one: words("incident.what.hears_nothing", language) in one.text
    )


@pytest.mark.parametrize("language", ["ru", "en"])
async def test_it_is_told_without_a_reset_and_a_new_connection_cures_it(tmp_path, language):
    async with listening(tmp_path, LANGUAGE=language) as talk:
        card = await deaf(talk, language)
        assert card.text.startswith("🟠")
        assert not has_button(card, "do:reset")
        assert not has_button(card, "do:restart")
        progress = await talk.boris(GROUP_ID).gets(card, button(card, "do:revive"))
        done = words("revive.done", language, who=WHO)
        await talk.becomes(progress, lambda one: done in one.text)
        await talk.gateway.act(ONE, "customer_writes")
        over = words("over.hears_nothing", language, who=WHO, took="").split("·")[0]
        await talk.becomes(card, lambda one: over in one.text)


async def test_where_a_command_is_set_a_restart_is_offered(tmp_path):
    async with listening(tmp_path, GATEWAY_RESTART_COMMAND="true") as talk:
        card = await deaf(talk)
        assert has_button(card, f"do:restart:{ONE}")
        assert not has_button(card, "do:revive")


async def test_who_mutes_it_is_left_in_peace(tmp_path):
    async with listening(tmp_path) as talk:
        await talk.boris(GROUP_ID).asks(f"/mute {ONE} 2d")
        await talk.gateway.act(ONE, "goes_deaf")
        await hours_pass(talk, 7)
        told = [one.text for one in talk.posted(GROUP_ID)]
        assert not any(words("incident.what.hears_nothing") in text for text in told)


async def test_a_hook_that_sends_nothing_is_told_once_of_the_gateway(tmp_path):
    async with listening(tmp_path) as talk:
        talk.clock.push(hours=8)
        card = await talk.sees(GROUP_ID, lambda one: words("incident.what.hook_silent") in one.text)
        told = [one.text for one in talk.posted(GROUP_ID)]
        assert not any(words("incident.what.hears_nothing") in text for text in told)
        for company in (ONE, *OTHERS):
            await talk.gateway.act(company, "customer_writes")
        await talk.becomes(card, lambda one: "сообщения снова приходят" in one.text)
