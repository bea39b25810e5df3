"""How the kinds of gateway differ: what each does with a session when it is asked directly."""

import asyncio
import io
from dataclasses import replace

import pytest
import zxingcpp
from gateway_world import KEY, PHONE, QUICK, world
from PIL import Image

from bot.sandbox.gateway import Phase, SessionTimes

WPP = f"/api/{KEY}"
WAHA = f"/api/sessions/{KEY}"
TOKEN = {"Authorization": f"Bearer FAKE-TOKEN-OF-{KEY}"}

UNLIMITED = {"reachoutTimelock": None, "messageCapping": None}


def read(png):
    """What a phone would read from a picture."""
    picture = Image.open(io.BytesIO(png)).convert("L")
    [found] = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    return found.text


async def test_wppconnect_hands_out_a_picture_while_it_shows_a_code(tmp_path):
    async with world(tmp_path, linked=False, dialect="wppconnect") as here:
        begun = await here.http.post(
            f"{WPP}/start-session", json={"waitQrCode": True}, headers=TOKEN
        )
        assert begun.json()["urlcode"] == here.gateway.live_code(KEY)
        told = (await here.http.get(f"{WPP}/status-session", headers=TOKEN)).json()
        assert (told["status"], told["urlcode"]) == ("QRCODE", here.gateway.live_code(KEY))
        shown = await here.http.get(f"{WPP}/qrcode-session", headers=TOKEN)
        assert shown.headers["Content-Type"] == "image/png"
        assert read(shown.content) == here.gateway.live_code(KEY)
        await here.gateway.act(KEY, "scan")
        await here.gateway.until(KEY, Phase.OPEN)
        gone = await here.http.get(f"{WPP}/qrcode-session", headers=TOKEN)
        assert gone.status_code == 200
        assert gone.json() == {"status": "CONNECTED", "message": "QRCode is not available..."}


async def test_wppconnect_tells_the_number_of_what_is_connected(tmp_path):
    async with world(tmp_path, dialect="wppconnect") as here:
        told = await here.http.get(f"{WPP}/get-phone-number", headers=TOKEN)
        assert told.json()["response"] == f"{PHONE}@c.us"
        checked = await here.http.get(f"{WPP}/check-connection-session", headers=TOKEN)
        assert checked.json() == {"status": True, "message": "Connected"}


async def test_wppconnect_answers_a_start_of_what_runs_with_its_state(tmp_path):
    async with world(tmp_path, dialect="wppconnect") as here:
        kept = here.files()
        told = await here.http.post(f"{WPP}/start-session", json={}, headers=TOKEN)
        assert (told.status_code, told.json()["status"]) == (200, "CONNECTED")
        assert (here.gateway.phase(KEY), here.files()) == (Phase.OPEN, kept)


async def test_wppconnect_gives_a_code_to_type_in_instead_of_a_picture(tmp_path):
    async with world(tmp_path, linked=False, dialect="wppconnect") as here:
        asked = {"waitQrCode": True, "phone": PHONE}
        told = await here.http.post(f"{WPP}/start-session", json=asked, headers=TOKEN)
        assert (told.status_code, told.json()["status"]) == (200, "phoneCode")
        assert told.json()["phoneCode"] == here.gateway.live_pairing_code(KEY)
        state = (await here.http.get(f"{WPP}/status-session", headers=TOKEN)).json()
        assert (state["status"], state["urlcode"]) == ("PHONECODE", None)
        await here.gateway.act(KEY, "enter_code", code=told.json()["phoneCode"])
        await here.gateway.until(KEY, Phase.OPEN)


async def test_wppconnect_forgets_a_session_whose_data_are_cleared(tmp_path):
    async with world(tmp_path, dialect="wppconnect") as here:
        before = await here.http.get("/api/any-secret/show-all-sessions")
        await here.http.post(f"{WPP}/any-secret/clear-session-data")
        after = await here.http.get("/api/any-secret/show-all-sessions")
        assert (before.json(), after.json()) == ({"response": [KEY]}, {"response": [KEY]})
        assert not here.directory().exists()
        # There is nothing left to clear, and it clears that as well.
        again = await here.http.post(f"{WPP}/any-secret/clear-session-data")
        assert again.json() == {"success": True}


