"""Gateways that contradict themselves: what people are told, once, and what they are not."""

import pytest
from reading import ONE, TWO, words
from staging import talking

from bot.cli.demo import COMPANIES
from bot.gateways.kinds import KINDS
from bot.sandbox.gateway import GatewayCompany
from bot.sandbox.telegram import GROUP_ID

FOUR = COMPANIES | {
    "962309": GatewayCompany(name="Salon West", phone="79000962309"),
    "962310": GatewayCompany(name="Salon East", phone="79000962310"),
}


async def gateway_card(talk, key, **params):
    said = words(f"incident.what.{key}", **params)
    return await talk.sees(GROUP_ID, lambda one: said in one.text)


async def versions(talk):
    """How often the card of each incident was changed."""
    return [row["version"] for row in await talk.rows("incidents")]


async def looked_at_for_a_while(talk):
    for _ in range(3):
        await talk.boris(GROUP_ID).asks(f"/check {ONE}")
        await talk.boris(GROUP_ID).asks("/status")
    await talk.settle()


# The list against the single answer.


async def test_an_instance_that_only_the_list_knows_is_told_as_gone_once(tmp_path):
    async with talking(tmp_path, kind="evolution") as talk:
        talk.gateway.becomes_ghost(ONE)
        alert = await talk.alert()
        assert words("incident.what.gone") in alert.text
        await looked_at_for_a_while(talk)
        assert await versions(talk) == [1]


async def test_a_session_that_only_the_list_calls_working_is_told_once(tmp_path):
    async with talking(tmp_path, kind="waha") as talk:
        talk.gateway.lies.claimed_by_list.add(ONE)
        await talk.gateway.act(ONE, "device_removed")
        await talk.alert()
        await looked_at_for_a_while(talk)
        assert await versions(talk) == [1]


async def test_an_instance_that_only_the_list_calls_open_stays_revoked(tmp_path):
    async with talking(tmp_path, kind="evolution") as talk:
        await talk.gateway.act(ONE, "device_removed")
        await talk.alert()
        talk.gateway.lies.claimed_by_list.add(ONE)
        await looked_at_for_a_while(talk)
        assert await versions(talk) == [1]


# Good news that cannot be.


SECRET, KEY = "obviously-fake-secret", "obviously-fake-hook-key-of-32-letters"
PUSHES = {"HOOK_SECRET": SECRET, "HOOK_KEY": KEY}


async def revoked(talk, kind, company=ONE):
    """The device is removed, and the gateway says so, some only by a push."""
    if KINDS[kind].caps.push_events:
        talk.gateway.push_to(f"{talk.app.server.url}/hooks/{kind}/{SECRET}", KEY)
    assert words("state.connected") in (await talk.anna().asks(f"/check {company}")).text
    await talk.gateway.act(company, "device_removed")
    said = words("incident.what.revoked")
    return await talk.sees(GROUP_ID, lambda one: company in one.text and said in one.text)


# WAHA and `ai_admin` never say of themselves that a link was revoked.
@pytest.mark.parametrize("kind", ["evolution", "gowa", "wuzapi", "wppconnect"])
async def test_open_without_number_or_scan_is_not_believed_after_a_revocation(tmp_path, kind):
    async with talking(tmp_path, kind=kind, settings=PUSHES) as talk:
        alert = await revoked(talk, kind)
        talk.gateway.lies.claimed.add(ONE)
        await talk.becomes(alert, lambda one: words("incident.what.unwitnessed") in one.text)
        await looked_at_for_a_while(talk)
        assert [row["closed_at"] for row in await talk.rows("incidents")] == [None]
        assert await versions(talk) == [2]


@pytest.mark.parametrize("kind", ["evolution", "gowa", "wuzapi", "wppconnect"])
async def test_it_is_believed_once_somebody_has_scanned(tmp_path, kind):
    async with talking(tmp_path, kind=kind, settings=PUSHES) as talk:
        alert = await revoked(talk, kind)
        talk.gateway.lies.claimed.add(ONE)
        await talk.becomes(alert, lambda one: words("incident.what.unwitnessed") in one.text)
        talk.gateway.lies.claimed.clear()
        question = await talk.boris(GROUP_ID).asks(f"/reset {ONE}")
        await talk.boris(GROUP_ID).presses(question, words("button.yes_reset"))
        await talk.code(GROUP_ID)
        await talk.gateway.act(ONE, "scan")
        await talk.becomes(alert, lambda one: "🟢" in one.text)


# A list that fails.


@pytest.mark.parametrize("kind", ["evolution", "waha", "ai_admin"])
async def test_a_loss_behind_a_list_that_fails_is_told(tmp_path, kind):
    async with talking(tmp_path, kind=kind) as talk:
        await talk.gateway.act(None, "list_fails")
        card = await gateway_card(talk, "list_failed", fault="500")
        assert words("incident.what.unreachable") not in card.text
        await talk.gateway.act(ONE, "device_removed")
        await talk.alert()
        await talk.gateway.act(None, "gateway_up")
        await talk.becomes(card, lambda one: "список сессий снова работает" in one.text)


@pytest.mark.parametrize("how", ["list_garbage", "list_silent"])
async def test_a_list_of_nonsense_is_told_as_that(tmp_path, how):
    async with talking(tmp_path, kind="waha") as talk:
        await talk.gateway.act(None, how)
        await gateway_card(talk, "list_failed", fault=words("list_fault.nonsense"))
        await talk.gateway.act(TWO, "device_removed")
        await talk.alert(TWO)


# All gone.


@pytest.mark.parametrize("kind", ["evolution", "waha", "wuzapi"])
async def test_a_gateway_whose_store_was_emptied_is_no_network(tmp_path, kind):
    async with talking(tmp_path, kind=kind, companies=FOUR) as talk:
        await talk.boris(GROUP_ID).asks("/status")
        talk.gateway.empty_store()
        card = await gateway_card(talk, "emptied")
        await talk.settle()
        network = words("incident.uncounted.mass_drop").split(".")[1]
        assert not [one for one in talk.posted(GROUP_ID) if network in one.text]
        assert words("incident.todo.emptied") in card.text
