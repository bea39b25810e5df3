"""All 52 recorded replies of both Baileys lines, and what the adapter makes of each."""

import pytest
from recorded import KEY, LINES, Clock, Recorded, adapter, body, client, reply, steps

from bot.domain.session import Cause, State
from bot.gateways.base import (
    GatewayConfused,
    GatewayUnreachable,
    QrNotReady,
    RateLimited,
    SessionNotFound,
)
from bot.gateways.reply import NoSuchRoute

STATUS_PATH = f"/webhook/whatsapp/baileys/status/{KEY}"
QR_PATH = f"/webhook/whatsapp/baileys/qr/{KEY}"
HEALTH_PATH = f"/api/whatsapp/sessions/{KEY}/health"

# step → what the qr route answered then, state
STATUSES = {
    "02-status-nothing": ("03-qr-nothing", State.STOPPED),
    "07-status-qr-shown": ("08-qr-shown", State.AWAITING_SCAN),
    "10-status-connected": ("11-qr-connected", State.CONNECTED),
    "23-status-dead-socket": ("11-qr-connected", State.CONNECTED),
    "25-status-after-outage": ("11-qr-connected", State.CONNECTED),
    "26-status-device-removed": ("29-qr-device-removed", State.STOPPED),
    "31-status-init-with-dead-files": ("29-qr-device-removed", State.STOPPED),
    "33-status-recovered": ("11-qr-connected", State.CONNECTED),
    "35-status-after-restart": ("03-qr-nothing", State.STOPPED),
    "37-status-init-after-restart": ("38-qr-init-after-restart", State.CONNECTED),
    "40-status-closed": ("44-qr-stale", State.STOPPED),
    "42-status-init-destructive": ("03-qr-nothing", State.DISCONNECTED),
    "43-status-qr-window-over": ("44-qr-stale", State.AWAITING_SCAN),
    "46-status-code-pending": ("03-qr-nothing", State.DISCONNECTED),
    "47-status-linked-by-code": ("11-qr-connected", State.CONNECTED),
    "51-status-error": ("03-qr-nothing", State.UNKNOWN),
}
CODES = ("08-qr-shown", "09-qr-rotated", "44-qr-stale")
NO_CODES = ("03-qr-nothing", "11-qr-connected", "29-qr-device-removed", "38-qr-init-after-restart")
HEALTHS = {
    "04-health-nothing": None,
    "12-health-connected": "79000962302",
    "27-health-device-removed": None,
}
LISTS = {"01-sessions-empty": [], "13-sessions-connected": [(KEY, State.CONNECTED)]}
RESETS = {
    "06-initialize-qr": None,
    "32-initialize-after-removal": None,
    "49-initialize-timeout": GatewayUnreachable,
}
STARTS = {
    "30-init-with-dead-files": None,
    "36-init-after-restart": None,
    "41-init-destructive": None,
    "50-init-error": GatewayUnreachable,
}
# Routes that the adapter does not call, as the client would tell them.
UNUSED = {
    "05-send-no-session": GatewayUnreachable,
    "14-send-ok": None,
    "15-send-invalid": GatewayConfused,
    "16-metrics": None,
    "17-old-disconnect-always-500": GatewayUnreachable,
    "18-old-reconnect-always-500": GatewayUnreachable,
    "19-old-delete-always-500": GatewayUnreachable,
    "20-unknown-route": NoSuchRoute,
    "24-send-dead-socket": GatewayUnreachable,
    "28-send-device-removed": GatewayUnreachable,
    "34-send-recovered": None,
    "45-pairing-code": None,
    "48-send-rate-limited": RateLimited,
    "52-pairing-code-unsupported": GatewayUnreachable,
}
OTHERS = ("21-invalid-company", "22-reconnect", "39-close")

pytestmark = pytest.mark.parametrize("line", LINES)


def test_every_recorded_reply_is_accounted_for(line):
    tables = (STATUSES, CODES, NO_CODES, HEALTHS, LISTS, RESETS, STARTS, UNUSED, OTHERS)
    assert sorted(step for table in tables for step in table) == steps(line)


@pytest.mark.parametrize("step", STATUSES)
async def test_a_status_is_understood(line, step):
    qr, state = STATUSES[step]
    transport = Recorded(line, "12-health-connected", step, qr)
    key = body(line, step)["companyId"]
    info = await adapter(transport).get_session(key)
    assert (info.key, info.state, info.cause) == (key, state, None)
    assert info.raw_state == body(line, step)["status"]["status"]
    assert info.owner_phone == ("79000962302" if state is State.CONNECTED else None)
    assert not transport.written()