async def test_wppconnect_closes_what_begins_though_it_says_that_it_failed(tmp_path):
    async with world(
        tmp_path, linked=False, dialect="wppconnect", pace=replace(QUICK, first_code_s=60)
    ) as here:
        begun = await here.http.post(f"{WPP}/start-session", json={}, headers=TOKEN)
        assert begun.json()["status"] == "CLOSED"  # as it was before
        for word in ("INITIALIZING", "CLOSED"):  # the second one closes nothing
            told = (await here.http.get(f"{WPP}/status-session", headers=TOKEN)).json()
            assert told["status"] == word
            closed = await here.http.post(f"{WPP}/close-session", headers=TOKEN)
            assert (closed.status_code, closed.json()["status"]) == (500, False)


@pytest.mark.parametrize("path", ["logout-session", "send-message"])
async def test_wppconnect_refuses_what_is_not_linked_as_disconnected(tmp_path, path):
    async with world(tmp_path, linked=False, dialect="wppconnect") as here:
        told = await here.http.post(f"{WPP}/{path}", json={}, headers=TOKEN)
        assert (told.status_code, told.json()["status"]) == (404, "Disconnected")


async def test_wppconnect_never_answers_a_healthz_that_promises_a_body(tmp_path):
    async with world(tmp_path, dialect="wppconnect") as here:
        assert (await here.http.get("/healthz")).status_code == 200
        promising = {"Content-Type": "application/json"}
        asked = asyncio.create_task(here.http.get("/healthz", headers=promising))
        assert (await here.http.get("/healthz")).status_code == 200
        assert not asked.done()
        asked.cancel()


async def test_gowa_takes_a_known_device_back_as_it_is(tmp_path):
    async with world(tmp_path, dialect="gowa") as here:
        added = await here.http.post("/devices", json={"device_id": KEY})
        assert added.json()["results"]["phone_number"] == PHONE
        assert (here.gateway.phase(KEY), len(here.gateway.companies)) == (Phase.OPEN, 1)


async def test_gowa_logs_out_what_never_logged_in(tmp_path):
    async with world(tmp_path, linked=False, dialect="gowa") as here:
        reply = await here.http.post(f"/devices/{KEY}/logout")
        assert (reply.status_code, reply.json()["results"]) == (200, None)
        told = (await here.http.get(f"/devices/{KEY}")).json()["results"]
        assert (told["state"], "jid" in told) == ("disconnected", False)


async def test_gowa_reconnects_after_a_restart_with_the_login_it_has(tmp_path):
    pace = replace(QUICK, restart_s=60)
    async with world(tmp_path, dialect="gowa", pace=pace) as here:
        kept = (here.directory() / "creds.json").read_text()
        await here.gateway.act(None, "gateway_restart")
        await here.gateway.until(KEY, Phase.STOPPED)
        await here.gateway.act(None, "gateway_up")
        reply = await here.http.post(f"/devices/{KEY}/reconnect")
        assert reply.status_code == 200
        await here.gateway.until(KEY, Phase.OPEN)
        assert (here.directory() / "creds.json").read_text() == kept


@pytest.mark.parametrize(("start", "status"), [(True, "STARTING"), (False, "STOPPED")])
async def test_waha_starts_a_new_session_only_if_told_to(tmp_path, start, status):
    async with world(tmp_path, dialect="waha") as here:
        made = await here.http.post("/api/sessions", json={"name": "481120", "start": start})
        assert (made.status_code, made.json()["status"]) == (201, status)
        listed = (await here.http.get("/api/sessions")).json()
        assert ("481120" in {one["name"] for one in listed}) is start
        every = (await here.http.get("/api/sessions?all=true")).json()
        assert {one["name"] for one in every} == {KEY, "481120"}


@pytest.mark.parametrize("act", [None, "zombie", "drop", "device_removed", "account_restricted"])
async def test_waha_refuses_to_start_what_runs_or_has_failed(tmp_path, act):
    async with world(tmp_path, dialect="waha", pace=replace(QUICK, away_s=60)) as here:
        if act is not None:
            await here.gateway.act(KEY, act)
        before = (here.gateway.phase(KEY), here.files())
        reply = await here.http.post(f"{WAHA}/start")
        assert (reply.status_code, "already started" in reply.json()["message"]) == (422, True)
        assert (here.gateway.phase(KEY), here.files()) == before


