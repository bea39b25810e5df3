"""`python -m bot`, set up by environment variables alone, against servers it knows nothing of."""

import os

import pytest

from bench.kill import storm
from bench.program import Program, environ_for
from bench.toy_gateway import ToyGateway
from bot.sandbox.telegram import ANNA, GROUP_ID

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]


def measured():
    """What lets a child process be measured by the coverage run that started it."""
    return {name: os.environ[name] for name in os.environ if name.startswith("COVERAGE_")}


@pytest.fixture
async def gateway():
    gateway = ToyGateway(["962302", "962303"])
    await gateway.start()
    yield gateway
    await gateway.stop()


@pytest.fixture
async def program(tmp_path, telegram, gateway):
    environ = environ_for(tmp_path, telegram.url, gateway.url, GROUP_ID)
    program = Program(environ | measured(), tmp_path / "bot.log")
    await program.start()
    yield program
    await program.kill()


async def test_the_program_tells_of_a_lost_session_and_ends_in_order(program, telegram, gateway):
    await gateway.looked(2)
    gateway.gone.add("962302")
    alert = await telegram.wait_message(GROUP_ID, lambda one: "962302" in one.text, timeout_s=15)
    assert "Сообщения клиентов не доходят" in alert.text
    assert await program.stop() == 0


async def test_the_tick_runs_while_telegram_is_away(tmp_path, gateway):
    nowhere = environ_for(tmp_path, "http://127.0.0.1:9", gateway.url, GROUP_ID)
    program = Program(nowhere, tmp_path / "bot.log")
    await program.start()
    await gateway.looked(3)
    assert await program.stop() == 0


async def test_alerts_wait_for_telegram_to_come_back(program, telegram, gateway):
    await gateway.looked(2)
    telegram.fault("outage")
    gateway.gone.add("962302")
    await gateway.looked(3)
    telegram.clear_faults()
    await telegram.wait_message(GROUP_ID, lambda one: "962302" in one.text, timeout_s=90)


async def test_a_status_is_answered(program, telegram, gateway):
    await gateway.looked(2)
    telegram.say(ANNA.id, GROUP_ID, "/status")
    answer = await telegram.wait_message(GROUP_ID, lambda one: one.sender.is_bot, timeout_s=15)
    assert "2" in answer.text


@pytest.mark.long
async def test_kill_9_in_a_storm_loses_nothing_and_repeats_at_most_once_a_kill():
    survived = await storm(kills=2, seed=1)
    assert survived.incidents > 0
    assert survived.never_told == 0
    assert survived.unsettled == 0
    assert survived.told_twice <= survived.kills