async def test_a_dead_socket_tells_its_attempts(line):
    transport = Recorded(line, "23-status-dead-socket", "12-health-connected")
    assert (await adapter(transport).get_session(KEY)).reconnects == 1


async def test_the_text_of_an_error_does_not_leak(line):
    info = await adapter(Recorded(line, "51-status-error")).get_session("77")
    assert "baileys_sessions" not in repr(info)


async def test_a_code_left_in_the_cache_is_found_out(line):
    clock = Clock()
    admin = adapter(Recorded(line, "43-status-qr-window-over", "44-qr-stale"), clock)
    await admin.get_session(KEY)
    clock.push(64)
    info = await admin.get_session(KEY)
    assert (info.state, info.cause) == (State.DISCONNECTED, Cause.QR_WINDOW_OVER)
    with pytest.raises(QrNotReady):
        await admin.get_qr(KEY)


@pytest.mark.parametrize("step", CODES)
async def test_a_code_passes_byte_for_byte(line, step):
    transport = Recorded(line, "07-status-qr-shown", step)
    assert (await adapter(transport).get_qr(KEY)).raw == body(line, step)["qr"]


@pytest.mark.parametrize("step", NO_CODES)
async def test_no_code_is_not_ready(line, step):
    transport = Recorded(line, "07-status-qr-shown", step)
    with pytest.raises(QrNotReady) as refusal:
        await adapter(transport).get_qr(KEY)
    assert refusal.value.state is State.DISCONNECTED


@pytest.mark.parametrize("step", HEALTHS)
async def test_health_gives_the_number_and_never_the_state(line, step):
    info = await adapter(Recorded(line, "10-status-connected", step)).get_session(KEY)
    assert (info.state, info.owner_phone) == (State.CONNECTED, HEALTHS[step])


@pytest.mark.parametrize("step", LISTS)
async def test_a_list_is_understood(line, step):
    transport = Recorded(line, step)
    sessions = await adapter(transport).list_sessions()
    assert [(info.key, info.state) for info in sessions] == LISTS[step]
    assert len(transport.asked) == 1


@pytest.mark.parametrize("step", RESETS)
async def test_a_reset_is_told(line, step):
    transport = Recorded(line, step, "03-qr-nothing")
    await _raises_or_not(RESETS[step], adapter(transport).reset(KEY))
    assert transport.written() == [f"POST /api/whatsapp/sessions/{KEY}/initialize"]


@pytest.mark.parametrize("step", STARTS)
async def test_a_start_is_told(line, step):
    transport = Recorded(line, "02-status-nothing", "03-qr-nothing")
    transport.say_at("POST", f"/webhook/whatsapp/baileys/init/{KEY}", step)
    await _raises_or_not(STARTS[step], adapter(transport).start(KEY))
    assert transport.written() == [f"POST /webhook/whatsapp/baileys/init/{KEY}"]


async def test_a_reconnect_uses_the_route_that_works(line):
    transport = Recorded(line, "07-status-qr-shown", "08-qr-shown", "22-reconnect")
    await adapter(transport).restart(KEY)
    assert transport.written() == [f"POST /api/whatsapp/sessions/{KEY}/reconnect"]


async def test_a_close_uses_the_route_that_works(line):
    transport = Recorded(line, "10-status-connected", "39-close")
    await adapter(transport).stop(KEY)
    assert transport.written() == [f"DELETE /api/whatsapp/sessions/{KEY}"]


async def test_what_the_gateway_takes_for_no_company_is_not_found(line):
    transport = Recorded(line)
    transport.say_at("GET", STATUS_PATH, "21-invalid-company")
    with pytest.raises(SessionNotFound):
        await adapter(transport).get_session(KEY)


@pytest.mark.parametrize("step", UNUSED)
async def test_the_client_types_every_other_reply(line, step):
    request = reply(line, step)["request"]
    asking = client(Recorded(line, step))
    ask = {"GET": asking.get_json, "POST": asking.post_json, "DELETE": asking.delete_json}
    await _raises_or_not(UNUSED[step], ask[request["method"]](request["path"]))


async def _raises_or_not(error, call):
    if error is None:
        await call
        return
    with pytest.raises(error) as raised:
        await call
    assert raised.type is error
