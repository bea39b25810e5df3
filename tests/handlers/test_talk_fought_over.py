"""Somebody else uses a session as well, and they throw each other out: told once, as what it is."""

import asyncio
import contextlib

import pytest
from reading import ONE, has_button, words
from staging import PACE, talking

from bot.sandbox.telegram import GROUP_ID

SECRET, KEY = "obviously-fake-secret", "obviously-fake-hook-key-of-32-letters"
SETTINGS = {"AUTO_RECOVERY": "full", "GRACE": "5"}
PUSHES = {"HOOK_SECRET": SECRET, "HOOK_KEY": KEY}
# As whatsmeow writes it over Go's log; these kinds push nothing of it.
OF_WHATSMEOW = f"07:00:01.123 [Client/{ONE} INFO] Got replaced stream error, sending StreamReplaced"
HOW = {
    "ai_admin, by its log": ("ai_admin", True),
    "WAHA, by its log": ("waha", True),
    "Evolution, by its log": ("evolution", True),
    "Evolution, by pushes": ("evolution", False),
}


@contextlib.asynccontextmanager
async def fought_over(folder, kind, logged):
    pushes = {} if logged else PUSHES
    how = {"kind": kind, "logged": logged, "settings": SETTINGS | pushes}
    async with talking(folder, **how) as talk:
        if pushes:
            talk.gateway.push_to(f"{talk.app.server.url}/hooks/{kind}/{SECRET}", KEY)
        while logged and not await talk.rows("log_positions"):
            await talk.settle()
        assert words("state.connected") in (await talk.anna().asks(f"/check {ONE}")).text
        await talk.gateway.act(ONE, "rival")
        yield talk


def told(talk):
    """Each message about this company that is not an answer, by what it begins to say."""
    return [one.text for one in talk.posted(GROUP_ID) if ONE in one.text]


async def alerted(talk):
    what = words("incident.what.shared", count="3").split("3")[0]
    return await talk.sees(GROUP_ID, lambda one: what in one.text)


@pytest.mark.parametrize("how", HOW)
async def test_it_is_told_once_and_the_bot_makes_no_login_of_its_own(tmp_path, how):
    kind, logged = HOW[how]
    async with fought_over(tmp_path, kind, logged) as talk:
        alert = await alerted(talk)
        assert has_button(alert, f"do:check:{ONE}")
        assert not has_button(alert, "do:reset")
        logins = talk.gateway.logins(ONE)
        await asyncio.sleep(8)  # longer than the grace, and it goes on
        assert talk.gateway.logins(ONE) > logins + 20
        await talk.gateway.act(ONE, "rival_stops")
        await talk.settle()
        assert told(talk) == [alert.text]
        assert [row for row in await talk.rows("procedures") if row["kind"] == "reconnect"] == []
        assert talk.set_aside(ONE) == []


@pytest.mark.parametrize("how", ["ai_admin, by its log", "Evolution, by pushes"])
async def test_when_the_other_one_stops_that_is_told_as_well(tmp_path, how):
    kind, logged = HOW[how]
    async with fought_over(tmp_path, kind, logged) as talk:
        alert = await alerted(talk)
        await talk.gateway.act(ONE, "rival_stops")
        await talk.phase(ONE, "connected")
        await talk.settle()
        talk.clock.push(seconds=601)
        await talk.becomes(alert, lambda one: "🟢" in one.text)


@pytest.mark.parametrize("kind", ["gowa", "wuzapi"])
async def test_whatsmeow_that_was_thrown_out_and_stays_away_is_told_as_replaced(tmp_path, kind):
    async with talking(tmp_path, kind=kind, logged=True, settings=SETTINGS) as talk:
        while not await talk.rows("log_positions"):
            await talk.settle()
        assert words("state.connected") in (await talk.anna().asks(f"/check {ONE}")).text
        await talk.gateway.act(ONE, "drop")
        with (talk.folder / "gateway.log").open("a") as file:
            file.write(f"{OF_WHATSMEOW} event\n")
        alert = await talk.alert()
        replaced = words("cause.replaced")
        await talk.becomes(alert, lambda one: replaced in one.text)
        await asyncio.sleep(PACE.away_s / 2)
        assert [row for row in await talk.rows("procedures") if row["kind"] == "reconnect"] == []
