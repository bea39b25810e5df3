"""What every kind of gateway owes to the rest of the program, tried against its own dialect.

Each request made here is held against the vendor's own description: see `kinds_world`.
"""

import contextlib
import io

import pytest
import zxingcpp
from kinds_world import KEY, OTHER, PHONE, comes_up, listening, met
from PIL import Image

from bot.domain.session import CAUSES, State
from bot.gateways.base import (
    GatewayAuthError,
    GatewayConfused,
    GatewayError,
    GatewayUnreachable,
    PushForged,
    PushRefused,
    QrNotReady,
    RateLimited,
    SessionInfo,
    SessionNotFound,
    Unsupported,
    WouldDestroy,
)
from bot.gateways.kinds import CODED, KINDS
from bot.gateways.look import look_at
from bot.sandbox.gateway import Phase

# `ai_admin` has a contract of its own, recorded from the real one.
OTHERS = [kind for kind in KINDS if kind != "ai_admin"]
PUSHING = [kind for kind in OTHERS if KINDS[kind].caps.push_events]

UNABLE = {kind: () if KINDS[kind].caps.pairing_code else (Unsupported,) for kind in OTHERS}
SENDS_NOT = ("whapi", "codechat")  # what their documents at hand do not tell is not described
AWAY = (State.DISCONNECTED, State.AWAITING_SCAN)  # as much as many others know of it
GONE = (State.LOGGED_OUT, State.STOPPED, State.FAILED, State.CONNECTING)

pytestmark = pytest.mark.parametrize("kind", OTHERS)


def text_of(qr):
    """What a phone would read."""
    if qr.raw is not None:
        return qr.raw
    picture = Image.open(io.BytesIO(qr.png)).convert("L")
    [found] = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    return found.text


async def test_a_connected_session_is_told_with_its_number(kind, tmp_path):
    async with met(kind, tmp_path) as here:
        info = await here.adapter.get_session(KEY)
        assert (info.state, info.cause, info.owner_phone) == (State.CONNECTED, None, PHONE)


async def test_the_list_holds_every_session(kind, tmp_path):
    async with met(kind, tmp_path) as here:
        found = {info.key: info.state for info in await here.adapter.list_sessions()}
        assert found == {KEY: State.CONNECTED, OTHER: State.CONNECTED}


async def test_a_ping_tells_how_long_it_took(kind, tmp_path):
    async with met(kind, tmp_path) as here:
        assert (await here.adapter.ping()).latency_s >= 0


async def test_a_wrong_key_is_a_wrong_key_and_no_lost_session(kind, tmp_path):
    async with met(kind, tmp_path, key="operator:another-fake-key") as here:
        for call in (here.adapter.list_sessions(), here.adapter.get_session(KEY)):
            with pytest.raises(GatewayAuthError):
                await call


async def test_a_session_that_is_not_there_is_not_found(kind, tmp_path):
    async with met(kind, tmp_path) as here:
        # Where each session has a secret of its own, one without it cannot be asked for.
        with pytest.raises((SessionNotFound, GatewayAuthError)):
            await here.adapter.get_session("000000")


@pytest.mark.parametrize("fault", ["gateway_down", "garbage"])
async def test_a_faulty_gateway_loses_no_session(kind, tmp_path, fault):
    async with met(kind, tmp_path) as here:
        await here.gateway.act(None, fault)
        adapter = here.adapter
        for call in (adapter.get_session(KEY), adapter.list_sessions(), adapter.ping()):
            with pytest.raises((GatewayUnreachable, GatewayConfused)):
                await call
        await here.gateway.act(None, "gateway_up")
        assert (await adapter.get_session(KEY)).state is State.CONNECTED


async def test_a_removed_device_is_seen_in_the_list_and_alone(kind, tmp_path):
    async with met(kind, tmp_path) as here:
        await here.gateway.act(KEY, "device_removed")
        listed = {info.key: info for info in await here.adapter.list_sessions()}
        gone = SessionInfo(key=KEY, state=State.STOPPED, raw_state="")
        for info in (listed.get(KEY, gone), await look_at(here.adapter, KEY)):
            assert info.state in (GONE if kind in CODED else (*GONE, *AWAY))
            assert info.state is not State.LOGGED_OUT or CAUSES[info.cause].must_pair
        assert listed[OTHER].state is State.CONNECTED


@pytest.mark.parametrize("call", ["start", "restart"])
async def test_no_start_harms_what_is_connected(kind, tmp_path, call):
    async with met(kind, tmp_path) as here:
        before = here.creds()
        with contextlib.suppress(WouldDestroy, Unsupported):
            await getattr(here.adapter, call)(KEY)
        await here.gateway.until(KEY, Phase.OPEN)
        assert here.creds() == before


async def test_a_restart_brings_back_what_dropped_for_good(kind, tmp_path):
    async with met(kind, tmp_path) as here:
        before = here.creds()
        await here.gateway.act(KEY, "drop_for_good")
        assert (await here.adapter.get_session(KEY)).state is not State.CONNECTED
        await here.adapter.restart(KEY)
        await here.gateway.until(KEY, Phase.OPEN)
        assert here.creds() == before


async def test_a_stop_keeps_the_login_or_is_refused(kind, tmp_path):
    async with met(kind, tmp_path) as here:
        before = here.creds()
        try:
            await here.adapter.stop(KEY)
        except Unsupported:
            assert here.gateway.phase(KEY) is Phase.OPEN
            return
        assert (await look_at(here.adapter, KEY)).state is not State.CONNECTED
        await here.adapter.start(KEY)
        await here.gateway.until(KEY, Phase.OPEN)
        assert here.creds() == before