@pytest.mark.parametrize("act", ["stop", "restart", "logout"])
async def test_waha_takes_its_time_for_what_begins_with_a_stop(tmp_path, act):
    async with world(tmp_path, dialect="waha", pace=replace(QUICK, act_s=60)) as here:
        asked = asyncio.create_task(here.http.post(f"{WAHA}/{act}"))
        await here.gateway.until(KEY, Phase.STOPPED)
        told = (await here.http.get(WAHA)).json()
        assert (told["status"], told["me"]) == ("STOPPED", None)
        assert not asked.done()
        asked.cancel()


def test_waha_takes_three_seconds_for_it_unless_told_otherwise():
    assert SessionTimes().act_s == 3.0


@pytest.mark.parametrize("path", ["auth/qr?format=raw", "auth/request-code", "sendText"])
async def test_waha_refuses_what_is_stopped_as_if_it_were_not_there(tmp_path, path):
    async with world(tmp_path, dialect="waha") as here:
        await here.http.post(f"{WAHA}/stop")
        body = {"session": KEY, "phoneNumber": PHONE, "chatId": f"{PHONE}@c.us", "text": "x"}
        method, at = (
            ("GET", f"/api/{KEY}/{path}") if "qr" in path else ("POST", f"/api/{KEY}/{path}")
        )
        reply = await here.http.request(
            method, "/api/sendText" if "send" in path else at, json=body
        )
        assert reply.status_code == 404
        assert "We didn't find a session with name" in reply.json()["message"]


async def test_waha_names_the_number_of_what_failed_and_of_what_was_scanned(tmp_path):
    async with world(tmp_path, dialect="waha", pace=replace(QUICK, pair_s=60)) as here:
        me = {"id": f"{PHONE}@c.us", "pushName": "Salon", **UNLIMITED}
        await here.gateway.act(KEY, "device_removed")
        told = (await here.http.get(WAHA)).json()
        assert (told["status"], told["me"]) == ("FAILED", me)
        anew = (await here.http.post(f"{WAHA}/logout")).json()
        assert (anew["status"], anew["me"]) == ("STARTING", None)
        await here.gateway.until(KEY, Phase.SHOWING)
        await here.gateway.act(KEY, "scan")
        await here.gateway.until(KEY, Phase.CONNECTING)
        told = (await here.http.get(WAHA)).json()
        assert (told["status"], told["me"]) == ("SCAN_QR_CODE", me)
        assert (await here.http.get(f"/api/{KEY}/auth/qr?format=raw")).json() == {}


@pytest.mark.parametrize(
    ("act", "status"),
    [
        ("drop", "WORKING"),
        ("second_process", "WORKING"),
        ("zombie", "WORKING"),
        ("account_restricted", "FAILED"),
        ("drop_for_good", "FAILED"),
    ],
)
async def test_waha_says_working_while_it_reconnects_by_itself(tmp_path, act, status):
    async with world(tmp_path, dialect="waha", pace=replace(QUICK, away_s=60)) as here:
        await here.gateway.act(KEY, act)
        assert (await here.http.get(WAHA)).json()["status"] == status


@pytest.mark.parametrize(
    ("linked", "phase", "status"),
    [(True, Phase.CONNECTING, "STARTING"), (False, Phase.STOPPED, "STOPPED")],
)
async def test_waha_begins_anew_after_a_logout_only_what_ran(tmp_path, linked, phase, status):
    async with world(
        tmp_path, linked=linked, dialect="waha", pace=replace(QUICK, first_code_s=60)
    ) as here:
        reply = await here.http.post(f"/api/sessions/{KEY}/logout")
        assert (reply.status_code, reply.json()["status"]) == (201, status)
        assert here.gateway.phase(KEY) is phase
        assert not (here.directory() / "creds.json").exists()


async def test_ai_admin_tells_who_is_healthy_by_who_is_connected(tmp_path):
    async with world(tmp_path) as here:
        one = f"/api/whatsapp/sessions/{KEY}"
        assert (await here.http.get(f"{one}/health")).json()["phoneNumber"] == PHONE
        await here.gateway.act(KEY, "drop_for_good")
        assert (await here.http.get(f"{one}/health")).json() == {
            "success": False,
            "healthy": False,
            "reason": "Session not connected",
        }
        await here.http.post(f"{one}/reconnect")
        await here.gateway.until(KEY, Phase.OPEN)
        assert (await here.http.get(f"{one}/health")).status_code == 200


