"""Pairing codes of the sandbox gateway."""

import json

import pytest
from gateway_world import API, KEY, PHONE, world

from bot.sandbox.gateway import NotNow, Phase

OTHER = "79000000001"


async def ask(here, phone=PHONE):
    reply = await here.http.post(f"{API}/sessions/{KEY}/pairing-code", json={"phoneNumber": phone})
    return reply.status_code, reply.json()


async def code_of(here, phone=PHONE):
    return (await ask(here, phone))[1]["code"]


async def test_the_phone_that_types_the_code_in_is_linked(tmp_path):
    async with world(tmp_path, linked=False) as here:
        code = await code_of(here, OTHER)
        with pytest.raises(NotNow):
            await here.gateway.act(KEY, "enter_code", code="ABCD-EFGH")
        await here.gateway.act(KEY, "enter_code", code=code)
        await here.gateway.until(KEY, Phase.OPEN)
        health = (await here.http.get(f"{API}/sessions/{KEY}/health")).json()
        assert health["phoneNumber"] == OTHER


async def test_the_qr_goes_on_beside_the_code(tmp_path):
    async with world(tmp_path, linked=False) as here:
        await code_of(here)
        await here.gateway.act(KEY, "scan", code=await here.qr())
        await here.gateway.until(KEY, Phase.OPEN)


async def test_a_code_dies_with_its_window(tmp_path):
    async with world(tmp_path, linked=False, codes=1, qr_first_life_s=0.2) as here:
        await code_of(here)
        await here.gateway.until(KEY, Phase.CLOSED)
        assert here.gateway.live_pairing_code(KEY) is None
        with pytest.raises(NotNow):
            await here.gateway.act(KEY, "enter_code")


async def test_an_unused_code_leaves_files_that_log_in_and_are_refused(tmp_path):
    async with world(tmp_path, linked=False) as here:
        await code_of(here)
        creds = json.loads((here.directory() / "creds.json").read_text())
        assert (creds["me"]["id"], "account" in creds) == (f"{PHONE}@s.whatsapp.net", False)
        await here.http.delete(f"{API}/sessions/{KEY}")
        await here.init()
        await here.gateway.until(KEY, Phase.STOPPED)
        assert "401" in here.log()


@pytest.mark.parametrize(("act", "status"), [("codes_unsupported", 500), ("codes_limited", 429)])
async def test_codes_can_be_refused_until_they_are_given_again(tmp_path, act, status):
    async with world(tmp_path, linked=False) as here:
        await here.gateway.act(None, act)
        assert (await ask(here))[0] == status
        assert here.gateway.phase(KEY) is Phase.STOPPED
        await here.gateway.act(None, "codes_given")
        assert (await ask(here))[0] == 200
