"""`repair-bot try-gateway` looks, and only looks."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.cli.try_gateway import kind_named, try_gateway
from bot.domain.company import GatewayName
from bot.gateways.client import GatewayClient
from bot.gateways.described.kind import SHIPPED
from bot.gateways.kinds import KINDS
from bot.sandbox.gateway import GatewayCompany, GatewaySandbox, Phase, token_of
from bot.settings import GatewaySetup, Setup, with_tokens

KEY, PHONE = "962302", "79000962302"
GATEWAY_KEY = "operator:obviously-fake-key"
ROOT = Path(__file__).parents[1]
SHAPES = ROOT / "tests" / "data" / "described"


async def tried(kind, tmp_path, *, linked=True, acts=()):
    """What is printed of a double, its exit status, and how often anything was to be changed."""
    companies = {KEY: GatewayCompany("Salon", PHONE, linked)}
    gateway = GatewaySandbox(tmp_path, companies, dialect=kind)
    gateway.want_key(GATEWAY_KEY)
    await gateway.start()
    try:
        for act in acts:
            await gateway.act(KEY, act)
        if gateway.always_on and "device_removed" in acts:
            await gateway.until(KEY, Phase.SHOWING)
        setup = GatewaySetup(name=GatewayName(kind), kind=kind, url=gateway.url)
        whole = with_tokens(Setup(gateways=(setup,)), {KEY: token_of(KEY)})
        [setup] = whole.gateways
        setup = replace(setup, key=SecretStr(GATEWAY_KEY))
        said = []
        before = gateway.phase(KEY), gateway.live_code(KEY)
        status = await try_gateway(setup, [KEY], said.append)
        assert (gateway.phase(KEY), gateway.live_code(KEY)) == before
        return "".join(said), status, gateway.writes
    finally:
        await gateway.stop()


@pytest.mark.parametrize("acts", [(), ("device_removed",), ("drop_for_good",), ("zombie",)])
@pytest.mark.parametrize("kind", SHIPPED)
async def test_nothing_is_changed_whatever_a_session_is(kind, tmp_path, acts):
    printed, status, writes = await tried(kind, tmp_path, acts=acts)
    assert (status, writes) == (0, 0)
    assert PHONE not in printed
    assert "FAKE-TOKEN" not in printed
    assert GATEWAY_KEY not in printed


@pytest.mark.parametrize("kind", SHIPPED)
async def test_each_session_is_told_with_its_state_and_each_act_with_what_it_destroys(
    kind, tmp_path
):
    printed, _, _ = await tried(kind, tmp_path)
    assert f"  {KEY}: connected" in printed
    assert "•••2302" in printed
    assert "DESTROYS the login" in printed


async def test_the_double_counts_what_changes_something(tmp_path):
    gateway = GatewaySandbox(tmp_path, {KEY: GatewayCompany("Salon", PHONE)}, dialect="openwa")
    await gateway.start()
    adapter = KINDS["openwa"](GatewayClient(gateway.url), clock=lambda: datetime.now(UTC))
    try:
        await adapter.stop(KEY)
        assert gateway.writes == 1
    finally:
        await adapter.aclose()
        await gateway.stop()


def command(*arguments, **environment):
    """The program in a process of its own: nothing of Telegram is set."""
    return subprocess.run(
        [sys.executable, "-m", "bot", "try-gateway", *arguments],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        cwd="/",
        check=False,
    )


def test_a_wrong_description_is_told_line_by_line(tmp_path):
    (tmp_path / "mine.toml").write_text('title = "Mine"\n[list]\nget = "x"\nkye = "id"\n')
    told = command(str(tmp_path / "mine.toml"))
    assert told.returncode == 2
    lines = [line.split(":")[0] for line in told.stderr.splitlines()]
    assert lines == ["line 2", "line 3", "line 4"]


def test_a_gateway_that_is_not_there_is_told_and_its_acts_all_the_same():
    told = command(
        str(SHAPES / "06-a-reconnect-that-logs-out.toml"), GATEWAY_URL="http://127.0.0.1:9"
    )
    assert told.returncode == 1
    assert "It did not answer" in told.stdout
    assert "POST /{key}/reconnect   DESTROYS the login" in told.stdout


def test_what_is_no_kind_and_no_file_is_told():
    told = command("opnwa")
    assert (told.returncode, "none of ai_admin" in told.stderr) == (2, True)


def test_a_path_is_a_file_and_a_name_a_kind():
    assert [kind_named("openwa"), kind_named("x.toml"), kind_named("file:x")] == [
        "openwa",
        "file:x.toml",
        "file:x",
    ]
