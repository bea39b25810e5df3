import json
import shutil
from dataclasses import replace

import pytest
from gateway_world import API, KEY, PHONE, QUICK, SessionTimes, world

from bot.sandbox.gateway import GatewayCompany, GatewaySandbox, Phase


@pytest.mark.parametrize(("line", "count"), [("6.7", 31), ("7.0", 816)])
async def test_a_new_link_has_as_many_files_as_its_line_makes(tmp_path, line, count):
    async with world(tmp_path, line=line, pace=replace(QUICK, pre_keys=None)) as here:
        assert len(here.files()) == count


async def test_credentials_look_linked_and_their_keys_look_fake(tmp_path):
    async with world(tmp_path, pace=replace(QUICK, pre_keys=30)) as here:
        creds = json.loads((here.directory() / "creds.json").read_text())
        assert creds["me"]["id"] == f"{PHONE}:1@s.whatsapp.net"
        assert (creds["registered"], creds["nextPreKeyId"]) == (False, 31)
        assert creds["noiseKey"]["private"]["data"].startswith("RkFLRS1LRVkt")
        assert 1500 < (here.directory() / "creds.json").stat().st_size < 2200
        assert (here.directory() / "pre-key-1.json").stat().st_size == 164


async def test_the_directory_is_empty_while_a_code_is_shown(tmp_path):
    async with world(tmp_path, linked=False) as here:
        await here.init()
        await here.gateway.until(KEY, Phase.SHOWING)
        assert here.files() == []


async def test_files_grow_on_request(tmp_path):
    async with world(tmp_path) as here:
        await here.gateway.act(KEY, "files_grow")
        assert len(here.files()) == 154
        assert "pre-key-153.json" in here.files()


async def test_a_directory_set_aside_means_a_new_code_and_put_back_the_same_device(tmp_path):
    async with world(tmp_path) as here:
        await here.http.delete(f"{API}/sessions/{KEY}")
        here.directory().rename(here.sessions / "aside")
        await here.init()
        await here.gateway.until(KEY, Phase.SHOWING)
        await here.http.delete(f"{API}/sessions/{KEY}")
        shutil.rmtree(here.directory())
        (here.sessions / "aside").rename(here.directory())
        await here.init()
        await here.gateway.until(KEY, Phase.OPEN)


async def test_files_put_back_of_a_removed_device_are_dead(tmp_path):
    async with world(tmp_path) as here:
        await here.http.delete(f"{API}/sessions/{KEY}")
        await here.gateway.act(KEY, "device_removed")
        await here.init()
        await here.gateway.until(KEY, Phase.STOPPED)
        assert "Connection Failure" in here.log()


async def test_a_live_socket_writes_its_credentials_back(tmp_path):
    async with world(tmp_path) as here:
        before = json.loads((here.directory() / "creds.json").read_text())
        shutil.rmtree(here.directory())
        await appears(here, "creds.json")
        assert json.loads((here.directory() / "creds.json").read_text()) == before


async def test_a_live_socket_writes_its_credentials_now_and_then(tmp_path):
    async with world(tmp_path) as here:
        creds = here.directory() / "creds.json"
        before = creds.stat().st_mtime_ns
        for _ in range(2000):
            await here.status()
            if creds.stat().st_mtime_ns != before:
                return
        raise AssertionError("nothing was written")


async def appears(here, name):
    for _ in range(2000):
        if (here.directory() / name).exists():
            return
        await here.status()
    raise AssertionError(f"{name} did not appear")


async def test_a_stopped_session_writes_nothing(tmp_path):
    async with world(tmp_path) as here:
        await here.http.delete(f"{API}/sessions/{KEY}")
        shutil.rmtree(here.directory())
        for _ in range(100):
            await here.status()
        assert not here.directory().exists()


async def test_initialize_throws_the_files_away_but_not_the_link(tmp_path):
    async with world(tmp_path) as here:
        copy = shutil.copytree(here.directory(), tmp_path / "copy")
        await here.http.post(f"{API}/sessions/{KEY}/initialize")
        assert here.files() == []
        await here.http.delete(f"{API}/sessions/{KEY}")
        shutil.copytree(copy, here.directory(), dirs_exist_ok=True)
        await here.init()
        await here.gateway.until(KEY, Phase.OPEN)


async def test_a_sandbox_started_on_old_directories_knows_the_devices(tmp_path):
    async with world(tmp_path) as here:
        before = (here.directory() / "creds.json").read_text()
    async with world(tmp_path) as here:
        assert await here.word() == "connected"
        assert (here.directory() / "creds.json").read_text() == before


async def test_a_disk_that_refuses_is_the_status_error(tmp_path):
    async with world(tmp_path, linked=False, pace=SessionTimes(first_code_s=0.01)) as here:
        await here.init()
        await here.gateway.until(KEY, Phase.SHOWING)
        here.directory().rmdir()
        here.directory().write_text("")
        await here.gateway.act(KEY, "scan")
        await here.gateway.until(KEY, Phase.STOPPED)
        assert await here.word() == "error"


async def test_a_sandbox_can_be_stopped_before_it_was_started(tmp_path):
    gateway = GatewaySandbox(tmp_path, {KEY: GatewayCompany("Salon", PHONE)})
    await gateway.stop()
    assert gateway.url == ""
