import asyncio
from dataclasses import replace

import pytest
from gateway_world import API, KEY, PHONE, QUICK, world

from bot.sandbox.gateway import GatewayCompany, NotNow, Phase


async def code_shown(here):
    await here.init()
    await here.gateway.until(KEY, Phase.SHOWING)
    return here.gateway.live_code(KEY)


async def phone(here):
    return (await here.http.get(f"{API}/sessions/{KEY}/health")).json()["phoneNumber"]


@pytest.mark.parametrize(
    ("line", "length", "parts", "prefix"),
    [("6.7", 277, 4, "2@"), ("7.0", 317, 5, "https://wa.me/settings/linked_devices#2@")],
)
async def test_codes_have_the_format_of_their_line(tmp_path, line, length, parts, prefix):
    async with world(tmp_path, linked=False, line=line) as here:
        code = await code_shown(here)
        assert (len(code), len(code.split(","))) == (length, parts)
        assert code.startswith(prefix)


async def test_codes_rotate_and_keep_their_keys(tmp_path):
    async with world(tmp_path, linked=False, qr_first_life_s=0.01, qr_next_life_s=30) as here:
        first = await code_shown(here)
        second = await changed(here, first)
        assert first.split(",")[1:] == second.split(",")[1:]
        assert await here.qr() == second


async def changed(here, code):
    for _ in range(1000):
        if here.gateway.live_code(KEY) not in {code, None}:
            return here.gateway.live_code(KEY)
        await here.status()
    raise AssertionError("the code did not change")


async def test_a_code_that_is_not_alive_cannot_be_scanned(tmp_path):
    async with world(tmp_path, linked=False) as here:
        code = await code_shown(here)
        with pytest.raises(NotNow):
            await here.gateway.act(KEY, "scan", code=code + "x")
        await here.gateway.act(KEY, "scan", code=code)
        await here.gateway.until(KEY, Phase.OPEN)


async def test_a_scan_goes_through_connecting(tmp_path):
    async with world(tmp_path, linked=False, pace=replace(QUICK, pair_s=60)) as here:
        await code_shown(here)
        await here.gateway.act(KEY, "scan")
        await here.gateway.until(KEY, Phase.CONNECTING)
        assert (await here.word(), await here.qr()) == ("disconnected", None)
        assert here.files() == ["creds.json"]


async def test_a_scan_ends_connected(tmp_path):
    async with world(tmp_path, linked=False) as here:
        await code_shown(here)
        await here.gateway.act(KEY, "scan")
        await here.gateway.until(KEY, Phase.OPEN)
        assert (await here.word(), await phone(here)) == ("connected", PHONE)


async def test_another_number_can_scan(tmp_path):
    async with world(tmp_path, linked=False) as here:
        await code_shown(here)
        await here.gateway.act(KEY, "scan_other_number")
        await here.gateway.until(KEY, Phase.OPEN)
        assert await phone(here) != PHONE


@pytest.mark.parametrize("act", ["scan_refused", "needs_passkey"])
async def test_a_refused_scan_ends_with_nothing(tmp_path, act):
    async with world(tmp_path, linked=False) as here:
        await code_shown(here)
        await here.gateway.act(KEY, act)
        await here.gateway.until(KEY, Phase.STOPPED)
        assert (await here.word(), await here.qr()) == ("not_initialized", None)
        assert "401" in here.log()


async def test_a_removed_device_stays_removed_and_keeps_its_files(tmp_path):
    async with world(tmp_path) as here:
        kept = here.files()
        await here.gateway.act(KEY, "device_removed")
        assert await here.word() == "not_initialized"
        await here.init()
        await here.gateway.until(KEY, Phase.STOPPED)
        assert here.files() == kept


async def test_a_dropped_connection_is_told(tmp_path):
    async with world(tmp_path, pace=replace(QUICK, away_s=60)) as here:
        await here.gateway.act(KEY, "drop")
        assert await here.status() | {"uptime": 0} == {
            "connected": False,
            "status": "disconnected",
            "reconnectAttempts": 1,
            "health": "unhealthy",
            "uptime": 0,
        }


