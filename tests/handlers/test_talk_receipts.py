"""A test message whose receipt is pushed: proven, taken and not proven, or refused."""

from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from reading import ONE, WHO, words
from staging import TEMPO, talking
from talking import eventually

from bot.sandbox.telegram import GROUP_ID

SECRET = "obviously-fake-hook-secret"
PUSHING = ("waha", "evolution", "wppconnect")


@asynccontextmanager
async def pushed_to(tmp_path, kind):
    settings, timing = {"HOOK_SECRET": SECRET}, replace(TEMPO, receipt_wait_s=2.0)
    async with talking(tmp_path, kind=kind, settings=settings, timing=timing) as talk:
        talk.gateway.push_to(f"{talk.app.server.url}/hooks/{kind}/{SECRET}")
        yield talk


async def probed(talk):
    """What is answered in the end."""
    answer = await talk.boris().asks(f"/probe {ONE}")
    sending = words("probe.sending", who=WHO)
    return await talk.becomes(answer, lambda one: sending not in one.text)


def ended(how):
    return words(f"probe.ended.{how}", who=WHO, phone="•••2302", text=words("probe.message"))


@pytest.mark.parametrize("kind", PUSHING)
async def test_what_whatsapp_acknowledges_is_proven(tmp_path, kind):
    async with pushed_to(tmp_path, kind) as talk:
        assert (await probed(talk)).text == ended("acknowledged")


@pytest.mark.parametrize("kind", PUSHING)
async def test_what_it_does_not_acknowledge_is_called_other_than_proven(tmp_path, kind):
    async with pushed_to(tmp_path, kind) as talk:
        await probed(talk)
        talk.gateway.traffic.acknowledges = False
        assert (await probed(talk)).text == ended("unacknowledged")


async def test_a_gateway_that_pushes_no_receipts_is_waited_for_once(tmp_path):
    async with pushed_to(tmp_path, "waha") as talk:
        talk.gateway.traffic.acknowledges = False
        began = talk.clock()
        assert (await probed(talk)).text == ended("sent")
        waited = talk.clock() - began
        began = talk.clock()
        assert (await probed(talk)).text == ended("sent")
        assert talk.clock() - began < waited


async def test_where_no_gateway_can_push_nobody_waits(tmp_path):
    async with talking(tmp_path, kind="waha") as talk:
        assert (await probed(talk)).text == ended("sent")


@pytest.mark.parametrize("kind", ["wuzapi", "gowa"])
async def test_a_library_that_waits_for_the_receipt_itself_has_proven_it(tmp_path, kind):
    async with talking(tmp_path, kind=kind) as talk:
        assert (await probed(talk)).text == ended("acknowledged")


async def test_a_refusal_that_comes_after_the_answer_is_told(tmp_path):
    async with pushed_to(tmp_path, "evolution") as talk:
        await talk.gateway.act(ONE, "sends_refused")
        assert (await probed(talk)).text == ended("restricted")
        await talk.sees(GROUP_ID, lambda one: words("incident.what.not_first") in one.text)


async def test_three_without_a_receipt_while_others_have_theirs_are_told(tmp_path):
    async with pushed_to(tmp_path, "waha") as talk:
        await probed(talk)
        for _ in range(3):
            talk.gateway.traffic.acknowledges = False
            assert (await probed(talk)).text == ended("unacknowledged")
            talk.gateway.traffic.acknowledges = True
            answer = await talk.boris().asks("/probe 962303")
            done = words("probe.message")
            await talk.becomes(answer, lambda one, done=done: done in one.text)
        await talk.sees(GROUP_ID, lambda one: words("incident.what.no_answer") in one.text)


async def test_pushes_of_messages_are_taken_and_make_nobody_look(tmp_path):
    async with pushed_to(tmp_path, "waha") as talk:
        for _ in range(20):
            await talk.gateway.act(ONE, "customer_writes")
        await talk.gateway.pushes_out()
        refused = talk.app.registry.refused_pushes
        await eventually(lambda: not refused)
        assert [row["n"] for row in await talk.rows("pushes")] in ([], [0])
