"""What the bot does by itself, as the group sees it; nobody has pressed anything."""

import contextlib
import json
from dataclasses import replace

import httpx
import pytest
from reading import ONE, button, has_button, words
from staging import GATEWAY_KEY, PACE, talking
from talking import eventually

from bot.cli.demo import COMPANIES
from bot.sandbox.telegram import GROUP_ID

ALONE = {ONE: COMPANIES[ONE]}
BOT = 0


@contextlib.asynccontextmanager
async def caring(folder, setting="reconnect", **more):
    """A conversation with a bot that may act; of one company, unless more are named."""
    how = {"companies": ALONE, "settings": {"AUTO_RECOVERY": setting}} | more
    async with talking(folder, **how) as talk:
        await settled(talk)
        yield talk


@pytest.fixture
async def talk(tmp_path):
    async with caring(tmp_path) as talk:
        yield talk


@pytest.fixture
async def logged(tmp_path):
    """The bot follows the gateway's log as well, which is the first to tell."""
    async with caring(tmp_path, logged=True, look_s=60) as talk:
        yield talk


@pytest.fixture
async def three(tmp_path):
    async with caring(tmp_path, companies=COMPANIES, logged=True) as talk:
        yield talk


async def settled(talk):
    """Every session has been seen connected."""
    for company in talk.gateway.companies:
        answer = await talk.anna().asks(f"/check {company}")
        assert words("state.connected") in answer.text


async def by_itself(talk):
    """What the bot did in its own name, and how it ended."""
    return [(what, end) for who, what, _, end in await talk.audited() if who == BOT]


def auto(deed, number=1):
    return words(f"auto.{deed}", number=str(number))


async def at_gateway(talk, act):
    """Somebody does this to the session with WAHA's own tools, past the bot."""
    async with httpx.AsyncClient(base_url=talk.gateway.url, trust_env=False) as http:
        told = await http.post(
            f"/api/sessions/{ONE}/{act}", headers={"X-Api-Key": GATEWAY_KEY}, json={}
        )
    assert told.is_success


@pytest.mark.parametrize("setting", ["reconnect", "full"])
async def test_what_was_stopped_at_the_gateway_stays_stopped_and_is_told_so(tmp_path, setting):
    async with caring(tmp_path, setting, kind="waha") as talk:
        await at_gateway(talk, "stop")
        alert = await talk.alert()
        assert words("incident.what.stopped_there") in alert.text
        for _ in range(3):
            await talk.anna().asks(f"/check {ONE}")
        assert talk.gateway.phase(ONE) == "stopped"
        assert await by_itself(talk) == []

        await talk.boris(GROUP_ID).presses(alert, button(alert, f"do:wake:{ONE}"))
        await talk.becomes(alert, lambda one: "🟢" in one.text)


async def test_what_its_own_people_start_again_is_well_without_the_bot(tmp_path):
    async with caring(tmp_path, kind="waha") as talk:
        await at_gateway(talk, "stop")
        alert = await talk.alert()
        await at_gateway(talk, "start")
        await talk.becomes(alert, lambda one: "🟢" in one.text)
        assert await by_itself(talk) == []


async def test_what_waha_has_lost_is_reconnected_as_ever(tmp_path):
    async with caring(tmp_path, kind="waha") as talk:
        await talk.gateway.act(ONE, "drop_for_good")
        alert = await talk.alert()
        assert words("incident.what.stopped_there") not in alert.text
        await talk.becomes(alert, lambda one: "🟢" in one.text)
        assert ("auto reconnect", "done") in await by_itself(talk)


# One session.


async def test_after_a_restart_of_the_gateway_the_session_comes_back_alone(talk):
    await talk.gateway.act(None, "gateway_restart")
    alert = await talk.alert()
    over = await talk.becomes(alert, lambda one: "🟢" in one.text)
    assert auto("reconnect_done") in over.text
    assert not has_button(over, "do:")
    loud = await talk.sees(GROUP_ID, lambda one: one is not alert and "снова на связи" in one.text)
    assert not loud.silent
    assert await by_itself(talk) == [("auto reconnect", "done")]
    assert not any(one.photo for one in talk.posted(GROUP_ID))
    assert talk.set_aside(ONE) == []


async def test_a_removed_device_is_tried_once_and_then_said_to_be_refused(talk):
    await talk.gateway.act(ONE, "device_removed")
    alert = await talk.alert()
    told = await talk.becomes(alert, lambda one: words("incident.what.refused") in one.text)
    assert auto("reconnect_looks_revoked") in told.text
    assert has_button(told, f"do:reset:{ONE}")
    assert not has_button(told, "do:reconnect")
    talk.clock.push(hours=2)
    await talk.settle()
    assert await by_itself(talk) == [("auto reconnect", "looks_revoked")]


async def test_a_removal_that_the_log_names_is_proven_by_one_login(logged):
    await logged.gateway.act(ONE, "device_removed")
    alert = await logged.alert()
    told = await logged.becomes(alert, lambda one: not has_button(one, "do:reconnect"))
    assert has_button(told, f"do:reset:{ONE}")
    logged.clock.push(hours=2)
    await logged.settle()
    assert await by_itself(logged) == [("auto reconnect", "looks_revoked")]