async def test_a_dropped_connection_comes_back_by_itself(tmp_path):
    async with world(tmp_path) as here:
        await here.gateway.act(KEY, "drop")
        await here.gateway.until(KEY, Phase.OPEN)
        assert (await here.status())["reconnectAttempts"] == 0


@pytest.mark.parametrize("act", ["drop_for_good", "zombie"])
async def test_what_does_not_come_back_is_reconnected(tmp_path, act):
    async with world(tmp_path) as here:
        await here.gateway.act(KEY, act)
        await here.http.post(f"{API}/sessions/{KEY}/reconnect")
        await here.gateway.until(KEY, Phase.OPEN)


async def test_a_second_process_is_a_conflict_of_another_kind(tmp_path):
    async with world(tmp_path, pace=replace(QUICK, away_s=60)) as here:
        await here.gateway.act(KEY, "second_process")
        assert await here.word() == "disconnected"
        assert '"code":440' in here.log()
        assert '"type":"replaced"' in here.log()


async def test_a_locked_account_cannot_log_in_until_it_is_unlocked(tmp_path):
    async with world(tmp_path) as here:
        await here.gateway.act(KEY, "account_restricted")
        await here.http.post(f"{API}/sessions/{KEY}/reconnect")
        await here.gateway.until(KEY, Phase.CLOSED)
        await here.gateway.act(KEY, "account_allowed")
        await here.http.post(f"{API}/sessions/{KEY}/reconnect")
        await here.gateway.until(KEY, Phase.OPEN)


async def test_damaged_credentials_show_a_code_without_a_removal(tmp_path):
    async with world(tmp_path) as here:
        await here.gateway.act(KEY, "damage_creds")
        await here.gateway.until(KEY, Phase.SHOWING)
        assert "device_removed" not in here.log()
        assert len(here.files()) == 4


async def test_an_act_that_makes_no_sense_is_refused(tmp_path):
    async with world(tmp_path) as here:
        with pytest.raises(NotNow):
            await here.gateway.act(KEY, "scan")
        with pytest.raises(KeyError):
            await here.gateway.act(KEY, "explode")
        with pytest.raises(KeyError):
            await here.gateway.act("1", "scan")


async def test_every_act_offered_can_be_performed(tmp_path):
    done = set()
    for number in range(3):
        async with world(tmp_path / str(number)) as here:
            for name in await offered(here, number):
                async with world(tmp_path / f"{number}-{name}") as fresh:
                    await offered(fresh, number)
                    await fresh.gateway.act(KEY, name)
                    done.add(name)
    assert {"scan", "drop", "damage_creds", "account_allowed", "device_removed"} <= done


async def offered(here, number):
    """What is offered when connected, while a code is shown, and to a locked account."""
    if number == 1:
        await code_shown(here)
    if number == 2:
        await here.gateway.act(KEY, "account_restricted")
    [company] = (await here.http.get("/sandbox/state")).json()["companies"]
    return [act["act"] for act in company["acts"]]


async def test_stopping_ends_every_task(tmp_path):
    companies = {str(number): GatewayCompany("x", f"7900000000{number}") for number in range(5)}
    before = asyncio.all_tasks()
    async with world(tmp_path, companies=companies, pace=QUICK) as here:
        for number, act in enumerate(["drop", "damage_creds", "second_process", "zombie"]):
            await here.gateway.act(str(number), act)
        await here.gateway.act(None, "gateway_restart_auto")
    assert asyncio.all_tasks() == before


async def test_idle_companies_have_no_tasks(tmp_path):
    companies = {str(number): GatewayCompany("x", f"79{number:09d}") for number in range(30)}
    before = len(asyncio.all_tasks())
    async with world(tmp_path, companies=companies):
        assert len(asyncio.all_tasks()) - before < 10