async def row_of(here, name=KEY):
    rows = (await here.http.get(f"/instance/fetchInstances?instanceName={name}")).json()
    return rows[0]["connectionStatus"], rows[0]["disconnectionReasonCode"], rows[0]["ownerJid"]


async def live_of(here):
    told = await here.http.get(f"/instance/connectionState/{KEY}")
    return told.json()["instance"]["state"]


async def test_evolution_keeps_reason_and_number_in_its_row_for_ever(tmp_path):
    async with world(tmp_path, dialect="evolution") as here:
        owner = f"{PHONE}@s.whatsapp.net"
        assert await row_of(here) == ("open", None, owner)
        await here.gateway.act(KEY, "device_removed")
        assert await row_of(here) == ("close", 401, owner)
        await here.http.get(f"/instance/connect/{KEY}")
        await here.gateway.until(KEY, Phase.SHOWING)
        assert await row_of(here) == ("connecting", 401, owner)
        await here.gateway.act(KEY, "scan")
        await here.gateway.until(KEY, Phase.OPEN)
        assert await row_of(here) == ("open", 401, owner)


async def test_evolution_tells_nothing_of_a_drop_in_its_row_and_flips_its_live_word(tmp_path):
    async with world(tmp_path, dialect="evolution") as here:
        await here.gateway.act(None, "whatsapp_away")
        assert [await live_of(here) for _ in range(4)] == ["close", "connecting"] * 2
        assert (await row_of(here))[:2] == ("open", None)
        await here.gateway.act(None, "whatsapp_back")
        await here.gateway.until(KEY, Phase.OPEN)
        assert (here.gateway.logins(KEY), here.gateway.extra_sockets(KEY)) == (2, 0)


async def test_evolution_answers_the_leftover_of_the_last_pairing_until_it_is_restarted(tmp_path):
    async with world(tmp_path, dialect="evolution", linked=False) as here:
        code = (await here.http.get(f"/instance/connect/{KEY}")).json()["code"]
        await here.gateway.act(KEY, "scan")
        await here.gateway.until(KEY, Phase.OPEN)
        await here.gateway.act(None, "whatsapp_away")
        assert (await here.http.get(f"/instance/connect/{KEY}")).json()["code"] == code
        await here.gateway.act(None, "whatsapp_back")
        await here.gateway.act(None, "gateway_restart")
        await here.gateway.until(KEY, Phase.STOPPED)
        await here.gateway.until(KEY, Phase.OPEN)
        await here.gateway.act(None, "whatsapp_away")
        assert (await here.http.get(f"/instance/connect/{KEY}")).json() == {"count": 0}


async def test_evolution_begins_a_window_by_itself_for_what_was_logged_out(tmp_path):
    async with world(tmp_path, dialect="evolution") as here:
        gone = await here.http.delete(f"/instance/logout/{KEY}")
        assert gone.json()["status"] == "SUCCESS"
        rows = (await here.http.get(f"/instance/fetchInstances?instanceName={KEY}")).json()
        assert f"Log out instance: {KEY}" in rows[0]["disconnectionObject"]
        await here.gateway.act(None, "gateway_restart")
        await here.gateway.until(KEY, Phase.SHOWING)


async def test_evolution_stays_connecting_in_its_row_at_the_limit_of_its_codes(tmp_path):
    window = {"codes": 1, "qr_first_life_s": 0.01, "linked": False}
    async with world(tmp_path, dialect="evolution", **window) as here:
        await here.http.get(f"/instance/connect/{KEY}")
        await here.gateway.until(KEY, Phase.CLOSED)
        assert (await live_of(here), (await row_of(here))[0]) == ("close", "connecting")


async def test_evolution_has_two_words_for_what_is_not_there(tmp_path):
    async with world(tmp_path, dialect="evolution") as here:
        for path, words in (
            ("fetchInstances?instanceName=x", 'Instance "x" not found'),
            ("connectionState/x", 'The "x" instance does not exist'),
        ):
            reply = await here.http.get(f"/instance/{path}")
            assert (reply.status_code, reply.json()["response"]["message"]) == (404, [words])