async def test_a_second_process_that_the_log_names_is_not_fought(logged):
    await logged.gateway.act(ONE, "second_process")
    await logged.phase(ONE, "disconnected")
    while "disconnected" not in [row["state"] for row in await logged.rows("session_states")]:
        await logged.passes()
    while not await logged.rows("log_counts"):  # the line was read
        await logged.passes()
    logged.clock.push(seconds=95)  # the grace is over, and the line is not old yet
    alert = await logged.alert()
    await logged.becomes(alert, lambda one: words("cause.replaced") in one.text)
    assert await by_itself(logged) == []


async def test_an_account_that_the_log_calls_locked_is_neither_reconnected_nor_reset(tmp_path):
    async with caring(tmp_path, "full", logged=True, look_s=60) as talk:
        await talk.gateway.act(ONE, "account_restricted")
        alert = await talk.alert()
        await talk.becomes(alert, lambda one: words("cause.account_locked") in one.text)
        talk.clock.push(hours=2)
        await talk.settle()
        assert (await by_itself(talk), talk.set_aside(ONE)) == ([], [])


# Where the owner lets it go further.


async def test_a_proven_removal_is_reset_and_the_group_has_only_to_scan(tmp_path):
    async with caring(tmp_path, "full", logged=True, look_s=60) as talk:
        await talk.gateway.act(ONE, "device_removed")
        alert = await talk.sees(GROUP_ID, lambda one: has_button(one, f"do:qr:{ONE}"))
        assert auto("reset_done") in alert.text
        assert len(talk.set_aside(ONE)) == 1
        await talk.boris(GROUP_ID).presses(alert, button(alert, "do:qr"))
        await talk.code(GROUP_ID)
        await talk.gateway.act(ONE, "scan")
        await talk.becomes(alert, lambda one: "🟢" in one.text)
        done = [("auto reconnect", "looks_revoked"), ("auto reset", "done")]
        assert await by_itself(talk) == done


async def test_damaged_credentials_are_mended_without_a_scan(tmp_path):
    async with caring(tmp_path, "full") as talk:
        root = talk.folder / "baileys_sessions"
        creds = root / f"company_{ONE}" / "creds.json"
        await eventually(lambda: any((root / "good_copies").glob(f"{ONE}-*")))
        device = json.loads(creds.read_text())["signedIdentityKey"]
        await talk.gateway.act(ONE, "damage_creds")
        over = await talk.sees(GROUP_ID, lambda one: auto("mend_done") in one.text)
        await talk.becomes(over, lambda one: "🟢" in one.text)
        assert json.loads(creds.read_text())["signedIdentityKey"] == device
        assert not any(one.photo for one in talk.posted(GROUP_ID))


async def test_a_reset_of_its_own_that_a_stop_cut_off_is_finished_once(tmp_path):
    async with caring(tmp_path, "full", logged=True, look_s=60) as talk:
        await talk.gateway.act(ONE, "device_removed")
        while "reset" not in [row["kind"] for row in await talk.rows("procedures")]:
            await talk.passes()
        await talk.stop()
        await talk.start()
        alert = await talk.sees(GROUP_ID, lambda one: has_button(one, f"do:qr:{ONE}"))
        await talk.becomes(alert, lambda one: auto("reset_done") in one.text)
        assert len(talk.set_aside(ONE)) == 1
        assert ("auto reset", "done") in await by_itself(talk)


# The network.


async def test_a_flap_says_nothing(tmp_path):
    quick = replace(PACE, away_s=0.5)
    async with caring(tmp_path, companies=COMPANIES, pace=quick) as talk:
        before = len(talk.posted(GROUP_ID))
        for company in COMPANIES:
            await talk.gateway.act(company, "drop")
        for company in COMPANIES:
            await talk.phase(company, "connected")
        await settled(talk)
        assert (len(talk.posted(GROUP_ID)), await by_itself(talk)) == (before, [])


async def test_when_all_drop_at_once_it_is_the_network_and_nobody_is_touched(three):
    for company in COMPANIES:
        await three.gateway.act(company, "drop_for_good")
        await three.phase(company, "disconnected")
        answer = await three.anna().asks(f"/check {company}")
        assert words("state.disconnected") in answer.text
    three.clock.push(seconds=16)
    drop = await three.sees(GROUP_ID, lambda one: "Разом отвалились" in one.text)
    assert await by_itself(three) == []

    three.clock.push(minutes=2, seconds=1)
    await three.becomes(drop, lambda one: "⚪" in one.text)
    for company in COMPANIES:
        await three.phase(company, "connected")
    while await by_itself(three) != [("auto reconnect", "done")] * 3:
        await three.passes()
    for company in COMPANIES:
        await three.sees(GROUP_ID, lambda one, of=company: one is not drop and of in one.text)
