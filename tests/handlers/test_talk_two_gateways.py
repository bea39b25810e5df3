"""Two gateways on one store list the same sessions: the one that works is watched."""

import asyncio
import contextlib

import httpx
import pytest
from reading import ONE, TWO, words
from staging import PACE, talking

from bot.cli.demo import COMPANIES
from bot.sandbox.gateway import GatewaySandbox
from bot.sandbox.telegram import ANNA

BOTH = {key: COMPANIES[key] for key in (ONE, TWO)}


@contextlib.asynccontextmanager
async def twice(folder, *, setting="reconnect", first="works"):
    """Both gateways are searched: `works` runs every session, `idle` lists them and runs none."""
    works = GatewaySandbox(folder / "baileys_sessions", BOTH, dialect="waha", pace=PACE)
    await works.start()

    def config(idle_url, _folder):
        urls = {"works": works.url, "idle": idle_url}
        return "".join(
            f'[gateways.{name}]\nkind = "waha"\nurl = "{urls[name]}"\ncompanies = ["*"]\n'
            for name in sorted(urls, key=lambda name: name != first)
        )

    how = {"companies": BOTH, "kind": "waha", "beside": works, "config": config}
    try:
        async with talking(folder, **how, settings={"AUTO_RECOVERY": setting}) as talk:
            yield talk, works
    finally:
        await works.stop()


async def watched_at(talk):
    return {row["id"]: row["gateway"] for row in await talk.rows("companies")}


async def becomes(talk, wanted):
    async with asyncio.timeout(20):
        while await watched_at(talk) != wanted:
            await talk.passes()


@pytest.mark.parametrize("first", ["works", "idle"])
@pytest.mark.parametrize("setting", ["off", "reconnect", "full"])
async def test_the_one_that_works_is_watched_and_nothing_starts_beside_it(tmp_path, setting, first):
    async with twice(tmp_path, setting=setting, first=first) as (talk, _):
        await becomes(talk, {ONE: "works", TWO: "works"})
        for key in (ONE, TWO):  # else what is told of the other one would pass for an answer
            await talk.sees(ANNA.id, lambda one, key=key: f"{key}: бот следит" in one.text)
        for _ in range(3):
            answer = await talk.anna().asks(f"/check {ONE}")
        assert words("state.connected") in answer.text
        assert [talk.gateway.phase(key) for key in (ONE, TWO)] == ["stopped", "stopped"]
        told = [one.text for one in talk.posted(ANNA.id) if "idle" in one.text and ONE in one.text]
        assert len(told) == 1
        shown = await talk.anna().asks("/gateways")
        assert "другом шлюзе" in shown.text


async def order(gateway, company, act):
    """Somebody does this at one of the gateways, past the bot."""
    async with httpx.AsyncClient(base_url=gateway.url, trust_env=False) as http:
        assert (await http.post(f"/api/sessions/{company}/{act}", json={})).is_success


async def test_when_it_goes_on_at_the_other_one_that_is_watched_from_then_on(tmp_path):
    async with twice(tmp_path, setting="full") as (talk, works):
        await becomes(talk, {ONE: "works", TWO: "works"})
        await order(works, ONE, "stop")
        await order(talk.gateway, ONE, "start")
        await becomes(talk, {ONE: "idle", TWO: "works"})
        assert (talk.gateway.phase(ONE), works.phase(ONE)) == ("connected", "stopped")
