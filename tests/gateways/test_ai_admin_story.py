"""The adapter against the sandbox, over time: what the recorded replies cannot show."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from recorded import KEY

from bot.domain.session import Cause, State
from bot.gateways.base import GatewayConfused, GatewayUnreachable, QrNotReady
from bot.gateways.client import GatewayClient
from bot.gateways.kinds import KINDS
from bot.sandbox.gateway import GatewayCompany, GatewaySandbox, Phase, SessionTimes

QUICK = SessionTimes(login_s=0.01, first_code_s=0.01, pair_s=0.01, away_s=0.01, restart_s=60)


class Ahead:
    """The real clock, which a test can put forward."""

    def __init__(self):
        self.by = timedelta()

    def __call__(self):
        return datetime.now(UTC) + self.by


@asynccontextmanager
async def meeting(tmp_path, *, linked=True, **options):
    sandbox = GatewaySandbox(
        tmp_path, {KEY: GatewayCompany("Salon", "79000962302", linked)}, pace=QUICK, **options
    )
    await sandbox.start()
    clock = Ahead()
    admin = KINDS["ai_admin"](GatewayClient(sandbox.url), clock=clock)
    try:
        yield sandbox, admin, clock
    finally:
        await admin.aclose()
        await sandbox.stop()


async def test_18_september_from_the_removal_to_the_scan(tmp_path):
    async with meeting(tmp_path) as (sandbox, admin, _):
        await sandbox.act(KEY, "device_removed")
        assert (await admin.get_session(KEY)).state is State.STOPPED
        await admin.start(KEY)
        await sandbox.until(KEY, Phase.STOPPED)
        assert (await admin.get_session(KEY)).state is State.STOPPED
        await admin.reset(KEY)
        code = await admin.get_qr(KEY)
        await sandbox.act(KEY, "scan", code=code.raw)
        await sandbox.until(KEY, Phase.OPEN)
        assert (await admin.get_session(KEY)).state is State.CONNECTED


async def test_a_reset_by_setting_the_directory_aside(tmp_path):
    async with meeting(tmp_path) as (sandbox, admin, clock):
        began = clock()
        await admin.stop(KEY)
        (tmp_path / f"company_{KEY}").rename(tmp_path / "aside")
        await admin.start(KEY)
        await sandbox.until(KEY, Phase.SHOWING)
        code = await admin.get_qr(KEY)
        assert code.not_older_than >= began
        assert code.life_s == 60


async def test_a_start_after_a_restart_of_the_gateway_keeps_the_link(tmp_path):
    async with meeting(tmp_path) as (sandbox, admin, _):
        files = sorted((tmp_path / f"company_{KEY}").iterdir())
        await sandbox.act(None, "gateway_restart")
        await sandbox.until(KEY, Phase.STOPPED)
        await sandbox.act(None, "gateway_up")
        await admin.start(KEY)
        await sandbox.until(KEY, Phase.OPEN)
        assert sorted((tmp_path / f"company_{KEY}").iterdir()) == files


async def test_a_restart_brings_a_dropped_session_back_with_its_link(tmp_path):
    async with meeting(tmp_path) as (sandbox, admin, _):
        await sandbox.act(KEY, "drop_for_good")
        before = await admin.get_session(KEY)
        await admin.restart(KEY)
        await sandbox.until(KEY, Phase.OPEN)
        assert (before.state, before.reconnects) == (State.DISCONNECTED, 5)


async def test_a_window_over_is_found_out_and_reopened(tmp_path):
    lives = {"qr_first_life_s": 0.01, "codes": 1}
    async with meeting(tmp_path, linked=False, **lives) as (sandbox, admin, clock):
        await admin.start(KEY)
        await sandbox.until(KEY, Phase.CLOSED)
        await admin.get_session(KEY)
        clock.by = timedelta(seconds=64)
        assert (await admin.get_session(KEY)).cause is Cause.QR_WINDOW_OVER
        with pytest.raises(QrNotReady):
            await admin.get_qr(KEY)
        await admin.restart(KEY)
        await sandbox.until(KEY, Phase.CLOSED)
        assert (await admin.get_session(KEY)).state is State.AWAITING_SCAN


async def test_the_list_tells_who_awaits_a_scan(tmp_path):
    async with meeting(tmp_path) as (sandbox, admin, _):
        await sandbox.act(KEY, "damage_creds")
        await sandbox.until(KEY, Phase.SHOWING)
        [info] = await admin.list_sessions()
        assert (info.state, info.raw_state) == (State.AWAITING_SCAN, "disconnected")


@pytest.mark.parametrize(
    ("fault", "error"), [("gateway_down", GatewayUnreachable), ("garbage", GatewayConfused)]
)
async def test_a_faulty_gateway_loses_no_session(tmp_path, fault, error):
    async with meeting(tmp_path) as (sandbox, admin, _):
        await sandbox.act(None, fault)
        for call in (admin.get_session(KEY), admin.list_sessions(), admin.ping()):
            with pytest.raises(error):
                await call
        await sandbox.act(None, "gateway_up")
        assert (await admin.get_session(KEY)).state is State.CONNECTED


async def test_a_wrong_number_is_seen(tmp_path):
    async with meeting(tmp_path, linked=False) as (sandbox, admin, _):
        await admin.start(KEY)
        await sandbox.until(KEY, Phase.SHOWING)
        await sandbox.act(KEY, "scan_other_number")
        await sandbox.until(KEY, Phase.OPEN)
        assert (await admin.get_session(KEY)).owner_phone == "79000962303"