async def test_a_reset_shows_a_new_code_that_links_a_new_device(kind, tmp_path):
    async with met(kind, tmp_path) as here:
        before = here.creds()
        await here.adapter.reset(KEY)
        await comes_up(here)
        assert (await here.adapter.get_session(KEY)).state is State.AWAITING_SCAN
        qr = await here.adapter.get_qr(KEY)
        assert qr.not_older_than is not None
        await here.gateway.act(KEY, "scan", code=text_of(qr))
        await here.gateway.until(KEY, Phase.OPEN)
        assert (await here.adapter.get_session(KEY)).owner_phone == PHONE
        assert here.creds() != before


async def test_a_reset_of_a_removed_device_shows_a_code(kind, tmp_path):
    async with met(kind, tmp_path) as here:
        await here.gateway.act(KEY, "device_removed")
        await here.adapter.reset(KEY)
        await comes_up(here)
        assert text_of(await here.adapter.get_qr(KEY)) == here.gateway.live_code(KEY)


async def test_the_list_tells_who_awaits_a_scan(kind, tmp_path):
    async with met(kind, tmp_path, linked=False) as here:
        await here.adapter.start(KEY)
        await comes_up(here)
        found = {info.key: info.state for info in await here.adapter.list_sessions()}
        assert found[KEY] in (State.AWAITING_SCAN, State.CONNECTING)
        assert (await here.adapter.get_session(KEY)).state is State.AWAITING_SCAN


async def test_no_code_is_handed_out_by_what_is_connected(kind, tmp_path):
    async with met(kind, tmp_path) as here:
        with pytest.raises(QrNotReady) as raised:
            await here.adapter.get_qr(KEY)
        assert raised.value.state is State.CONNECTED


async def test_a_code_to_be_typed_in_links_the_number_it_was_made_for(kind, tmp_path):
    async with met(kind, tmp_path, linked=False) as here:
        await here.adapter.start(KEY)
        await comes_up(here)
        if not KINDS[kind].caps.pairing_code:
            with pytest.raises(Unsupported):
                await here.adapter.request_pairing_code(KEY, PHONE)
            return
        code = await here.adapter.request_pairing_code(KEY, PHONE)
        assert code.code == here.gateway.live_pairing_code(KEY)
        await here.gateway.act(KEY, "enter_code", code=code.code)
        await here.gateway.until(KEY, Phase.OPEN)
        assert (await here.adapter.get_session(KEY)).owner_phone == PHONE


async def test_too_many_codes_are_told_as_such_or_as_silence(kind, tmp_path):
    async with met(kind, tmp_path, linked=False) as here:
        await here.adapter.start(KEY)
        await comes_up(here)
        await here.gateway.act(None, "codes_limited")
        with pytest.raises((RateLimited, GatewayUnreachable, *UNABLE[kind])):
            await here.adapter.request_pairing_code(KEY, PHONE)


async def test_a_text_is_sent_through_what_works_alone(kind, tmp_path):
    async with met(kind, tmp_path) as here:
        if kind in SENDS_NOT:
            with pytest.raises(Unsupported):
                await here.adapter.send_text(KEY, PHONE, "ping")
            return
        assert await here.adapter.send_text(KEY, PHONE, "ping") != ""
        await here.gateway.act(KEY, "zombie")
        with pytest.raises(GatewayError):
            await here.adapter.send_text(KEY, PHONE, "ping")


async def test_a_start_of_what_is_not_there_makes_it(kind, tmp_path):
    async with met(kind, tmp_path) as here:
        if kind in ("green_api", "z_api", "whapi", "quepasa"):  # bought, or known by its secret
            with pytest.raises((SessionNotFound, GatewayAuthError, Unsupported)):
                await here.adapter.start("481120")
            return
        await here.adapter.start("481120")
        await comes_up(here, "481120")
        assert (await here.adapter.get_qr("481120")).not_older_than is not None


async def test_what_is_pushed_names_the_session_and_is_only_a_reason_to_look(kind, tmp_path):
    async with met(kind, tmp_path) as here:
        if kind not in PUSHING:
            with pytest.raises(Unsupported):
                here.adapter.read_push({}, b"{}")
            return
        await here.adapter.list_sessions()  # some push what only a list tells the name of
        async with listening(here):
            await here.gateway.act(KEY, "device_removed")
            await here.gateway.pushes_out()
            events = [it for push in here.pushed for it in here.adapter.read_push(*push)]
        assert {event.key for event in events} == {KEY}
        assert events[-1].state is not State.CONNECTED


async def test_a_push_that_is_not_ours_is_refused(kind, tmp_path):
    async with met(kind, tmp_path) as here:
        if kind not in PUSHING:
            pytest.skip("it pushes nothing")
        async with listening(here):
            await here.gateway.act(KEY, "device_removed")
            await here.gateway.pushes_out()
        headers, body = here.pushed[-1]
        if KINDS[kind].caps.push_signed:
            with pytest.raises(PushForged):
                here.adapter.read_push({}, body)
        for nonsense in (b"", b"[]", b"{}", b"\xff", b'{"event": 1}'):
            with pytest.raises(PushRefused):
                here.adapter.read_push(headers, nonsense)
