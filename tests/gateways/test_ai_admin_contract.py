"""What each double of the gateway must keep: recorded replies and sandbox, side by side."""

from contextlib import AsyncExitStack
from datetime import UTC, datetime

import pytest
from recorded import KEY, Clock, Recorded, client

from bot.domain.session import State
from bot.gateways.ai_admin import AiAdmin
from bot.gateways.base import QrNotReady, WouldDestroy
from bot.gateways.client import GatewayClient
from bot.sandbox.gateway import GatewayCompany, GatewaySandbox, Phase, SessionTimes

PHONE = "79000962302"
QUICK = SessionTimes(login_s=0.01, first_code_s=0.01, pair_s=0.01, away_s=0.01, pre_keys=3)

# A stage, and which recorded replies belong to it.
STAGES = {
    "nothing": (
        "01-sessions-empty",
        "02-status-nothing",
        "03-qr-nothing",
        "30-init-with-dead-files",
    ),
    "awaiting scan": ("07-status-qr-shown", "08-qr-shown", "39-close", "22-reconnect"),
    "connected": (
        "10-status-connected",
        "11-qr-connected",
        "12-health-connected",
        "13-sessions-connected",
        "39-close",
    ),
    "dead socket": ("23-status-dead-socket", "11-qr-connected", "12-health-connected"),
    "device removed": (
        "01-sessions-empty",
        "26-status-device-removed",
        "29-qr-device-removed",
        "06-initialize-qr",
    ),
    "window over": ("43-status-qr-window-over", "44-qr-stale"),
    "closed": ("01-sessions-empty", "40-status-closed", "44-qr-stale"),
}


class RecordedGateway:
    """Brings the recorded gateway to a stage: the replies of that moment."""

    def __init__(self, line):
        self._line = line

    async def at(self, stage):
        transport = Recorded(self._line, *STAGES[stage])
        return AiAdmin(client(transport), clock=Clock())

    async def aclose(self):
        pass


class SandboxGateway:
    """Brings a sandbox to a stage: by living through it."""

    def __init__(self, tmp_path, line):
        self._dir = tmp_path
        self._line = line
        self._open = AsyncExitStack()

    async def at(self, stage):
        short = stage == "window over"
        sandbox = GatewaySandbox(
            self._dir,
            {
                KEY: GatewayCompany(
                    "Salon", PHONE, stage not in {"nothing", "awaiting scan"} and not short
                )
            },
            line=self._line,
            pace=QUICK,
            **({"qr_first_life_s": 0.01, "codes": 1} if short else {}),
        )
        await sandbox.start()
        self._open.push_async_callback(sandbox.stop)
        admin = AiAdmin(GatewayClient(sandbox.url), clock=lambda: datetime.now(UTC))
        self._open.push_async_callback(admin.aclose)
        await self._live_through(sandbox, admin, stage)
        return admin

    async def _live_through(self, sandbox, admin, stage):
        if stage in {"awaiting scan", "window over"}:
            await admin.start(KEY)
            await sandbox.until(KEY, Phase.SHOWING if stage == "awaiting scan" else Phase.CLOSED)
        elif stage == "closed":
            await admin.stop(KEY)
        elif stage in {"dead socket", "device removed"}:
            act = {"dead socket": "zombie", "device removed": "device_removed"}[stage]
            await sandbox.act(KEY, act)

    async def aclose(self):
        await self._open.aclose()


@pytest.fixture(params=["recorded", "sandbox"])
def double(request):
    return request.param


@pytest.fixture(params=["6.7", "7.0"])
async def gateway(request, double, tmp_path):
    line = request.param
    made = RecordedGateway(line) if double == "recorded" else SandboxGateway(tmp_path, line)
    yield made
    await made.aclose()


class TestContract:
    """Each of these holds for both."""

    @pytest.mark.parametrize(
        ("stage", "state"),
        [
            ("nothing", State.STOPPED),
            ("awaiting scan", State.AWAITING_SCAN),
            ("connected", State.CONNECTED),
            ("dead socket", State.CONNECTED),
            ("device removed", State.STOPPED),
            ("closed", State.STOPPED),
        ],
    )
    async def test_a_session_is_in_its_state(self, gateway, stage, state):
        info = await (await gateway.at(stage)).get_session(KEY)
        assert (info.key, info.state, info.cause) == (KEY, state, None)

    async def test_a_connected_session_tells_its_number(self, gateway):
        info = await (await gateway.at("connected")).get_session(KEY)
        assert (info.owner_phone, info.reconnects) == (PHONE, 0)

    @pytest.mark.parametrize("stage", ["nothing", "connected", "device removed", "closed"])
    async def test_the_list_holds_what_is_in_the_pool(self, gateway, stage):
        found = {info.key: info.state for info in await (await gateway.at(stage)).list_sessions()}
        assert found == ({KEY: State.CONNECTED} if stage == "connected" else {})

    async def test_a_code_is_handed_out_while_it_is_shown(self, gateway):
        code = await (await gateway.at("awaiting scan")).get_qr(KEY)
        assert len(code.raw) in {277, 317}
        assert code.png is None

    @pytest.mark.parametrize("stage", ["nothing", "connected", "device removed", "closed"])
    async def test_no_code_is_handed_out_otherwise(self, gateway, stage):
        with pytest.raises(QrNotReady):
            await (await gateway.at(stage)).get_qr(KEY)

    @pytest.mark.parametrize("stage", ["awaiting scan", "connected", "dead socket", "window over"])
    async def test_a_start_of_what_exists_is_refused(self, gateway, stage):
        with pytest.raises(WouldDestroy):
            await (await gateway.at(stage)).start(KEY)

    @pytest.mark.parametrize("stage", ["connected", "dead socket"])
    async def test_a_restart_of_what_is_connected_is_refused(self, gateway, stage):
        with pytest.raises(WouldDestroy):
            await (await gateway.at(stage)).restart(KEY)

    @pytest.mark.parametrize(
        ("stage", "call"),
        [
            ("nothing", "start"),
            ("nothing", "restart"),
            ("nothing", "stop"),
            ("awaiting scan", "restart"),
            ("awaiting scan", "stop"),
            ("connected", "stop"),
            ("device removed", "reset"),
        ],
    )
    async def test_a_call_that_fits_succeeds(self, gateway, stage, call):
        admin = await gateway.at(stage)
        assert await getattr(admin, call)(KEY) is None
